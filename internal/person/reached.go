package person

import (
	"context"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
)

type reached struct {
	norm string
	who  Name
}

// Reached returns, for e-mail and web addresses in the form in which they are compared, the people who have it
// among their channels, the one who had it first before the others.
func Reached(ctx context.Context, r db.Reader, by account.ID, norms []string) (map[string][]Name, error) {
	const atOnce = 200
	found := map[string][]Name{}
	slices.Sort(norms)
	for part := range slices.Chunk(slices.Compact(norms), atOnce) {
		in, args := db.In(2, part)
		err := db.Each(ctx, r, func(s db.Scanner) (v reached, err error) {
			err = s.Scan(&v.norm, &v.who.ID, &v.who.Name, &v.who.Nickname)
			return v, err
		}, func(v reached) error {
			if !slices.Contains(found[v.norm], v.who) {
				found[v.norm] = append(found[v.norm], v.who)
			}
			return nil
		}, `SELECT c.norm, p.id, p.name, p.nickname FROM person_channel c JOIN person p ON p.user_id = c.user_id AND p.id = c.person_id
			WHERE c.user_id = $1 AND c.deleted_at IS NULL AND c.norm <> '' AND c.norm IN (`+in+`) AND c.kind IN ('email', 'url') AND p.deleted_at IS NULL
			ORDER BY c.created_at, c.id`, append([]any{string(by)}, args...)...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
