package dav

import "context"

// Tick looks for calendars whose turn it is.
func Tick(ctx context.Context, s *Service) error { return s.tick(ctx) }
