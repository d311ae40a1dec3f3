package dav

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Bounds of what a server tells of what is new.
const (
	maxRounds = 50       // answers in which a server may tell its news
	maxNews   = 32 << 20 // bytes of addresses and ETags in them
)

// news is what changed in a collection since it was read last.
type news struct {
	changed map[string]seen // by item
	order   []string        // of changed; an item that came and went may stand in it still, or twice, until settle
	bytes   int             // of all addresses and ETags that came
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
	n.bytes += len(v.href) + len(v.etag)
	delete(n.gone, item)
}

func (n *news) drop(item string) {
	delete(n.changed, item)
	n.gone[item] = true
}

func (n *news) tooMuch() bool { return len(n.order)+len(n.gone) > maxAnswers || n.bytes > maxNews }

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

// settle leaves of news what is news, each once: a server may name an item that is as it was, and, where it tells its news in
// several answers, one that changed and then went, or came back.
func (n *news) settle(known map[string]string) *news {
	if n == nil {
		return nil
	}
	order, twice := n.order[:0], map[string]bool{}
	for _, item := range n.order {
		v, there := n.changed[item]
		switch {
		case !there || twice[item]:
			continue
		case v.etag != "" && known[item] == digest(v.etag):
			delete(n.changed, item)
			continue
		}
		twice[item] = true
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
				n.drop(item)
			case r.status/100 > 2:
				return refusal(r.status, 0)
			case !strings.HasSuffix(r.href, "/"):
				n.put(item, seen{r.href, r.etag})
			}
			if n.tooMuch() {
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
