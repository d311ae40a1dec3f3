package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/db"
	"kith/internal/practice"
)

// writePractices gives whoever lives here a few practices of their own and one more of the library. A line of
// practices.txt is: days ago | name | how | kind | context or nothing | seconds.
func writePractices(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	list, err := lines(s.Lang, "practices.txt")
	if err != nil {
		return err
	}
	r := s.chance("practices")
	for _, l := range list {
		part := strings.Split(l, "|")
		if len(part) != 6 {
			return fmt.Errorf("demo: practices: %q", l)
		}
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		ago, err := strconv.Atoi(part[0])
		if err != nil {
			return err
		}
		seconds, err := strconv.Atoi(part[5])
		if err != nil {
			return err
		}
		at := s.day(ago).Add(time.Duration(r.IntN(400)) * time.Minute)
		id := s.id(r, at)
		row := practice.Row{
			ID: id, Name: part[1], How: part[2], Kind: part[3], Context: part[4], Seconds: seconds, Fingerprint: fingerprint(id),
			Revision: 1, CreatedAt: db.Micros(at), UpdatedAt: db.Micros(at),
		}
		if _, err := n.Practices.Restore(ctx, tx, s.User.ID, row); err != nil {
			return err
		}
	}
	_, err = n.Practices.RestoreSwitch(ctx, tx, s.User.ID, practice.SwitchRow{Practice: "awe-walk", On: true, ChangedAt: db.Micros(s.day(80))})
	return err
}
