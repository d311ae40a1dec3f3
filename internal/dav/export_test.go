package dav

import (
	"context"
	"io"
	"time"
)

// Tick looks for calendars whose turn it is.
func Tick(ctx context.Context, s *Service) error { return s.tick(ctx) }

// Hurry has a service find and read within less time.
func Hurry(s *Service, t time.Duration) { s.findTime, s.readTime = t, t }

// Starts are where discovery begins, and the host outside of the domain to which its DNS leads.
func Starts(ctx context.Context, s *Service, address, kind string) (list []string, elsewhere string) {
	f := &finder{s: s}
	for _, v := range services {
		if v.kind == kind {
			for _, u := range f.starts(ctx, address, v) {
				list = append(list, u.String())
			}
		}
	}
	return list, f.elsewhere
}

// Multistatus reads an answer and counts its responses.
func Multistatus(r io.Reader) (n int, token string, err error) {
	token, err = multistatus(r, func(*resource) error {
		n++
		return nil
	})
	return n, token, err
}
