package dav

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/internal/fault"
)

// lookupTime is how long names are looked for.
const lookupTime = 5 * time.Second

// findTime is how long an account's calendars are looked for in all: somebody waits for it.
const findTime = time.Minute

// services are what may be found, with their names in the DNS and under /.well-known (RFC 6764).
var services = []service{{CalDAV, "caldav"}, {CardDAV, "carddav"}} //nolint:gochecknoglobals // a table

type service struct{ kind, name string }

// place is a calendar or an address book that was found.
type place struct {
	kind, name string
	address    string
}

// discover finds the calendars and address books of an account: at the address itself, else where the DNS and the server
// say that they are (RFC 6764). A server that is asked for one kind often tells both.
func (s *Service) discover(ctx context.Context, a Account) ([]place, error) {
	within, cancel := context.WithTimeout(ctx, s.findTime)
	defer cancel()
	found, err := s.findPlaces(within, a)
	if err != nil && tooSlow(ctx, within) {
		err = explained(&stop{code: "destination_slow", err: err})
	}
	return found, err
}

// tooSlow reports whether what ended is the time we give another server, and not what our caller gave us.
func tooSlow(caller, within context.Context) bool { return within.Err() != nil && caller.Err() == nil }

func (s *Service) findPlaces(ctx context.Context, a Account) ([]place, error) {
	f := &finder{s: s, as: sign{a.Login, a.Password}, asked: map[string]bool{}}
	for _, v := range services {
		if f.has(v.kind) {
			continue
		}
		for _, at := range f.starts(ctx, a.Address, v) {
			err := f.begin(ctx, at)
			if ctx.Err() != nil { // what was found until then is not all
				return nil, ctx.Err()
			}
			if err != nil {
				f.failed(err)
			}
			if f.has(v.kind) {
				break
			}
		}
	}
	switch {
	case len(f.found) > 0:
		slices.SortStableFunc(f.found, func(a, b place) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name)) })
		return f.found, nil
	case f.elsewhere != "":
		return nil, fault.Invalid("account_elsewhere", "address", "This domain says that its calendars are at %s. If you trust that server, enter its address.", f.elsewhere).
			With("host", f.elsewhere)
	}
	return nil, explained(cmp.Or[error](f.worst, &stop{code: "account_empty"}))
}

// explained makes a stop a fault, for whoever waits for the answer.
func explained(err error) error {
	why := stopped(err)
	if why == nil {
		return err
	}
	return failure(why.code, why.line, "").Because(err)
}

// starts are the addresses at which to begin, the likeliest first.
func (f *finder) starts(ctx context.Context, address string, v service) (list []*url.URL) {
	add := func(raw string) {
		if u, err := url.Parse(raw); err == nil && !slices.ContainsFunc(list, func(o *url.URL) bool { return o.String() == u.String() }) {
			list = append(list, u)
		}
	}
	known := "/.well-known/" + v.name
	if isMail(address) {
		_, domain, _ := strings.Cut(address, "@")
		for _, raw := range f.named(ctx, domain, v) {
			add(raw)
		}
		add("https://" + domain + known)
		add("https://" + domain + "/")
		return list
	}
	add(address)
	u, err := url.Parse(address)
	if err != nil {
		return list
	}
	root := u.Scheme + "://" + u.Host
	add(root + known)
	if u.Port() == "" && u.Scheme == "https" && strings.Trim(u.Path, "/") == "" && net.ParseIP(u.Hostname()) == nil {
		for _, raw := range f.named(ctx, u.Hostname(), v) {
			add(raw)
		}
	}
	add(root + "/")
	return list
}

// named asks the DNS where a domain has its calendars. An answer that leads out of the domain is not followed: whoever can
// forge it would be given the password.
func (f *finder) named(ctx context.Context, domain string, v service) (list []string) {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	dns := f.s.o.HTTP.Resolver
	if dns == nil {
		dns = net.DefaultResolver
	}
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	_, found, err := dns.LookupSRV(ctx, v.name+"s", "tcp", domain)
	if err != nil {
		return nil
	}
	where := ""
	texts, err := dns.LookupTXT(ctx, "_"+v.name+"s._tcp."+domain)
	if err == nil {
		for _, t := range texts {
			if p, ok := strings.CutPrefix(t, "path="); ok && strings.HasPrefix(p, "/") {
				where = p
			}
		}
	}
	for _, one := range found[:min(len(found), 3)] {
		host := strings.TrimSuffix(strings.ToLower(one.Target), ".")
		if host == "" {
			continue
		}
		if host != domain && !strings.HasSuffix(host, "."+domain) {
			f.elsewhere = host
			continue
		}
		root := "https://" + host
		if one.Port != 443 {
			root += ":" + strconv.Itoa(int(one.Port))
		}
		if where != "" {
			list = append(list, root+where)
		}
		list = append(list, root+"/.well-known/"+v.name)
	}
	return list
}

