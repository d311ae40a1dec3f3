package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// lostMark follows the id of a key that is gone for good, in the key file.
const lostMark = "lost"

// AgreeOnKeys reads the key file, or makes one for a database that never had one, and compares it with the keys the
// database remembers. A file that was lost, or that is not the other nodes', is refused: with it Kith would seal what the
// rest cannot open. It needs the schema.
func (d *DB) AgreeOnKeys(ctx context.Context, path string) (*Keys, error) {
	known, err := All(ctx, d, Value[string], knownKeys)
	if err != nil {
		return nil, err
	}
	keys, err := LoadKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		if len(known) > 0 {
			return nil, fmt.Errorf("the key file %s is missing. %s", path, mend(known[0]))
		}
		keys, err = MakeKeys(path)
	}
	if err != nil {
		return nil, err
	}
	agree := func(known []string) error {
		for _, id := range known {
			if !keys.names(id) {
				return fmt.Errorf("the key file %s does not hold the key %s of this database. %s", path, id, mend(id))
			}
		}
		return nil
	}
	if err := agree(known); err != nil || !slices.ContainsFunc(keys.list, func(k key) bool { return !slices.Contains(known, k.id) }) {
		return keys, err
	}
	return keys, d.Write(ctx, func(ctx context.Context, tx *Tx) error {
		known, err := All(ctx, tx, Value[string], knownKeys) // again: two nodes may start for the first time at once
		if err != nil {
			return err
		}
		if err := agree(known); err != nil {
			return err
		}
		for _, k := range keys.list {
			if _, err := tx.Exec(ctx, "INSERT INTO seal_key (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", k.id); err != nil {
				return err
			}
		}
		return nil
	})
}

const knownKeys = "SELECT id FROM seal_key ORDER BY id"

func mend(id string) string {
	return "Restore it from your backup, or copy it from another node. If it is lost for good, `kith keys lost " + id +
		"` goes on without it: what it sealed then reads " + lostWords
}

// names tells whether the file holds a key, or says that it is lost.
func (k *Keys) names(id string) bool {
	return slices.Contains(k.lost, id) || slices.ContainsFunc(k.list, func(k key) bool { return k.id == id })
}

// GiveUpKey writes into the key file that a key is lost, and makes the file if there is none. Nothing sealed is changed:
// it opens again once the key's own line is back.
func GiveUpKey(path, id string) error {
	if id == "" || strings.ContainsAny(id, " \t\r\n#:") {
		return errors.New("that is no key's id: the refusal of `kith serve` names it")
	}
	keys, err := LoadKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		if keys, err = MakeKeys(path); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if keys.names(id) {
		return fmt.Errorf("the key file %s already names the key %s", path, id)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the key file: %w", err)
	}
	return writeKeys(path, strings.TrimRight(string(b), "\n")+"\n"+id+" "+lostMark+"\n", replaceFile)
}
