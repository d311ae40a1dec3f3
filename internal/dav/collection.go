package dav

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/ical"
)

// mostAtOnce is how many items are asked for at once; halved where they are too large together.
const mostAtOnce = 64

// fetched is an item as it arrived.
type fetched struct {
	item, etag, data string
}

// fetchAll asks for what changed, a bounded number at once, and calls f with each as it arrives. What is not there any
// more joins what is gone.
func (s *Service) fetchAll(ctx context.Context, as sign, at *url.URL, kind string, n *news, f func(fetched) error) error {
	rest, most, came := n.order, mostAtOnce, map[string]bool{}
	for {
		var some, hrefs []string
		for len(rest) > 0 && len(some) < most {
			if item := rest[0]; !came[item] {
				some, hrefs = append(some, item), append(hrefs, n.changed[item].href)
			}
			rest = rest[1:]
		}
		if len(some) == 0 {
			return nil
		}
		_, _, err := s.ask(ctx, as, multiget(at, kind, hrefs), func(r *resource) error {
			item, ok := itemOf(at, r.href)
			if _, wanted := n.changed[item]; !ok || !wanted || came[item] {
				return nil
			}
			came[item] = true
			if r.hasData {
				return f(fetched{item, cmp.Or(r.etag, n.changed[item].etag), r.data})
			}
			status := cmp.Or(r.status, r.noData)
			if status == http.StatusNotFound || status == http.StatusGone {
				n.gone[item] = true
				return nil
			}
			return refusal(status, 0)
		})
		if why := stopped(err); why != nil && why.code == "response_too_large" && len(some) > 1 {
			most, rest = len(some)/2, slices.Concat(some, rest) // what came of it was handed over
			continue
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(some, func(item string) bool { return !came[item] }) {
			return &stop{code: "calendar_server_odd"}
		}
	}
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
	if ctx, err = writing(ctx); err != nil {
		return false, err
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
