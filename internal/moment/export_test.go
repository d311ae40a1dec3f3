package moment

import "context"

// PurgeNow runs the job's work at once.
func (s *Service) PurgeNow(ctx context.Context) error { return s.purgeJob(ctx, Purge{}) }

// Packed packs a list and unpacks it again.
func Packed(list []string) ([]string, error) {
	var got []string
	err := unpack(pack(list), &got)
	return got, err
}
