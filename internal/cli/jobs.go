package cli

import (
	"context"
	"time"

	"kith/internal/job"
)

// Every job and its clock. A handler that belongs to a noun is registered by the noun; what runs on a clock is listed
// here, so that "what runs every morning" has one answer.
//
//	moment    purge    ten minutes after a deletion (enqueued with it)
//	pulse     purge    ten minutes after a deletion (enqueued with it)
//	digest    look      every ten minutes, where a mail server is named
//	digest    send      at the person's own hour (enqueued with the setting)
//	auth      prune    every hour
//	intake    forget   every hour
//	forge     forget   every day
//	dav       tick     every ten minutes: enqueues a sync for each calendar whose turn it is, once an hour

// prune removes expired sessions, tokens, links and counted failures.
type prune struct{}

// Kind implements job.Args.
func (prune) Kind() string { return "auth_prune" }

// forgetFiles lets go of files that were read and not taken over within a day.
type forgetFiles struct{}

// Kind implements job.Args.
func (forgetFiles) Kind() string { return "intake_forget" }

// forgetWork lets go of what was finished long ago.
type forgetWork struct{}

// Kind implements job.Args.
func (forgetWork) Kind() string { return "forge_forget" }

func (h *house) registerJobs() {
	job.Handle(h.jobs, func(ctx context.Context, _ prune) error { return h.auth.Prune(ctx) })
	h.jobs.Every("auth_prune", time.Hour, prune{})
	job.Handle(h.jobs, func(ctx context.Context, _ forgetFiles) error { return h.imports.Forget(ctx) })
	h.jobs.Every("intake_forget", time.Hour, forgetFiles{})
	job.Handle(h.jobs, func(ctx context.Context, _ forgetWork) error { return h.forges.Forget(ctx) })
	h.jobs.Every("forge_forget", 24*time.Hour, forgetWork{})
}
