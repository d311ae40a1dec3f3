package person

import (
	"context"
	"errors"
	"slices"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// differing are the ids of what gone has and keep has not.
func differing[T any](ctx context.Context, tx *db.Tx, by account.ID, keep, gone string, p part[T], same func(T) string) ([]string, error) {
	kept, err := p.of(ctx, tx, by, keep)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, v := range kept {
		has[same(v)] = true
	}
	theirs, err := p.of(ctx, tx, by, gone)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, v := range theirs {
		if !has[same(v)] {
			ids = append(ids, p.meta(&v).ID)
		}
	}
	return ids, nil
}

func moveGroups(ctx context.Context, tx *db.Tx, by account.ID, keep, gone string, did *moved) error {
	const of = "SELECT group_id FROM person_group_member WHERE user_id = $1 AND person_id = $2 ORDER BY group_id"
	kept, err := db.All(ctx, tx, db.Value[string], of, string(by), keep)
	if err != nil {
		return err
	}
	if did.Was, err = db.All(ctx, tx, db.Value[string], of, string(by), gone); err != nil {
		return err
	}
	for _, g := range did.Was {
		if slices.Contains(kept, g) {
			continue
		}
		did.Groups = append(did.Groups, g)
		if err := join(ctx, tx, by, g, keep); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "DELETE FROM person_group_member WHERE user_id = $1 AND person_id = $2", string(by), gone)
	return err
}

func copyPhoto(ctx context.Context, tx *db.Tx, by account.ID, from, to string) error {
	type face struct {
		jpg []byte
		at  int64
	}
	f, err := db.One(ctx, tx, func(s db.Scanner) (f face, err error) {
		err = s.Scan(&f.jpg, &f.at)
		return f, err
	}, "SELECT jpeg, added_at FROM person_photo WHERE user_id = $1 AND person_id = $2", string(by), from)
	if err != nil {
		return err
	}
	return putPhoto(ctx, tx, by, to, f.jpg, f.at)
}

func scanMerge(s db.Scanner) (m Merge, err error) {
	err = scanMergeAnd(s, &m)
	return m, err
}

func scanMergeAnd(s db.Scanner, m *Merge, more ...any) error {
	var at int64
	err := s.Scan(append([]any{&m.ID, &m.Keep, &m.Gone, &m.GoneName, &at, instant{&m.UndoneAt}}, more...)...)
	m.MergedAt = db.Time(at)
	return err
}

const mergeColumns = "id, keep, gone, gone_name, merged_at, undone_at"

func getMerge(ctx context.Context, r db.Reader, by account.ID, id string) (Merge, string, error) {
	var text string
	m, err := db.One(ctx, r, func(s db.Scanner) (m Merge, err error) {
		err = scanMergeAnd(s, &m, &text)
		return m, err
	}, "SELECT "+mergeColumns+", moved FROM person_merge WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return Merge{}, "", fault.NotFound("merge")
	}
	return m, text, err
}
