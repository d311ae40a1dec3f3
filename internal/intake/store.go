package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
)

// Tables are the tables of this package, for erasure and export.
func Tables() []string { return []string{"import", "import_card", "import_item", "import_change"} }

const columns = "id, format, file, state, fingerprint, report, revision, created_at, updated_at"

func scan(s db.Scanner) (Import, error) {
	var (
		v                Import
		report           string
		created, updated int64
	)
	if err := s.Scan(&v.ID, &v.Format, &v.File, &v.State, &v.fingerprint, &report, &v.Revision, &created, &updated); err != nil {
		return v, err
	}
	v.CreatedAt, v.UpdatedAt = db.Time(created), db.Time(updated)
	return v, json.Unmarshal([]byte(report), &v.Report)
}

func get(ctx context.Context, r db.Reader, by account.ID, id string) (Import, error) {
	v, err := db.One(ctx, r, scan, "SELECT "+columns+" FROM import WHERE user_id = $1 AND id = $2", string(by), id)
	if errors.Is(err, db.ErrNoRows) {
		return v, notFound()
	}
	return v, err
}

// list returns what was taken over, newest first. Ids are in the order of their making.
func list(ctx context.Context, r db.Reader, by account.ID, before string, limit int) ([]Import, error) {
	return db.All(ctx, r, scan, "SELECT "+columns+` FROM import WHERE user_id = $1 AND state IN ('done', 'undone')
		AND (CAST($2 AS TEXT) = '' OR id < $2) ORDER BY id DESC LIMIT $3`, string(by), before, limit)
}

func insert(ctx context.Context, tx *db.Tx, by account.ID, v Import) error {
	report, err := json.Marshal(v.Report)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO import (user_id, id, format, file, state, fingerprint, report, revision, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, string(by), v.ID, v.Format, v.File, v.State, v.fingerprint, string(report), v.Revision,
		db.Micros(v.CreatedAt), db.Micros(v.UpdatedAt))
	return err
}

func save(ctx context.Context, tx *db.Tx, by account.ID, v *Import, now time.Time) error {
	report, err := json.Marshal(v.Report)
	if err != nil {
		return err
	}
	v.Revision++
	v.UpdatedAt = now
	_, err = tx.Exec(ctx, "UPDATE import SET format = $1, state = $2, fingerprint = $3, report = $4, revision = $5, updated_at = $6 WHERE user_id = $7 AND id = $8",
		v.Format, v.State, v.fingerprint, string(report), v.Revision, db.Micros(now), string(by), v.ID)
	return err
}

// drop takes an import that was never taken over away, with its cards.
func drop(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	if err := dropCards(ctx, tx, by, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM import WHERE user_id = $1 AND id = $2", string(by), id)
	return err
}

func dropCards(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM import_card WHERE user_id = $1 AND import_id = $2", string(by), id)
	return err
}

// stale lists imports that nobody finished.
func stale(ctx context.Context, r db.Reader, before time.Time) ([][2]string, error) {
	return db.All(ctx, r, func(s db.Scanner) (v [2]string, err error) {
		err = s.Scan(&v[0], &v[1])
		return v, err
	}, "SELECT user_id, id FROM import WHERE state IN ('reading', 'ready') AND updated_at < $1 ORDER BY updated_at LIMIT 1000", db.Micros(before))
}

// card is one card of a file that waits.
type card struct {
	seq    int
	key    string
	digest string
	entry  addressbook.Entry
	face   []byte
}

// cardRows writes cards.
func cardRows() *db.Rows {
	return db.NewRows("import_card", "user_id, import_id, seq, card_key, digest, entry, face", "")
}

func (c card) row(by account.ID, importID, entry string) []any {
	return []any{string(by), importID, c.seq, c.key, c.digest, entry, c.face}
}

// eachCard calls f with every card in order, a few at a time: f may use the transaction that r is.
func eachCard(ctx context.Context, r db.Reader, by account.ID, importID string, f func(card) error) error {
	for after := -1; ; {
		cards, err := db.All(ctx, r, func(s db.Scanner) (c card, err error) {
			var entry string
			if err := s.Scan(&c.seq, &c.key, &c.digest, &entry, &c.face); err != nil {
				return c, err
			}
			return c, json.Unmarshal([]byte(entry), &c.entry)
		}, `SELECT seq, card_key, digest, entry, face FROM import_card WHERE user_id = $1 AND import_id = $2 AND seq > $3 ORDER BY seq LIMIT 100`,
			string(by), importID, after)
		if err != nil || len(cards) == 0 {
			return err
		}
		for _, c := range cards {
			if err := f(c); err != nil {
				return err
			}
		}
		after = cards[len(cards)-1].seq
	}
}

// item is which card is which person.
type item struct {
	key, person, importID, madeBy, digest, entry, face, stamp string
	takenAt                                                   int64
}

const itemColumns = "card_key, person_id, import_id, made_by, digest, entry, face, stamp, taken_at"

func scanItem(s db.Scanner) (v item, err error) {
	err = s.Scan(&v.key, &v.person, &v.importID, &v.madeBy, &v.digest, &v.entry, &v.face, &v.stamp, &v.takenAt)
	return v, err
}

// getItem returns what is known of a card, or nil.
func getItem(ctx context.Context, r db.Reader, by account.ID, key string) (*item, error) {
	v, err := db.One(ctx, r, scanItem, "SELECT "+itemColumns+" FROM import_item WHERE user_id = $1 AND card_key = $2", string(by), key)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing known is an answer here
	}
	return &v, err
}

