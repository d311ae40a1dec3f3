package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"sync"
)

// checked remembers the statements whose parameters were looked at, so that each is read once in a process's life. It is
// bounded by the number of statements in the program.
var checked sync.Map //nolint:gochecknoglobals // a cache of a pure function

func checkOnce(query string) error {
	if _, ok := checked.Load(query); ok {
		return nil
	}
	if err := CheckParams(query); err != nil {
		return err
	}
	checked.Store(query, struct{}{})
	return nil
}

// CheckParams refuses a statement whose $n are not numbered by first appearance. To SQLite $2 is a name: the first name
// it meets is parameter one, whatever digit it carries, so "SELECT $2, $1" would bind the wrong way round, silently.
func CheckParams(query string) error {
	next := 1
	for i := 0; i < len(query); i++ {
		switch query[i] {
		case '\'': // a literal: skip to its end
			for i++; i < len(query) && query[i] != '\''; i++ {
			}
		case '$':
			j := i + 1
			for j < len(query) && query[j] >= '0' && query[j] <= '9' {
				j++
			}
			n, err := strconv.Atoi(query[i+1 : j])
			if err != nil {
				continue
			}
			if n > next {
				return fmt.Errorf("statement uses $%d before $%d: number parameters by first appearance: %.80s", n, next, query)
			}
			if n == next {
				next++
			}
			i = j - 1
		}
	}
	return nil
}

// preparedConn is one connection with its statements kept prepared. Compiling SQL costs SQLite more than running it.
type preparedConn struct {
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	tables  map[string]string   // what each statement writes
	touched map[string]struct{} // the tables written since the last commit
}

// close gives the connection back to its pool, without the statements: SQLite keeps one open for as long as they are.
func (p *preparedConn) close() {
	for _, s := range p.stmts {
		_ = s.Close()
	}
	clear(p.stmts)
	_ = p.conn.Close()
}

// wrote notes what a statement writes. A statement that is undone is noted too: to forget too often does no harm.
func (p *preparedConn) wrote(query string) {
	table, ok := p.tables[query]
	if !ok {
		table = written(query)
		if len(p.tables) >= maxStmts {
			clear(p.tables)
		}
		p.tables[query] = table
	}
	if table != "" {
		p.touched[table] = struct{}{}
	}
}

// hasWritten reports whether one of the tables was written since the last commit.
func (p *preparedConn) hasWritten(tables []string) bool {
	for _, t := range tables {
		if _, ok := p.touched[t]; ok {
			return true
		}
	}
	return false
}

func (p *preparedConn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.stmts[query]; ok {
		return s, nil
	}
	if err := checkOnce(query); err != nil {
		return nil, err
	}
	s, err := p.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(p.stmts) >= maxStmts {
		for text, old := range p.stmts { // any one will do: this is a fuse, not a policy
			_ = old.Close()
			delete(p.stmts, text)
			break
		}
	}
	p.stmts[query] = s
	return s, nil
}

func (p *preparedConn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	s, err := p.prepare(ctx, query) //nolint:sqlclosecheck // kept prepared for the next time
	if err != nil {
		return nil, err
	}
	p.wrote(query)
	return s.QueryContext(ctx, args...)
}

func (p *preparedConn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	s, err := p.prepare(ctx, query) //nolint:sqlclosecheck // kept prepared for the next time
	if err != nil {
		return nil, err
	}
	p.wrote(query)
	return s.ExecContext(ctx, args...)
}
