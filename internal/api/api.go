// Package api is the JSON API under /api/v1, its OpenAPI document, and the readable page made of it at /api/docs. It is
// the only door to huma.
//
// It holds no rule: shape is checked here, meaning by the noun packages. One file a noun holds its data-transfer types, which
// the command line's client uses too, and its operations.
//
// Invariants: every operation declares the scope it needs, and is refused without it before its body is read. Every
// refusal is a Problem with a stable code that repeats nothing of what was sent. What is not a fault is logged once and
// answered with a bare 500. A status that the document does not declare is never sent.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"kith/internal/account"
	"kith/internal/auth"
	"kith/internal/dav"
	"kith/internal/digest"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/httpd"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// Services are what the API stands on. Log and Now may be left out.
type Services struct {
	Accounts      *account.Service
	Auth          *auth.Service
	People        *person.Service
	Moments       *moment.Service
	Practices     *practice.Service
	Intentions    *intention.Service
	Opportunities *opportunity.Service
	Pulses        *pulse.Service
	Reflections   *reflection.Service
	Digests       *digest.Service
	Presence      *presence.Service
	Guesses       *guess.Service
	Imports       *intake.Service
	Calendars     *dav.Service
	Forges        *forge.Service
	Transfer      *transfer.Service
	Log           *slog.Logger
	Now           func() time.Time
}

// New returns the handler for everything below /api/. The table of operations takes some milliseconds to build; that is
// done beside whatever the caller does next, and the first request waits for it.
func New(s Services) Handler {
	h := newServer(s)
	go h.built()
	return Handler{h}
}

// Handler is the API.
type Handler struct{ s *server }

// ServeHTTP implements http.Handler.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.s.ServeHTTP(w, r) }

// Caller says who asks, for another door to the API: what is wrong there counts as it does here.
func (h Handler) Caller(r *http.Request) (auth.Identity, error) { return h.s.caller(r) }

// server answers requests.
type server struct {
	Services
	log     *slog.Logger
	now     func() time.Time
	limits  *limits
	origins *http.CrossOriginProtection
	built   func() *table
}

// table is the built API.
type table struct {
	mux      *http.ServeMux
	api      huma.API
	document func() []byte // OpenAPI as JSON
	page     func() []byte // the readable page
}

func newServer(s Services) *server {
	h := &server{Services: s, log: s.Log, now: s.Now, limits: newLimits(), origins: http.NewCrossOriginProtection()}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.now == nil {
		h.now = time.Now
	}
	h.built = sync.OnceValue(h.build)
	return h
}

// configureHuma sets what huma keeps in package variables, before its first use.
var configureHuma = sync.OnceFunc(func() { //nolint:gochecknoglobals // huma has one configuration a process
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
	validation.MsgUnexpectedProperty = "unknown_field|is not a field of this request"
	validation.MsgExpectedRFC3339DateTime = "wrong_type|must be an instant such as 2026-11-24T15:04:05+01:00"
	validation.MsgExpectedRFC3339Date = "wrong_type|must be a day such as 2026-11-24"
	validation.MsgExpectedRFC4122UUID = "wrong_type|must be a UUID%.0v"
	validation.MsgExpectedBoolean = "wrong_type|must be true or false"
	validation.MsgExpectedNumber = "wrong_type|must be a number"
	validation.MsgExpectedInteger = "wrong_type|must be a whole number"
	validation.MsgExpectedString = "wrong_type|must be text"
	validation.MsgExpectedArray = "wrong_type|must be a list"
	validation.MsgExpectedObject = "wrong_type|must be an object"
	validation.MsgExpectedArrayItemsUnique = "duplicate|must not name anything twice"
	validation.MsgExpectedOneOf = "not_offered|must be one of: %s"
	validation.MsgExpectedMinimumNumber = "too_small|must be at least %v"
	validation.MsgExpectedMaximumNumber = "too_large|must be at most %v"
	validation.MsgExpectedMinLength = "too_short|must have at least %d characters"
	validation.MsgExpectedMaxLength = "too_long|must have at most %d characters"
	validation.MsgExpectedMinItems = "too_few|must have at least %d entries"
	validation.MsgExpectedMaxItems = "too_many|must have at most %d entries"
	validation.MsgExpectedMatchPattern = "wrong_form|must match %s"
	validation.MsgExpectedBePattern = "wrong_form|must be %s"
	validation.MsgExpectedRequiredProperty = "required|lacks %s"
})

func (s *server) build() *table {
	configureHuma()
	t := &table{mux: http.NewServeMux()}
	t.api = humago.New(t.mux, huma.Config{
		OpenAPI:                      description(),
		Formats:                      map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	})
	t.api.UseMiddleware(s.identify)
	s.registerMoments(t)
	s.registerCapture(t)
	s.registerPeople(t)
	s.registerBelongings(t)
	s.registerPhotos(t)
	s.registerGroups(t)
	s.registerCalendars(t)
	s.registerHooks(t)
	s.registerCalendarAccounts(t)
	s.registerMerges(t)
	s.registerIntentions(t)
	s.registerOpportunities(t)
	s.registerPulses(t)
	s.registerScales(t)
	s.registerReflections(t)
	s.registerDigest(t)
	s.registerLookBack(t)
	s.registerPractices(t)
	s.registerPresence(t)
	s.registerGuesses(t)
	s.registerToday(t)
	s.registerSearch(t)
	s.registerTransfer(t)
	s.registerTransferDoing(t)
	s.registerImports(t)
	s.registerTokens(t)
	s.registerSessions(t)
	s.registerPasskeys(t)
	s.registerMe(t)
	s.registerDocs(t)
	return t
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := &answer{ResponseWriter: w, r: r}
	defer func() {
		if cause := recover(); cause != nil {
			if cause == http.ErrAbortHandler { //nolint:errorlint,err113 // the sentinel is compared so by net/http too
				panic(cause)
			}
			httpd.LogPanic(s.log, r, cause)
			if a.sent {
				panic(http.ErrAbortHandler) // the answer is half out: only a broken connection says that it is not whole
			}
			writeProblem(w, internalProblem())
		}
	}()
	if p := checkURL(r.URL); p != nil {
		writeProblem(w, p)
		return
	}
	t := s.built()
	if r.Method == http.MethodGet {
		httpd.Gzip(t.mux).ServeHTTP(a, r)
	} else {
		t.mux.ServeHTTP(a, r)
	}
	httpd.Route(w, r.Pattern)
}

