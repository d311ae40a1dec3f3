package db

import (
	"context"
	"strconv"
	"strings"
)

// valuesAtOnce bounds the parameters of a statement. Whoever writes thousands of rows waits for PostgreSQL once for as many,
// and SQLite starts a program once for as many; but it finds each parameter by its name, along a list of all names.
const valuesAtOnce = 256

// Rows writes many new rows of a table, several with one statement. What was added is in the table after Flush. The zero
// value is not usable. It belongs to one transaction.
type Rows struct {
	into  string // INSERT INTO table (columns) VALUES
	after string // ON CONFLICT ...
	width int
	most  int // rows of one statement
	args  []any
}

// NewRows returns a writer into columns of a table, which are separated by ", ". conflict is what stands behind the values,
// or empty; two rows of one key must not be added then, as PostgreSQL changes a row once a statement.
func NewRows(table, columns, conflict string) *Rows {
	r := &Rows{into: "INSERT INTO " + table + " (" + columns + ") VALUES ", after: " " + conflict, width: strings.Count(columns, ",") + 1, most: 1}
	for r.most*2*r.width <= valuesAtOnce {
		r.most *= 2
	}
	return r
}

// Add adds one row, and writes those that wait when there are enough.
func (r *Rows) Add(ctx context.Context, tx *Tx, row ...any) error {
	r.args = append(r.args, row...)
	if len(r.args) < r.most*r.width {
		return nil
	}
	return r.Flush(ctx, tx)
}

// Flush writes the rows that wait. Their number is cut into powers of two, so that few statements exist and stay prepared.
func (r *Rows) Flush(ctx context.Context, tx *Tx) error {
	rest := r.args
	for n := r.most; n > 0; n /= 2 {
		for len(rest) >= n*r.width {
			if _, err := tx.Exec(ctx, r.statement(n), rest[:n*r.width]...); err != nil {
				return err
			}
			rest = rest[n*r.width:]
		}
	}
	clear(r.args) // pictures are among them
	r.args = r.args[:0]
	return nil
}

func (r *Rows) statement(n int) string {
	var b strings.Builder
	b.WriteString(r.into)
	for i := range n * r.width {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%r.width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteByte(')')
	b.WriteString(r.after)
	return b.String()
}
