package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// openSQLite opens one file twice: a writing connection that belongs to the writer goroutine, and a pool of readers.
func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if path == "" {
		return nil, errors.New("the database address names no file: use sqlite:PATH")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unwritable(filepath.Dir(path), err)
	}
	// Made here, so that it is readable by its owner alone from the first byte on.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unwritable(filepath.Dir(path), err)
	}
	if err := f.Close(); err != nil {
		return nil, unwritable(filepath.Dir(path), err)
	}
	name := (&strings.Builder{})
	for _, c := range []byte(path) { // the characters that end a path in SQLite's file: address
		switch c {
		case '?', '#', '%':
			fmt.Fprintf(name, "%%%02X", c)
		default:
			name.WriteByte(c)
		}
	}
	write, err := sql.Open(sqliteDriver, sqliteDSN(name.String(), false))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	conn, err := write.Conn(ctx)
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open %s: %w", path, explainSQLite(err))
	}
	read, err := sql.Open(sqliteDriver, sqliteDSN(name.String(), true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), write.Close())
	}
	n := o.MaxConns
	if n == 0 {
		n = 4
	}
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	writes := &counters{byTable: map[string]uint64{}}
	return &DB{
		dialect: SQLite,
		writes:  writes,
		url:     name.String(),
		log:     o.Log,
		read:    read,
		writer:  startWriter(write, conn, writes, o.Log),
		stmts:   map[string]*sql.Stmt{},
	}, nil
}

func unwritable(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the data folder %s cannot be written by this user: change its owner, or name another with --data: %w", dir, err)
	default:
		return fmt.Errorf("the data folder %s cannot be used: name another with --data: %w", dir, err)
	}
}

func explainSQLite(err error) error {
	if strings.Contains(err.Error(), "not a database") {
		return fmt.Errorf("the file is not a Kith database, or it is damaged; restore a backup or name another folder: %w", err)
	}
	if full(sqliteCode(err)) {
		return fmt.Errorf("the disk is full; free some space, or name another folder with --data: %w", err)
	}
	return err
}
