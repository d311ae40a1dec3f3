package person

import (
	"context"
	"slices"
	"sort"
	"strings"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
	"kith/internal/fold"
)

// Reasons why two people may be one.
const (
	SamePhone    = "phone"
	SameEmail    = "email"
	SameName     = "name"
	SameNickname = "nickname"
)

// Pair is two people who may be one.
type Pair struct {
	One    Name // the longer known
	Other  Name
	Reason string
}

// maxPairs is how many pairs are offered at once; the rest comes when these are settled.
const maxPairs = 200

// Duplicates returns pairs that are likely one person, with the reason, the surest first. Kith merges nobody: the owner
// does, or says that they are two. Pairs about which that was said are left out.
func (s *Service) Duplicates(ctx context.Context, by account.ID) ([]Pair, error) {
	type row struct {
		Name
		fold, nick string
		created    int64
	}
	var list []Pair
	err := s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		people, err := db.All(ctx, r, func(sc db.Scanner) (v row, err error) {
			err = sc.Scan(&v.ID, &v.Name.Name, &v.Nickname, &v.fold, &v.nick, &v.created)
			return v, err
		}, "SELECT id, name, nickname, name_fold, nickname_fold, created_at FROM person WHERE user_id = $1 AND deleted_at IS NULL ORDER BY created_at, id", string(by))
		if err != nil {
			return err
		}
		known := map[string]int{}
		for i, p := range people {
			known[p.ID] = i
		}
		said, err := db.All(ctx, r, func(sc db.Scanner) (v [2]string, err error) {
			err = sc.Scan(&v[0], &v[1])
			return v, err
		}, "SELECT one, other FROM person_distinct WHERE user_id = $1", string(by))
		if err != nil {
			return err
		}
		seen := map[[2]string]bool{}
		for _, v := range said {
			seen[v] = true
		}
		add := func(i, j int, reason string) {
			if i > j {
				i, j = j, i
			}
			key := pairOf(people[i].ID, people[j].ID)
			if i != j && !seen[key] {
				seen[key] = true
				list = append(list, Pair{people[i].Name, people[j].Name, reason})
			}
		}
		// In a bucket each is offered with the first one, who it would be merged into.
		buckets := func(reason string, each func(add func(key string, i int))) {
			first := map[string][]int{}
			each(func(key string, i int) {
				for _, j := range first[key] {
					add(j, i, reason)
				}
				if len(first[key]) < 3 {
					first[key] = append(first[key], i)
				}
			})
		}
		// One pass, since a join over a table that has just grown is planned as if it were empty.
		shared, err := db.All(ctx, r, func(sc db.Scanner) (v [3]string, err error) {
			err = sc.Scan(&v[0], &v[1], &v[2])
			return v, err
		}, `SELECT c.person_id, c.kind, c.norm FROM (
				SELECT person_id, kind, norm, created_at, id, MIN(person_id) OVER same AS least, MAX(person_id) OVER same AS most
				FROM person_channel WHERE user_id = $1 AND deleted_at IS NULL AND norm <> '' AND kind NOT IN ('address', 'url') WINDOW same AS (PARTITION BY norm)
			) c WHERE c.least <> c.most ORDER BY c.norm, c.created_at, c.id`, string(by))
		if err != nil {
			return err
		}
		channel := func(reason string, is func(kind, norm string) bool) {
			buckets(reason, func(add func(string, int)) {
				for _, v := range shared {
					if i, ok := known[v[0]]; ok && is(v[1], v[2]) {
						add(v[2], i)
					}
				}
			})
		}
		channel(SameEmail, func(kind, _ string) bool { return kind == Email })
		channel(SamePhone, func(kind, norm string) bool { return kind != Email && len(norm) >= 6 })
		buckets(SameName, func(add func(string, int)) {
			for i, p := range people {
				w := fold.Words(p.fold)
				slices.Sort(w)
				add(strings.Join(w, " "), i)
			}
		})
		buckets(SameNickname, func(add func(string, int)) {
			for i, p := range people {
				if p.nick != "" {
					add(p.nick, i)
				}
			}
			for i, p := range people {
				add(fold.Fold(p.Name.Name), i)
			}
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	rank := map[string]int{SameEmail: 0, SamePhone: 1, SameName: 2, SameNickname: 3}
	sort.SliceStable(list, func(i, j int) bool { return rank[list[i].Reason] < rank[list[j].Reason] })
	return list[:min(len(list), maxPairs)], nil
}

func pairOf(a, b string) [2]string {
	if a > b {
		a, b = b, a
	}
	return [2]string{a, b}
}

// Distinct remembers that two people are not the same, so that they are not offered again.
func (s *Service) Distinct(ctx context.Context, by account.ID, one, other string) error {
	if one == other {
		return fault.Invalid("merge_self", "with", "Choose two different people.")
	}
	return s.write(ctx, by, one, func(ctx context.Context, tx *db.Tx, _ Person) error {
		if _, err := get(ctx, tx, by, other); err != nil {
			if fault.Is(err, fault.KindNotFound) {
				return unknownPerson("with")
			}
			return err
		}
		pair := pairOf(one, other)
		_, err := tx.Exec(ctx, `INSERT INTO person_distinct (user_id, one, other, decided_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (user_id, one, other) DO UPDATE SET one = excluded.one`, string(by), pair[0], pair[1], db.Micros(s.instant()))
		return err
	})
}
