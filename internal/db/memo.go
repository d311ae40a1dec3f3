package db

import (
	"context"
	"strings"
	"sync"
)

// maxMemo bounds what a memo keeps; when it is full it begins anew.
const maxMemo = 10_000

// Memo keeps what was read from some tables until one of them is written. On SQLite all writes of a data folder pass
// through the one writer of this process, which forgets in the commit itself, before the write is answered: whoever was
// told that a token is revoked will not see it work again. On PostgreSQL, where other nodes write too, nothing is kept.
type Memo[V any] struct{ memo }

// memo is what every Memo is, whatever it keeps: one piece of code for all of them.
type memo struct {
	d      *DB
	tables []string

	mu   sync.RWMutex
	seen uint64
	kept map[string]any
}

// NewMemo makes a memo of reads from the tables named. All of the tables that load reads must be among them.
func NewMemo[V any](d *DB, tables ...string) *Memo[V] {
	return &Memo[V]{memo{d: d, tables: tables, kept: map[string]any{}}}
}

// Get returns what load returned for the key before, or calls it. Errors are not kept.
func (m *Memo[V]) Get(ctx context.Context, key string, load func(ctx context.Context) (V, error)) (V, error) {
	kept, now, ok := m.look(key)
	if ok {
		return kept.(V), nil //nolint:forcetypeassert // only V is kept
	}
	v, err := load(ctx)
	if err == nil {
		m.keep(key, v, now)
	}
	return v, err
}

// In is Get inside a write. Where the batch at hand has already written one of the tables, what is kept is out of date and
// what would be read may yet be undone: then load is called and nothing kept.
func (m *Memo[V]) In(ctx context.Context, tx *Tx, key string, load func(ctx context.Context) (V, error)) (V, error) {
	if tx.conn == nil || tx.conn.hasWritten(m.tables) {
		return load(ctx)
	}
	return m.Get(ctx, key, load)
}

func (m *memo) look(key string) (v any, now uint64, ok bool) {
	if m.d.dialect != SQLite {
		return nil, 0, false
	}
	now = m.d.writes.of(m.tables)
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok = m.kept[key]
	return v, now, ok && m.seen == now
}

func (m *memo) keep(key string, v any, now uint64) {
	if m.d.dialect != SQLite {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen != now || len(m.kept) >= maxMemo {
		clear(m.kept)
		m.seen = now
	}
	if m.d.writes.of(m.tables) == now { // else it was written while it was read, and what was read may be old
		m.kept[key] = v
	}
}

// counters count the commits that wrote each table. Counts only grow, so a sum that is the same means that none of the
// tables was written.
type counters struct {
	mu      sync.RWMutex
	byTable map[string]uint64
}

func (c *counters) add(tables map[string]struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for t := range tables {
		c.byTable[t]++
	}
}

func (c *counters) of(tables []string) (sum uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, t := range tables {
		sum += c.byTable[t]
	}
	return sum
}

// written returns the table that a statement writes, or nothing.
func written(query string) string {
	words := strings.Fields(query)
	at := 0
	switch {
	case len(words) < 2:
		return ""
	case strings.EqualFold(words[0], "INSERT"), strings.EqualFold(words[0], "REPLACE"), strings.EqualFold(words[0], "DELETE"):
		for at = 1; at < len(words) && !strings.EqualFold(words[at], "INTO") && !strings.EqualFold(words[at], "FROM"); at++ {
		}
		at++
	case strings.EqualFold(words[0], "UPDATE"):
		at = 1
	default:
		return ""
	}
	if at >= len(words) {
		return ""
	}
	name, _, _ := strings.Cut(words[at], "(")
	return strings.Trim(name, `"`)
}
