package pulse

import "context"

// PurgeNow runs the job.
func (s *Service) PurgeNow(ctx context.Context) error { return s.purgeJob(ctx, Purge{}) }
