package moment

import (
	"context"

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
