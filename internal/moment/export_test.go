package moment

import "context"

// PurgeNow runs the job's work at once.
func (s *Service) PurgeNow(ctx context.Context) error { return s.purgeJob(ctx, Purge{}) }
