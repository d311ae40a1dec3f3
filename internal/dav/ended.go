package dav

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
)

// Bounds of what is offered to be logged.
const (
	longestEvent = 20 * time.Hour // longer is a trip, or a day with a name
	mostEnded    = 40
)

// Event is one that is over, with its words: its owner allows them to be read.
type Event struct {
	ID         string // the same each time
	Start, End time.Time
	Title      string
	Invited    []string // addresses for mail
}

// Ended returns events with titles that ended within a stretch of time, the last one first. It is for package opportunity.
func (s *Service) Ended(ctx context.Context, by account.ID, from, to time.Time) ([]Event, error) {
	return db.All(ctx, s.db, func(sc db.Scanner) (v Event, err error) {
		var (
			calendar, item, invited string
			start, end              int64
		)
		if err := sc.Scan(&calendar, &item, &start, &end, &v.Title, &invited); err != nil {
			return v, err
		}
		v.ID, v.Start, v.End = digest(calendar + " " + item + " " + strconv.FormatInt(start, 10))[:16], db.Time(start), db.Time(end)
		if err := unsealSome(s.codecs.title, by, calendar, &v.Title); err != nil {
			return v, err
		}
		err = unsealSome(s.codecs.invited, by, calendar, &invited)
		v.Invited = strings.Fields(invited)
		return v, err
	}, `SELECT calendar_id, item, start_at, end_at, title, invited FROM calendar_busy WHERE user_id = $1 AND start_at >= $2 AND start_at < $3
		AND end_at > $4 AND end_at <= $3 AND end_at <= start_at + $5 AND title <> '' ORDER BY end_at DESC, start_at, calendar_id, item LIMIT $6`,
		string(by), db.Micros(from.Add(-longestEvent)), db.Micros(to), db.Micros(from), longestEvent.Microseconds(), mostEnded)
}
