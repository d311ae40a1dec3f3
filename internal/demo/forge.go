package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kith/internal/db"
	"kith/internal/forge"
)

// forgeHost is where the colleagues of the demo put their work: a name nobody has.
const forgeHost = "git.example.org"

// writeForge has a forge tell what colleagues finished: most are known by their address, one is still to be told who they
// are, and some of it is one's own.
func writeForge(ctx context.Context, tx *db.Tx, n Nouns, s *Story) error {
	r := s.chance("forge")
	born := s.day(yearDays - 40)
	hook := forge.HookRecord{ID: s.id(r, born), Name: forgeHost, Revision: 1, CreatedAt: db.Micros(born), UpdatedAt: db.Micros(born)}
	hook.Fingerprint = fingerprint(hook.ID)
	if _, err := n.Forges.Restore(ctx, tx, s.User.ID, hook); err != nil {
		return err
	}
	var latest time.Time
	// key, or handle and name of somebody who is not known | days ago | change, issue or release | where | what
	err := s.wordsOf("finished.txt", 5, func(part []string) error {
		ago, err := strconv.Atoi(part[1])
		if err != nil {
			return err
		}
		at := s.day(ago).Add(time.Duration(r.IntN(240)-180) * time.Minute)
		if at.After(s.Now) {
			at = s.Now.Add(-time.Minute)
		}
		w := forge.WorkRecord{
			Hook: hook.ID, ID: strings.ReplaceAll(s.id(r, at), "-", ""), Kind: part[2], Place: part[3], Title: part[4], FinishedAt: db.Micros(at),
			URL: fmt.Sprintf("https://%s/%s/%d", forgeHost, part[3], 100+r.IntN(400)),
		}
		handle, name, stranger := strings.Cut(part[0], " ")
		w.Handle, w.Who = forgeHost+"/"+handle, name
		switch {
		case part[0] == "robin":
			w.Who = s.User.Name
		case !stranger:
			f, err := s.who(part[0])
			if err != nil {
				return err
			}
			w.Who = f.Name
			for i, c := range s.Cast {
				if c.Key != part[0] {
					continue
				}
				for _, ch := range s.channels(f, i) {
					if ch.Kind == "email" {
						w.Email = ch.Norm
					}
				}
			}
		}
		if at.After(latest) {
			latest = at
		}
		_, err = n.Forges.RestoreWork(ctx, tx, s.User.ID, w)
		return err
	})
	if err != nil {
		return err
	}
	own := forge.MarkRecord{Author: forgeHost + "/robin", Mark: forge.Me, MarkedAt: db.Micros(born)}
	if _, err := n.Forges.RestoreMark(ctx, tx, s.User.ID, own); err != nil {
		return err
	}
	return n.Forges.Revive(ctx, tx, s.User.ID, hook.ID, forge.Forgejo, latest)
}
