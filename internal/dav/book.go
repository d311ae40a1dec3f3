package dav

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/intake"
)

// readBook reads an address book of an account. Cards that are new or changed go through package intake, as if a file of
// them had come: known again by their UID, never over what their owner edited, and to be taken back as a whole. A card
// that vanished there changes nobody here.
func (s *Service) readBook(ctx context.Context, by account.ID, as sign, v *row, tell func(Progress)) (bool, error) {
	at, err := url.Parse(v.URL)
	if err != nil {
		return false, &stop{code: "calendar_server_odd", err: err}
	}
	known, err := itemsOf(ctx, s.db, by, v.ID)
	if err != nil {
		return false, err
	}
	n, err := s.news(ctx, as, at, v, known, v.digest == "")
	if err != nil || n.none {
		return false, err
	}
	if v.digest != "" && len(n.order) == 0 && len(n.gone) == 0 {
		n.settled(v)
		return false, nil
	}
	etags, changed := map[string]string{}, false
	if len(n.order) > 0 {
		if changed, err = s.takeCards(ctx, by, as, at, v, n, etags, tell); err != nil {
			return false, err
		}
	}
	if err := s.keepItems(ctx, by, v, known, etags, n.gone); err != nil {
		return false, err
	}
	v.Found = len(known)
	for item := range etags {
		if _, was := known[item]; !was {
			v.Found++
		}
	}
	for item := range n.gone {
		if _, was := known[item]; was {
			v.Found--
		}
	}
	v.token, v.etag, v.digest = n.token, n.ctag, "read"
	if v.CoveredTo.Unix() <= 0 {
		v.CoveredTo = s.now() // from now on it has its turn once an hour
	}
	return changed, nil
}

// takeCards asks for cards and takes them over as they arrive. It reports whether they said anything new.
func (s *Service) takeCards(ctx context.Context, by account.ID, as sign, at *url.URL, v *row, n *news, etags map[string]string, tell func(Progress)) (bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := s.fetchAll(ctx, as, at, v.Kind, n, func(one fetched) error {
			etags[one.item] = digest(one.etag)
			tell(Progress{Done: len(etags), Of: len(n.order)})
			_, err := io.WriteString(in, strings.TrimRight(one.data, "\r\n ")+"\r\n")
			return err
		})
		_ = in.CloseWithError(err)
		ended <- err
	}()
	staged, _, err := s.o.Intake.Stage(ctx, by, out, intake.Options{File: v.Name, Format: "vcard"})
	_ = out.CloseWithError(io.ErrClosedPipe)
	if came := <-ended; came != nil && !errors.Is(came, io.ErrClosedPipe) {
		return false, came
	}
	if f := fault.As(err); f != nil {
		if f.Code == "file_empty" { // all that was asked for is gone
			return false, nil
		}
		return false, &stop{code: "book_unreadable", err: err}
	}
	if err != nil {
		return false, err
	}
	if r := staged.Report; r.New+r.Changed+r.Groups == 0 {
		return false, s.o.Intake.Discard(ctx, by, staged.ID)
	}
	_, err = s.o.Intake.Apply(ctx, by, staged.ID, nil)
	return err == nil, err
}
