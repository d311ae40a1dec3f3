package moment

import (
	"context"

	"kith/internal/account"
	"kith/internal/db"
)

// Brief is what a list of people says of the moment in which two were last in touch.
type Brief struct {
	ID, Kind, Day, Precision string
}

// Briefs returns those of ids that are still there, by id. It is for lists that name one moment in each row.
func (s *Service) Briefs(ctx context.Context, by account.ID, ids []string) (map[string]Brief, error) {
	found := make(map[string]Brief, len(ids))
	for len(ids) > 0 {
		some := ids[:min(len(ids), 500)] // both databases bound the number of parameters
		ids = ids[len(some):]
		in, args := db.In(2, some)
		err := db.Each(ctx, s.db, func(s db.Scanner) (b Brief, err error) {
			err = s.Scan(&b.ID, &b.Kind, &b.Day, &b.Precision)
			return b, err
		}, func(b Brief) error {
			found[b.ID] = b
			return nil
		}, "SELECT id, kind, day, precision FROM moment WHERE user_id = $1 AND id IN ("+in+") AND deleted_at IS NULL", append([]any{string(by)}, args...)...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