// row is an item as a row of itemColumns.
func (v item) row(by account.ID) []any {
	return []any{string(by), v.key, v.person, v.importID, v.madeBy, v.digest, v.entry, v.face, v.stamp, v.takenAt}
}

// itemRows writes items, also over those that are there; made_by stays what it was.
func itemRows() *db.Rows {
	return db.NewRows("import_item", "user_id, "+itemColumns, `ON CONFLICT (user_id, card_key) DO UPDATE SET person_id = excluded.person_id,
		import_id = excluded.import_id, digest = excluded.digest, entry = excluded.entry, face = excluded.face, stamp = excluded.stamp, taken_at = excluded.taken_at`)
}

func putItem(ctx context.Context, tx *db.Tx, by account.ID, v item) error {
	rows := itemRows()
	if err := rows.Add(ctx, tx, v.row(by)...); err != nil {
		return err
	}
	return rows.Flush(ctx, tx)
}

// knownItems are which card is which person, by key, without what the cards say.
func knownItems(ctx context.Context, r db.Reader, by account.ID) (map[string]knownItem, error) {
	known := map[string]knownItem{}
	err := db.Each(ctx, r, func(s db.Scanner) (v [3]string, err error) {
		err = s.Scan(&v[0], &v[1], &v[2])
		return v, err
	}, func(v [3]string) error {
		known[v[0]] = knownItem{v[1], v[2]}
		return nil
	}, "SELECT card_key, person_id, digest FROM import_item WHERE user_id = $1", string(by))
	return known, err
}

type knownItem struct{ person, digest string }

// madeBy are the cards whose people an import made.
func madeBy(ctx context.Context, r db.Reader, by account.ID, importID string) ([]item, error) {
	return db.All(ctx, r, scanItem, "SELECT "+itemColumns+" FROM import_item WHERE user_id = $1 AND made_by = $2 ORDER BY card_key", string(by), importID)
}

func forgetPerson(ctx context.Context, tx *db.Tx, by account.ID, id string) error {
	if err := forgetChanges(ctx, tx, by, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "DELETE FROM import_item WHERE user_id = $1 AND person_id = $2", string(by), id)
	return err
}

// blank leaves of a card that it was taken over.
func blank(ctx context.Context, tx *db.Tx, by account.ID, personID string) error {
	if err := forgetChanges(ctx, tx, by, personID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE import_item SET entry = '{}', face = '', stamp = '' WHERE user_id = $1 AND person_id = $2", string(by), personID)
	return err
}

// forgetGroups lets the groups of an import be made again.
func forgetGroups(ctx context.Context, tx *db.Tx, by account.ID, importID string) error {
	_, err := tx.Exec(ctx, "DELETE FROM import_item WHERE user_id = $1 AND import_id = $2 AND person_id = ''", string(by), importID)
	return err
}

// faces are the hashes of all pictures there are.
func faces(ctx context.Context, r db.Reader, by account.ID) (map[string]bool, error) {
	found := map[string]bool{}
	err := db.Each(ctx, r, db.Value[string], func(hash string) error {
		found[hash] = true
		return nil
	}, "SELECT photo FROM person WHERE user_id = $1 AND photo <> ''", string(by))
	return found, err
}

// near are those of an import of whom the card says most: family, birthdays, a nickname, a picture, several addresses.
func near(ctx context.Context, r db.Reader, by account.ID, importID string, limit int) ([]string, error) {
	return db.All(ctx, r, func(s db.Scanner) (id string, err error) {
		var score int
		err = s.Scan(&id, &score)
		return id, err
	}, `SELECT p.id, CASE WHEN p.photo <> '' THEN 2 ELSE 0 END + CASE WHEN p.nickname <> '' THEN 2 ELSE 0 END
		+ 3 * (SELECT COUNT(*) FROM person_date d WHERE d.user_id = $1 AND d.person_id = p.id AND d.deleted_at IS NULL)
		+ 3 * (SELECT COUNT(*) FROM person_relation e WHERE e.user_id = $1 AND e.person_id = p.id AND e.deleted_at IS NULL)
		+ 3 * (SELECT COUNT(*) FROM person_relation o WHERE o.user_id = $1 AND o.other_id = p.id AND o.deleted_at IS NULL)
		+ (SELECT COUNT(*) FROM person_channel c WHERE c.user_id = $1 AND c.person_id = p.id AND c.deleted_at IS NULL) AS score
		FROM person p WHERE p.user_id = $1 AND p.source = $2 AND p.deleted_at IS NULL AND p.ring = '' AND p.standing = 'active'
		ORDER BY score DESC, p.id LIMIT $3`, string(by), importID, limit)
}

// tied are the people whom something beside their own rows names: a moment, an intention, a presence.
func tied(ctx context.Context, r db.Reader, by account.ID) (map[string]bool, error) {
	found := map[string]bool{}
	err := db.Each(ctx, r, db.Value[string], func(id string) error {
		found[id] = true
		return nil
	}, `SELECT person_id FROM moment_person WHERE user_id = $1 UNION SELECT person FROM intention WHERE user_id = $1 AND person <> ''`, string(by))
	if err != nil {
		return nil, err
	}
	err = db.Each(ctx, r, db.Value[string], func(list string) error {
		var ids []string
		if err := json.Unmarshal([]byte(list), &ids); err != nil {
			return err
		}
		for _, id := range ids {
			found[id] = true
		}
		return nil
	}, "SELECT people FROM presence WHERE user_id = $1 AND people <> ''", string(by))
	return found, err
}

func erase(ctx context.Context, tx *db.Tx, by account.ID) error {
	for _, table := range Tables() {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", string(by)); err != nil {
			return fmt.Errorf("erase %s: %w", table, err)
		}
	}
	return nil
}