// checkURL refuses addresses that no operation means, before anything reads them.
func checkURL(u *url.URL) *Problem {
	if path.Clean(u.Path) != u.Path || !plainText(u.Path) {
		return noSuchPage()
	}
	if u.RawQuery == "" {
		return nil
	}
	if q, err := url.QueryUnescape(u.RawQuery); err != nil || !plainText(q) || strings.Contains(u.RawQuery, ";") {
		return problem(http.StatusBadRequest, "bad_query", "The query of this address is not well-formed UTF-8 text.")
	}
	return nil
}

func plainText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func noSuchPage() *Problem {
	return problem(http.StatusNotFound, "no_such_page", "There is nothing at this address. The addresses are listed at /api/docs.")
}

// answer turns the plain texts with which the mux says that nothing matches into problems, and knows whether anything was
// sent.
type answer struct {
	http.ResponseWriter
	r     *http.Request
	sent  bool
	quiet bool // the body that follows is not for the client
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.sent {
		return
	}
	a.sent = true
	if a.r.Pattern != "" {
		if h := a.Header(); status == http.StatusOK && a.r.Method == http.MethodGet && unchanged(a.r.Header.Get("If-None-Match"), h.Get("ETag")) {
			a.quiet = true // the one who asks has it already
			status = http.StatusNotModified
			h.Del("Content-Type")
			h.Del("Content-Length")
			h.Del("Content-Encoding")
		}
		a.ResponseWriter.WriteHeader(status)
		return
	}
	a.quiet = true
	switch status {
	case http.StatusMethodNotAllowed:
		p := problem(status, "method_not_allowed", "This address does not know that method; the Allow header names those it knows.")
		writeProblem(a.ResponseWriter, p)
	default:
		writeProblem(a.ResponseWriter, noSuchPage())
	}
}

// unchanged reports whether the tag is among those the client has.
func unchanged(have, tag string) bool {
	if have == "" || tag == "" {
		return false
	}
	for one := range strings.SplitSeq(have, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.quiet {
		return len(b), nil
	}
	a.sent = true
	return a.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// one is an answer that is one thing. Status is 200 unless it says otherwise.
type one[T any] struct {
	Status int
	ETag   string `header:"ETag" doc:"The revision, for If-Match and If-None-Match."`
	// Location is sent with 201 alone.
	Location string `header:"Location" doc:"Where the new thing is."`
	Body     T
}

// located is what has an address of its own.
type located interface{ address() string }

// plain is an answer without a revision.
type plain[T any] struct {
	Status int
	Body   T
}

// none is an answer without a body.
type none struct{}

func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// made is the answer to a creation: 201 when it was made now, 200 when the same request had made it before.
func made[T any](v T, revision int64, created bool) *one[T] {
	if !created {
		return found(v, revision)
	}
	o := &one[T]{Status: http.StatusCreated, ETag: etag(revision), Body: v}
	if at, ok := any(v).(located); ok {
		o.Location = Prefix + at.address()
	}
	return o
}

func found[T any](v T, revision int64) *one[T] {
	return &one[T]{Status: http.StatusOK, ETag: etag(revision), Body: v}
}

// IfMatch is embedded in the input of updates.
type IfMatch struct {
	IfMatch string `header:"If-Match" maxLength:"200" doc:"The ETag you read. If it changed since, the answer is 412; without the header the last write wins." example:"\"3\""`
}

// revision is the revision asked for; 0 accepts any, and what no row can have matches none.
func (m IfMatch) revision() int64 {
	tag := strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/") // a proxy that compresses weakens it
	if tag == "" || tag == "*" {
		return 0
	}
	tag, _, _ = strings.Cut(strings.Trim(tag, `"`), "-") // what follows tells apart what else is shown with it
	n, err := strconv.ParseInt(tag, 10, 64)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// Paging is embedded in the input of lists.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"500" doc:"The next_cursor of the page before."`
}

// ByID is embedded in the input of operations on one thing.
type ByID struct {
	ID string `path:"id" maxLength:"100" doc:"The id."`
}

// List is a page of a list, newest first; NextCursor is absent at its end.
type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Ask again with it as cursor for what follows; absent at the end."`
}

func listOf[D, T any](items []D, next string, f func(D) T) *plain[List[T]] {
	l := List[T]{Items: make([]T, len(items)), NextCursor: next}
	for i, d := range items {
		l.Items[i] = f(d)
	}
	return &plain[List[T]]{Status: http.StatusOK, Body: l}
}

// user is the account that asks.
func (s *server) user(ctx context.Context, who auth.Identity) (account.User, error) {
	return s.Accounts.Get(ctx, who.User)
}
