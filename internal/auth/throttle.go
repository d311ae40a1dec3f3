package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"kith/internal/account"
	"kith/internal/db"
	"kith/internal/fault"
)

// How tries are limited. The pause doubles with every failure from the limit on, up to maxPause, so a stranger has about a
// hundred tries a day and the owner, at worst, a quarter of an hour to wait.
const (
	accountLimit = 5
	addressLimit = 20 // a family or an office shares an address
	firstPause   = 5 * time.Second
	maxPause     = 15 * time.Minute
	forgetAfter  = 24 * time.Hour // without a failure
	forgetFew    = time.Hour      // below the limit
)

// subject is something against which failures are counted.
type subject struct {
	key   string
	limit int64
}

// The key is a hash, so that the table of failures is no list of e-mails and addresses.
func key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func emailSubject(email string) subject {
	return subject{key("email", account.FoldEmail(email)), accountLimit}
}

// placeSubject counts apart what comes from where the account has signed in before.
func placeSubject(place string) subject { return subject{key("place", place), accountLimit} }

// confirmSubject counts what somebody who is signed in tries: it must not close the door of sign-in.
func confirmSubject(id account.ID) subject {
	return subject{key("confirm", string(id)), accountLimit}
}

// addressSubject is none for the operator's own socket, which has no address.
func addressSubject(address string) (subject, bool) {
	network := network(address)
	return subject{key("address", network), addressLimit}, network != ""
}

// MissedLink counts a link that opened nothing against the address it was tried from, and refuses those who try too many.
// The links themselves are too long to be guessed; this keeps the guessing from being a load.
func (s *Service) MissedLink(ctx context.Context, address string) error {
	network := network(address)
	if network == "" {
		return nil
	}
	return s.charge(ctx, []subject{{key("link", network), addressLimit}})
}

// network is what one party commands: an IPv4 address, or the /64 of an IPv6 one.
func network(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		address = ap.Addr().String()
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		if address == (netip.Addr{}).String() {
			return "" // what the zero address is called
		}
		if len(address) > 100 {
			address = address[:100]
		}
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// placeOf is how a place is kept: the same address is another place for another account.
func placeOf(id account.ID, address string) string {
	n := network(address)
	if n == "" {
		return ""
	}
	return key(string(id), n)
}

// charge counts a try against every subject before the password is looked at, or refuses it when one of them is closed. A
// refused try is not counted: waiting is enough.
func (s *Service) charge(ctx context.Context, subjects []subject) error {
	now := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows := make([]attempt, len(subjects))
		var closed time.Time
		for i, sub := range subjects {
			a, err := readAttempt(ctx, tx, sub.key)
			if err != nil {
				return fmt.Errorf("read failures: %w", err)
			}
			if a.stale(sub, now) {
				a = attempt{}
			}
			if a.closedTo.After(now) && a.closedTo.After(closed) {
				closed = a.closedTo
			}
			rows[i] = a
		}
		if closed.After(now) {
			return tooMany(closed.Sub(now))
		}
		for i, sub := range subjects {
			rows[i].fail(sub, now)
			if err := writeAttempt(ctx, tx, sub.key, rows[i]); err != nil {
				return fmt.Errorf("count a try: %w", err)
			}
		}
		return nil
	})
}

// compare looks at the password for which a try was charged. Where it could not, because too many ask at once or the
// asker went away, the try is given back: it told nothing, and a crowd must not close somebody's door.
func (s *Service) compare(ctx context.Context, password, kept string, charged []subject) (ok, stale bool, err error) {
	ok, stale, err = s.hasher.matches(ctx, password, kept)
	if err == nil {
		return ok, stale, nil
	}
	back := s.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		for _, sub := range charged {
			if err := refund(ctx, tx, sub); err != nil {
				return err
			}
		}
		return nil
	})
	if back != nil {
		s.log.Warn("a try was not given back", "error", back)
	}
	return false, false, err
}

// tooMany says when to try again: in seconds for programs, and in units that are the same in every language for people.
func tooMany(wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second)
	said := fmt.Sprintf("%d s", seconds)
	if seconds > 90 {
		said = fmt.Sprintf("%d min", (seconds+59)/60)
	}
	return fault.Busy("too_many_attempts", "That was tried too often. Try again in %s.", said).With("retry_after", seconds).With("wait", said)
}

// attempt is what is counted against a subject. The zero value is a clean sheet.
type attempt struct {
	failures int64
	failedAt time.Time
	closedTo time.Time
}

func (a *attempt) stale(s subject, now time.Time) bool {
	age := now.Sub(a.failedAt)
	return age >= forgetAfter || a.failures < s.limit && age >= forgetFew
}

func (a *attempt) fail(s subject, now time.Time) {
	a.failures++
	a.failedAt = now
	a.closedTo = now
	if over := a.failures - s.limit; over >= 0 {
		a.closedTo = now.Add(pause(over))
	}
}

// pause is 5 s, 10 s, 20 s and so on up to a quarter of an hour.
func pause(over int64) time.Duration {
	if over > 20 {
		return maxPause
	}
	return min(firstPause<<over, maxPause)
}

// refund takes one try back: it was none, or it succeeded. An address keeps the failures it had, or its owner could reset
// them with an account of their own.
func refund(ctx context.Context, tx *db.Tx, s subject) error {
	a, err := readAttempt(ctx, tx, s.key)
	if err != nil || a.failures == 0 {
		return err
	}
	if a.failures == 1 {
		return forgetAttempts(ctx, tx, []subject{s})
	}
	a.failures--
	a.closedTo = a.failedAt
	return writeAttempt(ctx, tx, s.key, a)
}
