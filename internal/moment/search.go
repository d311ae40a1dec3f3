package moment

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fold"
)

// The search index has one row for each moment that is not deleted, under the moment's order_key, so that both databases
// can walk it newest first and stop at the limit: collecting all matches to sort them takes hundreds of times longer for
// a common word. Its words are folded tokens made in Go, the same for texts and queries, with the owner as one more
// token. This file is the only place where the two databases are spoken to differently about moments.

// ownerToken is the word that every moment of an account has in the index.
func ownerToken(by account.ID) string { return "u" + strings.ReplaceAll(string(by), "-", "") }

// searchWords are the tokens of a moment, each once.
func searchWords(by account.ID, m *Moment) []string {
	words := fold.Tokens(m.Text)
	for _, w := range m.Someone {
		words = append(words, fold.Tokens(w)...)
	}
	for _, w := range m.Tags {
		words = append(words, fold.Tokens(w)...)
	}
	slices.Sort(words)
	return append(slices.Compact(words), ownerToken(by))
}

func indexWords(ctx context.Context, tx *db.Tx, key int64, words []string) error {
	if tx.Dialect() == db.Postgres {
		_, err := tx.Exec(ctx, "INSERT INTO moment_search (order_key, words) VALUES ($1, array_to_tsvector(CAST($2 AS TEXT[])))", key, words)
		return err
	}
	return tx.AtEnd(ctx, func(ctx context.Context) error {
		_, err := tx.Exec(ctx, "INSERT INTO moment_search (rowid, words) VALUES ($1, $2)", key, strings.Join(words, " "))
		return err
	})
}

// unindexWords takes a row out of the index. SQLite's index keeps no copy of the words and must be told them again.
func unindexWords(ctx context.Context, tx *db.Tx, key int64, words []string) error {
	if tx.Dialect() == db.Postgres {
		_, err := tx.Exec(ctx, "DELETE FROM moment_search WHERE order_key = $1", key)
		return err
	}
	return tx.AtEnd(ctx, func(ctx context.Context) error {
		_, err := tx.Exec(ctx, "INSERT INTO moment_search (moment_search, rowid, words) VALUES ('delete', $1, $2)", key, strings.Join(words, " "))
		return err
	})
}

// matching returns the FROM part that walks the index and the expression that finds the terms, for list to build on. The
// walk's key is s.rowid or s.order_key, which key names.
func matching(d db.Dialect, by account.ID, terms []fold.Term) (from, key, where, query string) {
	var b strings.Builder
	quote := func(t fold.Term) {
		if d == db.Postgres {
			b.WriteString("'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(t.Text) + "'")
			if t.Prefix {
				b.WriteString(":*")
			}
			return
		}
		b.WriteString(`"` + strings.ReplaceAll(t.Text, `"`, `""`) + `"`)
		if t.Prefix {
			b.WriteString("*")
		}
	}
	quote(fold.Term{Text: ownerToken(by)})
	for _, t := range terms {
		if d == db.Postgres {
			b.WriteString(" & ")
		} else {
			b.WriteString(" AND ")
		}
		quote(t)
	}
	if d == db.Postgres {
		return "moment_search s JOIN moment m ON m.order_key = s.order_key", "s.order_key", "s.words @@ CAST($1 AS TSQUERY)", b.String()
	}
	return "moment_search s CROSS JOIN moment m ON m.order_key = s.rowid", "s.rowid", "s.words MATCH $1", b.String()
}

// widened makes the last term a prefix, for the second try after whole words found nothing. Short beginnings are left:
// they match half the language and cost accordingly.
func widened(terms []fold.Term) ([]fold.Term, bool) {
	if len(terms) == 0 {
		return nil, false
	}
	last := terms[len(terms)-1]
	if last.Prefix || utf8.RuneCountInString(last.Text) < 3 {
		return nil, false
	}
	wide := slices.Clone(terms)
	wide[len(wide)-1].Prefix = true
	return wide, true
}
