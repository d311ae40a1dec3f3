package dav

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/ical"
)

// Bounds of reading a collection.
const (
	mostAtOnce = 64   // items asked for at once; halved where they are too large together
	maxRounds  = 1000 // answers in which a server may tell its news
)

// news is what changed in a collection since it was read last.
type news struct {
	changed map[string]seen // by item
	order   []string        // of changed
	gone    map[string]bool // items
	token   string
	ctag    string
	none    bool // the server says that nothing changed
}

// seen is where an item stands, and its ETag.
type seen struct{ href, etag string }

func newNews() *news { return &news{changed: map[string]seen{}, gone: map[string]bool{}} }

func (n *news) put(item string, v seen) {
	if _, twice := n.changed[item]; !twice {
		n.order = append(n.order, item)
	}
	n.changed[item] = v
	delete(n.gone, item)
}

// itemOf is what an item is known by: where it stands, however the server writes it.
func itemOf(at *url.URL, href string) (string, bool) {
	u, err := at.Parse(href)
	if err != nil || href == "" {
		return "", false
	}
	return digest(path.Clean(u.Path)), true
}

// news finds out what changed: by the token of the last sync, else by the tag of the whole, else by the ETag of each item.
// known are the items that were read; where all is to be read anew there are none.
func (s *Service) news(ctx context.Context, as sign, at *url.URL, v *row, known map[string]string, all bool) (*news, error) {
	if v.token != "" && !all {
		n, err := s.since(ctx, as, at, v.token)
		if err == nil || !notUnderstood(err) {
			return n.settle(known), err
		}
	}
	var here resource
	from, _, err := s.ask(ctx, as, propfind(at, "0", "d:resourcetype", "d:sync-token", "s:getctag"), func(r *resource) error {
		here = *r
		return nil
	})
	if err != nil {
		return nil, err
	}
	if here.kind != v.Kind { // an answer about nothing must not be taken for a calendar without events
		return nil, &stop{code: "calendar_missing"}
	}
	if here.ctag != "" && here.ctag == v.etag && !all {
		return &news{none: true}, nil
	}
	var n *news
	if here.token != "" {
		if n, err = s.since(ctx, as, from, ""); err != nil && !notUnderstood(err) {
			return nil, err
		}
	}
	if n == nil {
		if n, err = s.listed(ctx, as, from); err != nil {
			return nil, err
		}
	}
	for item := range known {
		if _, there := n.changed[item]; !there {
			n.gone[item] = true
		}
	}
	n.ctag = short(here.ctag)
	return n.settle(known), nil
}

// settle leaves of news what is news: a server may name an item that is as it was.
func (n *news) settle(known map[string]string) *news {
	if n == nil {
		return nil
	}
	order := n.order[:0]
	for _, item := range n.order {
		if etag := n.changed[item].etag; etag != "" && known[item] == digest(etag) {
			delete(n.changed, item)
			continue
		}
		order = append(order, item)
	}
	n.order = order
	for item := range n.gone {
		if _, was := known[item]; !was {
			delete(n.gone, item)
		}
	}
	return n
}

// settled keeps of an answer without news what makes the next question shorter. A token that still works stays: a server may
// make a fresh one for every answer, and that is nothing to write down.
func (n *news) settled(v *row) {
	if v.token == "" {
		v.token = n.token
	}
	if n.ctag != "" {
		v.etag = n.ctag
	}
}