// finder walks from an address to what an account holds.
type finder struct {
	s     *Service
	as    sign
	asked map[string]bool
	homes int // how many were looked at
	found []place
	worst error

	elsewhere string // a host outside of the domain to which its DNS leads
}

func (f *finder) has(kind string) bool {
	return slices.ContainsFunc(f.found, func(p place) bool { return p.kind == kind })
}

// failed keeps the error that says most: a refused password is better to know than an address where nothing is.
func (f *finder) failed(err error) {
	rank := func(err error) int {
		v := stopped(err)
		switch {
		case v == nil:
			return 0
		case v.code == "calendar_refused" && !notUnderstood(err):
			return 4
		case v.code == "calendar_wait", v.code == "address_not_public":
			return 3
		case !notUnderstood(err):
			return 2
		}
		return 1
	}
	if f.worst == nil || rank(err) > rank(f.worst) {
		f.worst = err
	}
}

// begin looks at an address: it may be a calendar, tell who one is, or where one's calendars are.
func (f *finder) begin(ctx context.Context, at *url.URL) error {
	here, from, err := f.about(ctx, at)
	if err != nil || here == nil {
		return err
	}
	f.take(from, here)
	if here.principal != "" && len(here.calendars)+len(here.books) == 0 {
		next, err := resolve(from, here.principal)
		if err != nil {
			return err
		}
		if here, from, err = f.about(ctx, next); err != nil || here == nil {
			return err
		}
	}
	var failed error
	for _, home := range slices.Concat(here.calendars, here.books) {
		next, err := resolve(from, home)
		if err == nil {
			err = f.home(ctx, next)
		}
		failed = errors.Join(failed, err)
	}
	if len(here.calendars)+len(here.books) == 0 && here.collection && here.kind == "" { // somebody entered the address of a home
		return f.home(ctx, from)
	}
	if len(f.found) > 0 {
		return nil
	}
	return failed
}

// about asks what stands at an address; nothing if it was asked before.
func (f *finder) about(ctx context.Context, at *url.URL) (here *resource, from *url.URL, err error) {
	if f.asked["0 "+at.String()] {
		return nil, nil, nil
	}
	f.asked["0 "+at.String()] = true
	from, _, err = f.s.ask(ctx, f.as, propfind(at, "0", "d:resourcetype", "d:displayname", "d:current-user-principal", "c:calendar-home-set",
		"a:addressbook-home-set", "c:supported-calendar-component-set"), func(r *resource) error {
		if here == nil {
			here = r
		}
		return nil
	})
	if err == nil && here == nil {
		err = &stop{code: "account_unreadable", err: &dead{}}
	}
	return here, from, err
}

// home lists what a home holds. How many there are is not the server's to say.
func (f *finder) home(ctx context.Context, at *url.URL) error {
	if f.asked["1 "+at.String()] || f.homes >= maxHomes {
		return nil
	}
	f.homes++
	f.asked["1 "+at.String()] = true
	type one struct {
		href string
		r    resource
	}
	var list []one
	from, _, err := f.s.ask(ctx, f.as, propfind(at, "1", "d:resourcetype", "d:displayname", "c:supported-calendar-component-set"), func(r *resource) error {
		if r.kind != "" && len(list) < maxFound {
			list = append(list, one{r.href, *r})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, v := range list {
		f.take(from, &v.r)
	}
	return nil
}

// take keeps what is a calendar for events, or an address book.
func (f *finder) take(from *url.URL, r *resource) {
	if r.kind == "" || r.kind == CalDAV && r.limited && !r.events || len(f.found) >= maxFound {
		return
	}
	at, err := resolve(from, r.href)
	if err != nil || slices.ContainsFunc(f.found, func(p place) bool { return p.address == at.String() }) {
		return
	}
	name := strings.Join(strings.Fields(strings.ToValidUTF8(r.name, "")), " ")
	if name == "" {
		name = path.Base(at.Path)
	}
	if n := []rune(name); len(n) > maxName {
		name = string(n[:maxName-1]) + "…"
	}
	if name, err = cleanName(name); err != nil || name == "" {
		name = at.Host
	}
	f.found = append(f.found, place{kind: r.kind, name: name, address: at.String()})
}
