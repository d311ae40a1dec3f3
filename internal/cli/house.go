package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"time"

	"kith/internal/account"
	"kith/internal/api"
	"kith/internal/auth"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/demo"
	"kith/internal/digest"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/httpd"
	"kith/internal/httpsafe"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/mcp"
	"kith/internal/moment"
	"kith/internal/notify"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
	"kith/internal/transfer"
	"kith/internal/web"
)

// house is everything that was built, on one database.
type house struct {
	db       *db.DB
	keys     *db.Keys
	accounts *account.Service
	auth     *auth.Service
	moments  *moment.Service
	imports  *intake.Service
	forges   *forge.Service
	jobs     *job.Queue
	hub      *live.Hub
	demo     demo.Nouns
	api      api.Handler
	web      http.Handler
	operator http.Handler
}

// plan says how a house is built.
type plan struct {
	store store
	log   *slog.Logger
	now   func() time.Time
	allow []string       // private networks that outgoing requests may enter
	pages bool           // serve has pages; a command needs none
	mail  *notify.Server // nil: no mail is sent
	base  string         // the address that people open
	conns int            // connections to the database; 0 is what serving needs
}

// build opens the database, brings it up to date and builds every service in floor order. What one noun must tell
// another that stands below it is registered here, as a hook.
func build(ctx context.Context, p plan) (_ *house, err error) {
	if err := os.MkdirAll(p.store.folder, 0o700); err != nil {
		return nil, unusable(p.store.folder, err)
	}
	h := &house{}
	if h.db, err = db.Open(ctx, p.store.database, db.Options{Log: p.log, MaxConns: p.conns}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.db.Close())
		}
	}()
	ready := make(chan error, 1)
	go func() { // the disk, while the rest is built
		err := h.db.Migrate(ctx)
		if err == nil {
			h.keys, err = h.db.AgreeOnKeys(ctx, p.store.keys())
		}
		ready <- err
	}()
	h.jobs = job.New(h.db, job.Options{Log: p.log, Now: p.now})
	h.hub = live.New(h.db)
	h.accounts = account.New(h.db, p.now)
	h.auth = auth.New(h.db, h.accounts, auth.Options{Now: p.now, Log: p.log, URL: p.base})
	people := person.New(h.db, p.now)
	h.moments = moment.New(h.db, moment.Options{Accounts: h.accounts, People: people, Jobs: h.jobs, Live: h.hub, Now: p.now})
	practices := practice.New(h.db, p.now)
	intentions := intention.New(h.db, p.now)
	opportunities := opportunity.New(h.db, p.now)
	guesses := guess.New(h.db, p.now)
	help, err := pulse.LoadHelp(p.store.help())
	if err != nil {
		p.log.WarnContext(ctx, "the help file cannot be used, the list that comes with Kith is shown", slog.Any("error", err))
	}
	pulses := pulse.New(h.db, pulse.Options{Accounts: h.accounts, Jobs: h.jobs, Now: p.now, Help: help})
	reflections := reflection.New(h.db, h.moments, p.now)
	digests := digest.New(h.db, digest.Options{
		Accounts: h.accounts, Reflections: reflections, Jobs: h.jobs, Server: p.mail, Base: p.base, Log: p.log, Now: p.now,
	})
	presences := presence.New(h.db, presence.Options{People: people, Moments: h.moments, Live: h.hub, Now: p.now})
	imports := intake.New(h.db, intake.Needs{People: people, Live: h.hub, Now: p.now})
	people.OnDeleted(imports.PersonDeleted)
	people.OnDeleted(guesses.PersonDeleted)
	h.imports = imports
	allow, err := httpsafe.ParseAllow(p.allow)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", allowEnv, err)
	}
	calendars := dav.New(h.db, dav.Options{Accounts: h.accounts, Intake: imports, Jobs: h.jobs, HTTP: httpsafe.Options{Allow: allow}, Now: p.now})
	forges := forge.New(h.db, people, p.now)
	h.forges = forges
	archive := transfer.New(h.db, transfer.Nouns{
		Accounts: h.accounts, People: people, Moments: h.moments, Practices: practices, Intentions: intentions, Opportunities: opportunities, Pulses: pulses, Reflections: reflections, Digests: digests,
		Calendars: calendars, Forges: forges,
	})
	people.OnMerged(h.moments.Mover())
	people.OnMerged(intentions.Mover())
	people.OnMerged(presences.Mover())
	people.OnMerged(guesses.Mover())

	h.demo = demo.Nouns{Accounts: h.accounts, People: people, Moments: h.moments, Practices: practices, Intentions: intentions, Opportunities: opportunities, Pulses: pulses, Reflections: reflections, Forges: forges, Calendars: calendars}

	h.moments.OnLogged(func(ctx context.Context, tx *db.Tx, by account.ID, m moment.Moment) error {
		return intentions.MomentLogged(ctx, tx, by, m.Kind, ids(m.People), m.ID, m.Day)
	})
	h.moments.OnLogged(guesses.MomentLogged) // behind the intentions: a guess about one waits for what closes it
	h.moments.OnChanged(func(ctx context.Context, tx *db.Tx, by account.ID, before, after moment.Moment) error {
		if before.DeletedAt == nil && after.DeletedAt != nil {
			return intentions.MomentGone(ctx, tx, by, after.ID)
		}
		return guesses.MomentChanged(ctx, tx, by, after)
	})
	h.accounts.OnErasedAll(moment.Tables(), h.moments.Erase)
	h.accounts.OnErasedAll(person.Tables(), people.Erase)
	h.accounts.OnErasedAll(intake.Tables(), imports.Erase)
	h.accounts.OnErasedAll(practice.Tables(), practices.Erase)
	h.accounts.OnErasedAll(intention.Tables(), intentions.Erase)
	h.accounts.OnErasedAll(guess.Tables(), guesses.Erase)
	h.accounts.OnErasedAll(opportunity.Tables(), opportunities.Erase)
	h.accounts.OnErasedAll(pulse.Tables(), pulses.Erase)
	h.accounts.OnErasedAll(presence.Tables(), presences.Erase)
	h.accounts.OnErasedAll(reflection.Tables(), reflections.Erase)
	h.accounts.OnErasedAll(digest.Tables(), digests.Erase)
	opportunities.Calendars(calendars)
	h.accounts.OnErasedAll(dav.Tables(), calendars.Erase)
	h.accounts.OnErasedAll(forge.Tables(), forges.Erase)
	h.accounts.OnErasedAll(auth.Tables, h.auth.Erase)
	h.registerJobs()

	h.api = api.New(api.Services{
		Calendars: calendars, Forges: forges,
		Accounts: h.accounts, Auth: h.auth, People: people, Moments: h.moments, Practices: practices, Intentions: intentions,
		Opportunities: opportunities, Presence: presences, Pulses: pulses, Reflections: reflections, Guesses: guesses, Digests: digests, Imports: imports, Transfer: archive, Log: p.log, Now: p.now,
	})
	if p.pages {
		h.web = web.New(web.Services{
			Calendars: calendars, Forges: forges,
			Accounts: h.accounts, Auth: h.auth, People: people, Moments: h.moments, Practices: practices, Intentions: intentions,
			Opportunities: opportunities, Presence: presences, Pulses: pulses, Reflections: reflections, Guesses: guesses, Digests: digests, Imports: imports, Transfer: archive, Live: h.hub, Log: p.log, Now: p.now,
		})
	}
	h.operator = newOperator(h, p.log)
	// Nothing above asks the database, or needs a key.
	if err := <-ready; err != nil {
		return nil, err
	}
	people.Seal(h.keys)
	reflections.Seal(h.keys)
	calendars.Seal(h.keys)
	forges.Seal(h.keys)
	h.auth.Seal(h.keys)
	return h, nil
}