// since asks what changed since a token, in as many answers as the server wants.
func (s *Service) since(ctx context.Context, as sign, at *url.URL, token string) (*news, error) {
	n := newNews()
	for range maxRounds {
		more := false
		_, next, err := s.ask(ctx, as, syncCollection(at, token), func(r *resource) error {
			item, ok := itemOf(at, r.href)
			switch self, _ := itemOf(at, at.Path); {
			case !ok:
				return &stop{code: "calendar_server_odd"}
			case item == self:
				more = more || r.status == http.StatusInsufficientStorage
			case r.status == http.StatusNotFound || r.status == http.StatusGone:
				delete(n.changed, item)
				n.gone[item] = true
			case r.status/100 > 2:
				return refusal(r.status, 0)
			case !strings.HasSuffix(r.href, "/"):
				n.put(item, seen{r.href, r.etag})
			}
			if len(n.changed) > maxAnswers {
				return &stop{code: "calendar_too_large"}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if next = short(next); next == "" || more && next == token {
			return nil, &stop{code: "calendar_server_odd", err: &dead{}}
		}
		if token, n.token = next, next; !more {
			return n, nil
		}
	}
	return nil, &stop{code: "calendar_too_large"}
}

// listed lists all items of a server that knows no tokens.
func (s *Service) listed(ctx context.Context, as sign, at *url.URL) (*news, error) {
	n, itself := newNews(), false
	self, _ := itemOf(at, at.Path)
	_, _, err := s.ask(ctx, as, propfind(at, "1", "d:getetag", "d:resourcetype"), func(r *resource) error {
		item, ok := itemOf(at, r.href)
		switch {
		case !ok:
			return &stop{code: "calendar_server_odd"}
		case item == self:
			itself = true
		case !r.collection && !strings.HasSuffix(r.href, "/"):
			n.put(item, seen{r.href, r.etag})
		}
		return nil
	})
	if err == nil && !itself {
		err = &stop{code: "calendar_server_odd"}
	}
	return n, err
}

// fetched is an item as it arrived.
type fetched struct {
	item, etag, data string
}

// fetchAll asks for what changed, a bounded number at once, and calls f with each as it arrives. What is not there any
// more joins what is gone.
func (s *Service) fetchAll(ctx context.Context, as sign, at *url.URL, kind string, n *news, f func(fetched) error) error {
	rest, most := n.order, mostAtOnce
	for len(rest) > 0 {
		some := rest[:min(len(rest), most)]
		hrefs := make([]string, len(some))
		for i, item := range some {
			hrefs[i] = n.changed[item].href
		}
		came := map[string]bool{}
		_, _, err := s.ask(ctx, as, multiget(at, kind, hrefs), func(r *resource) error {
			item, ok := itemOf(at, r.href)
			if _, wanted := n.changed[item]; !ok || !wanted || came[item] {
				return nil
			}
			came[item] = true
			switch {
			case r.hasData:
				etag := r.etag
				if etag == "" {
					etag = n.changed[item].etag
				}
				return f(fetched{item, etag, r.data})
			case r.status == 0 || r.status == http.StatusNotFound || r.status == http.StatusGone:
				n.gone[item] = true
				return nil
			}
			return refusal(r.status, 0)
		})
		if why := stopped(err); why != nil && why.code == "response_too_large" && len(some) > 1 {
			most = max(1, len(some)/2)
			continue
		}
		if err != nil {
			return err
		}
		if len(came) < len(some) {
			return &stop{code: "calendar_server_odd"}
		}
		rest = rest[len(some):]
	}
	return nil
}

// readCollection reads a calendar of an account.
func (s *Service) readCollection(ctx context.Context, by account.ID, loc *time.Location, as sign, v *row, tell func(Progress)) (bool, error) {
	at, err := url.Parse(v.URL)
	if err != nil {
		return false, &stop{code: "calendar_server_odd", err: err}
	}
	known, err := itemsOf(ctx, s.db, by, v.ID)
	if err != nil {
		return false, err
	}
	now := s.now()
	all := v.zone != loc.String() || v.CoveredTo.Before(now.Add(ahead)) || v.digest == ""
	compared := known
	if all { // the window moved on: what is as it was says more than before
		compared = map[string]string{}
	}
	n, err := s.news(ctx, as, at, v, compared, all)
	if err != nil || n.none {
		return false, err
	}
	if all {
		for item := range known {
			if _, there := n.changed[item]; !there {
				n.gone[item] = true
			}
		}
	}
	if !all && len(n.order) == 0 && len(n.gone) == 0 {
		n.settled(v)
		return false, nil
	}
	from, to := window(now)
	reading := &events{o: ical.Options{From: from, To: to, Zone: loc, Titles: v.Titles, Budget: ical.NewBudget()}, buf: bufio.NewReaderSize(nil, 32<<10)}
	etags := map[string]string{}
	err = s.fetchAll(ctx, as, at, v.Kind, n, func(one fetched) error {
		etags[one.item] = digest(one.etag)
		tell(Progress{Done: len(etags), Of: len(n.order)})
		return reading.read(one, n.changed[one.item].href)
	})
	if err != nil {
		return false, err
	}
	touched := map[string]bool{}
	for item := range etags {
		touched[item] = true
	}
	for item := range n.gone {
		touched[item] = true
	}
	changed, _, err := s.replace(ctx, by, v, reading.rows, touched)
	if err != nil {
		return false, err
	}
	if err := s.keepItems(ctx, by, v, known, etags, n.gone); err != nil {
		return false, err
	}
	if v.Found, err = countBusy(ctx, s.db, by, v.ID); err != nil {
		return false, err
	}
	v.token, v.etag, v.digest, v.zone = n.token, n.ctag, "read", loc.String()
	if all {
		v.CoveredTo = to
	}
	return changed, nil
}

// keepItems writes down what was read of which item, as far as that is new.
func (s *Service) keepItems(ctx context.Context, by account.ID, v *row, known, etags map[string]string, gone map[string]bool) error {
	var put, out []string
	for item, etag := range etags {
		if known[item] != etag {
			put = append(put, item)
		}
	}
	for item := range gone {
		if _, there := known[item]; there {
			out = append(out, item)
		}
	}
	for len(put) > 0 || len(out) > 0 {
		a, b := put[:min(len(put), batch)], out[:min(len(out), batch)]
		put, out = put[len(a):], out[len(b):]
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := current(ctx, tx, by, v.ID, v.Revision); err != nil {
				return err
			}
			rows := itemRows()
			for _, item := range a {
				if err := rows.Add(ctx, tx, string(by), v.ID, item, etags[item]); err != nil {
					return err
				}
			}
			if err := rows.Flush(ctx, tx); err != nil {
				return err
			}
			for _, item := range b {
				if err := removeItem(ctx, tx, by, v.ID, item); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// events gathers busy times of many calendars with one event each.
type events struct {
	o    ical.Options
	buf  *bufio.Reader
	rows []busyRow
}

func (e *events) read(one fetched, href string) error {
	e.buf.Reset(strings.NewReader(one.data))
	c, err := ical.Read(e.buf, e.o)
	var spans []ical.Span
	if err == nil {
		spans, err = c.Busy()
	}
	if bad, ok := errors.AsType[*ical.Problem](err); ok {
		code, ok := map[string]string{
			ical.NotCalendar: "event_broken", ical.Truncated: "event_broken", ical.BadNesting: "event_broken",
			ical.BadDate: "event_date", ical.BadZone: "event_zone", ical.BadRule: "event_rule",
		}[bad.Code]
		if !ok {
			return err
		}
		return &stop{code: code, item: itemName(href), err: err}
	}
	if err != nil {
		return err
	}
	for _, b := range rowsOf(spans) {
		b.item = one.item
		e.rows = append(e.rows, b)
	}
	if len(e.rows) > maxBusy {
		return &stop{code: "calendar_too_large"}
	}
	return nil
}

// itemName is what an event is called on its server: the end of its address.
func itemName(href string) string {
	if u, err := url.Parse(href); err == nil {
		href = u.Path
	}
	name := []rune(strings.ToValidUTF8(path.Base(href), ""))
	if len(name) > 80 {
		return string(name[:79]) + "…"
	}
	return string(name)
}
