package moment

import (
	"context"
	"time"

	"kith/internal/account"
	"kith/internal/db"
)

// Kinds returns the kinds of the moments of a day, each once. It is for those who suggest only what is not done yet.
func Kinds(ctx context.Context, r db.Reader, by account.ID, day string) ([]string, error) {
	if err := checkDay(day, "day"); err != nil {
		return nil, err
	}
	at := dayUTC(day) // a local day lies within two days of the same day in UTC; the key range lets the index skip
	return db.All(ctx, r, db.Value[string], `SELECT DISTINCT kind FROM moment WHERE user_id = $1 AND deleted_at IS NULL
		AND order_key >= $2 AND order_key < $3 AND day = $4 ORDER BY kind`, string(by), keyOf(at.AddDate(0, 0, -2)), keyOf(at.AddDate(0, 0, 3)), day)
}

// Count is how many moments a local day has.
type Count struct {
	Day string
	N   int
}

// Counts returns the days from one to another that have moments, with how many, oldest first. Moments of which only the
// month or the year is known belong to no day.
func Counts(ctx context.Context, r db.Reader, by account.ID, from, to string) ([]Count, error) {
	for field, day := range map[string]string{"from": from, "to": to} {
		if err := checkDay(day, field); err != nil {
			return nil, err
		}
	}
	return db.All(ctx, r, func(s db.Scanner) (c Count, err error) { return c, s.Scan(&c.Day, &c.N) }, `SELECT day, COUNT(*) FROM moment
		WHERE user_id = $1 AND deleted_at IS NULL AND order_key >= $2 AND order_key < $3 AND day >= $4 AND day <= $5
		AND precision IN ('minute', 'day') GROUP BY day ORDER BY day`, string(by), keyOf(dayUTC(from).AddDate(0, 0, -2)),
		keyOf(dayUTC(to).AddDate(0, 0, 3)), from, to)
}

// DayAfter returns the local day of the first moment at or after t, or nothing.
func DayAfter(ctx context.Context, r db.Reader, by account.ID, t time.Time) (string, error) {
	days, err := db.All(ctx, r, db.Value[string], `SELECT day FROM moment WHERE user_id = $1 AND deleted_at IS NULL AND order_key >= $2
		AND precision IN ('minute', 'day') ORDER BY order_key LIMIT 1`, string(by), keyOf(t))
	if err != nil || len(days) == 0 {
		return "", err
	}
	return days[0], nil
}
