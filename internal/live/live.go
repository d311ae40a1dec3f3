// Package live tells open pages that something changed, on every node, once the change is committed.
//
// An event names whose and what ("moments"); it carries no words. The page that hears it reads again what it shows, so an
// event that is lost or comes twice costs a reload and never a falsehood. On PostgreSQL it travels as a notification to
// all nodes, this one too; on SQLite, which is one process, it is handed over in the process.
//
// It keeps nothing: who is not subscribed at that moment never hears it. A subscriber who does not keep up loses events,
// not the process its memory, and is left with the event Resync, which stands for all that were lost.
package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"kith/internal/account"
	"kith/internal/db"
)

// Event says that something of an account changed.
type Event struct {
	Name string // which list to read again: "moments"
}

// Resync is the name of the event that stands for others which were lost: read everything again.
const Resync = "resync"

// channel is what the nodes listen to on PostgreSQL. It is one for the whole database: an account's id is nobody else's.
const channel = "kith_live"

// backlog is how many events may wait for one subscriber, the last place being kept for Resync.
const backlog = 16

// Hub hands events to those who subscribed. It is safe for concurrent use.
type Hub struct {
	d *db.DB

	mu     sync.Mutex
	subs   map[account.ID]map[chan Event]struct{} // channels are written and closed under mu
	closed bool                                   // Run has ended
}

// New makes a hub. On PostgreSQL nothing is delivered before Run.
func New(d *db.DB) *Hub {
	return &Hub{d: d, subs: map[account.ID]map[chan Event]struct{}{}}
}

// Publish has e delivered to everyone subscribed to the account, on all nodes, when the transaction commits. If it is
// undone, nobody hears of it.
func (h *Hub) Publish(ctx context.Context, tx *db.Tx, to account.ID, e Event) error {
	if to == "" || e.Name == "" || strings.ContainsRune(string(to), ' ') {
		return errors.New("publish: an event needs an account and a name")
	}
	if h.d.Dialect() == db.SQLite {
		tx.OnCommit(func() { h.deliver(to, e) })
		return nil
	}
	if err := tx.Notify(ctx, channel, string(to)+" "+e.Name); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// Subscribe gives what happens to the account from now on, until cancel is called, which it must be. The channel is
// closed by cancel, and for everyone when Run ends, so that open pages do not hold up a server that stops.
func (h *Hub) Subscribe(id account.ID) (<-chan Event, func()) {
	events := make(chan Event, backlog)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(events)
		return events, func() {}
	}
	if h.subs[id] == nil {
		h.subs[id] = map[chan Event]struct{}{}
	}
	h.subs[id][events] = struct{}{}
	return events, func() { h.cancel(id, events) }
}

func (h *Hub) cancel(id account.ID, events chan Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.subs[id][events]; !ok {
		return // cancelled before, or closed with the hub
	}
	delete(h.subs[id], events)
	if len(h.subs[id]) == 0 {
		delete(h.subs, id)
	}
	close(events)
}

// Run carries events between nodes until ctx ends, over one connection of its own. Whenever it had to connect anew,
// everyone is told to read again, since what was sent in between is lost.
func (h *Hub) Run(ctx context.Context) error {
	defer h.close()
	return h.d.Listen(ctx, channel, h.resync, func(words string) {
		if to, name, ok := strings.Cut(words, " "); ok {
			h.deliver(account.ID(to), Event{Name: name})
		}
	})
}

func (h *Hub) deliver(to account.ID, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for events := range h.subs[to] {
		put(events, e)
	}
}

func (h *Hub) resync() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, set := range h.subs {
		for events := range set {
			put(events, Event{Name: Resync})
		}
	}
}

func (h *Hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for id, set := range h.subs {
		for events := range set {
			close(events)
		}
		delete(h.subs, id)
	}
}

// put never waits. It is called under the hub's lock, so the channel can only become emptier meanwhile. When one place is
// left, Resync takes it; when none is, an unread Resync is the last in line and covers this event too.
func put(events chan Event, e Event) {
	switch left := cap(events) - len(events); {
	case left > 1:
		events <- e
	case left == 1:
		events <- Event{Name: Resync}
	}
}