func ids(people []moment.Ref) []string {
	list := make([]string, len(people))
	for i, p := range people {
		list[i] = p.ID
	}
	return list
}

// public is what strangers reach: API and pages. It never holds the operator's routes.
func (h *house) public(log *slog.Logger, trusted []netip.Prefix) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", h.api) // which compresses by itself
	mux.Handle("/mcp", mcp.Handler(h.assistant, thisVersion().Version))
	mux.HandleFunc("GET /healthz", h.healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
	if h.web != nil {
		mux.Handle("/", h.web)
	}
	return httpd.Wrap(mux, httpd.Options{Log: log, Trusted: trusted})
}

// local is what the machine's operator reaches, over the socket or in this process. Only this handler marks requests as
// the operator's; nothing that arrives over TCP passes through it.
func (h *house) local(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", h.api)
	mux.Handle(operatorPrefix, h.operator)
	mux.HandleFunc("GET /healthz", h.healthz)
	next := httpd.Wrap(mux, httpd.Options{Log: log})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(auth.WithLocal(r.Context())))
	})
}

// healthz says that the process answers.
func (h *house) healthz(w http.ResponseWriter, _ *http.Request) { plainText(w, http.StatusOK, "ok") }

// readyz says that the database answers, so that a balancer may send requests here.
func (h *house) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := h.db.Ping(ctx); err != nil {
		plainText(w, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	plainText(w, http.StatusOK, "ok")
}

func plainText(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words + "\n"))
}

func (h *house) close() error { return h.db.Close() }
