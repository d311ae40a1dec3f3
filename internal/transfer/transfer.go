// Package transfer takes everything an account has out into one archive, and back in without loss.
//
// The archive is a zip of JSON Lines, one file a noun, in a fixed order and without the time of its making: the same
// account exports to the same bytes, and what was imported into an empty account exports to the bytes it came from, on
// and across both databases. Deletions travel as tombstones, so that an id that was deleted stays gone.
//
// What does not leave: passwords, sessions, tokens and links (secrets of this installation), and what is derived from the
// rest. Ledger says which table is which, and a test holds it against the schema.
package transfer

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"kith/internal/account"
	"kith/internal/dav"
	"kith/internal/db"
	"kith/internal/digest"
	"kith/internal/fault"
	"kith/internal/forge"
	"kith/internal/guess"
	"kith/internal/intake"
	"kith/internal/intention"
	"kith/internal/moment"
	"kith/internal/opportunity"
	"kith/internal/person"
	"kith/internal/practice"
	"kith/internal/presence"
	"kith/internal/pulse"
	"kith/internal/reflection"
)

// Version is the archive's format. A file with a higher one was made by a newer Kith and is refused.
const Version = 1

// Limits of what is read: a line, and all files together.
const (
	MaxLine  = 1 << 20
	MaxBytes = 4 << 30
)

// Service is the door to archives. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	o     Nouns
	doing sync.Map // *work by user and id
}

// Nouns are the nouns whose rows travel.
type Nouns struct {
	Accounts      *account.Service
	People        *person.Service
	Moments       *moment.Service
	Practices     *practice.Service
	Intentions    *intention.Service
	Opportunities *opportunity.Service
	Pulses        *pulse.Service
	Reflections   *reflection.Service
	Calendars     *dav.Service
	Forges        *forge.Service
	Digests       *digest.Service
}

// New returns a service over d.
func New(d *db.DB, o Nouns) *Service { return &Service{db: d, o: o} }

// profile is the account as an archive holds it.
type profile struct {
	Name      string `json:"name"`
	Zone      string `json:"zone"`
	Locale    string `json:"locale"`
	DayStart  int    `json:"day_start"`
	Revision  int64  `json:"revision"`
	CreatedAt int64  `json:"created_at"`
	UpdatedAt int64  `json:"updated_at"`
}

type goal struct {
	ID          string `json:"id"`
	Day         string `json:"day"`
	Text        string `json:"text,omitempty"`
	Practice    string `json:"practice,omitempty"`
	Person      string `json:"person,omitempty"`
	Cue         string `json:"cue,omitempty"`
	State       string `json:"state"`
	ClosedBy    string `json:"closed_by,omitempty"`
	Fingerprint string `json:"fingerprint"`
	Revision    int64  `json:"revision"`
	CreatedAt   int64  `json:"created_at"`
	UpdatedAt   int64  `json:"updated_at"`
	DeletedAt   *int64 `json:"deleted_at,omitempty"`
}

type answer struct {
	Day         string `json:"day"`
	Opportunity string `json:"opportunity"`
	Answer      string `json:"answer"`
	AnsweredAt  int64  `json:"answered_at"`
}

// header is the archive's first file.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
}

const formatName = "kith"

// noun is one file of the archive.
type noun struct {
	file    string
	table   string // whose rows are its lines; empty: one line
	export  func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error
	restore func(ctx context.Context, tx *db.Tx, by account.ID, line []byte) (bool, error)
}

// nouns are the files in the order in which they are written and read: whoever is named comes before who names them.
func (s *Service) nouns() []noun {
	return []noun{
		{"account.jsonl", "", s.exportAccount, s.restoreAccount},
		{"people.jsonl", "person", exporting(s.o.People.Records), restoring(s.o.People.Restore)},
		{"channels.jsonl", "person_channel", exporting(s.o.People.ChannelRecords), restoring(s.o.People.RestoreChannel)},
		{"dates.jsonl", "person_date", exporting(s.o.People.DateRecords), restoring(s.o.People.RestoreDate)},
		{"facts.jsonl", "person_fact", exporting(s.o.People.FactRecords), restoring(s.o.People.RestoreFact)},
		{"follow_ups.jsonl", "person_follow_up", exporting(s.o.People.FollowUpRecords), restoring(s.o.People.RestoreFollowUp)},
		{"relations.jsonl", "person_relation", exporting(s.o.People.RelationRecords), restoring(s.o.People.RestoreRelation)},
		{"groups.jsonl", "person_group", exporting(s.o.People.GroupRecords), restoring(s.o.People.RestoreGroup)},
		{"not_the_same.jsonl", "person_distinct", exporting(s.o.People.DistinctRecords), restoring(s.o.People.RestoreDistinct)},
		{"merges.jsonl", "person_merge", exporting(s.o.People.MergeRecords), restoring(s.o.People.RestoreMerge)},
		{"moments.jsonl", "moment", func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
			return moment.Records(ctx, r, by, func(v moment.Record) error { return put(v) })
		}, restoring(s.o.Moments.Restore)},
		{"imports.jsonl", "import", exporting(intake.Records), restoring(intake.Restore)},
		{"import_items.jsonl", "import_item", exporting(intake.ItemRecords), restoring(intake.RestoreItem)},
		{"import_changes.jsonl", "import_change", exporting(intake.ChangeRecords), restoring(intake.RestoreChange)},
		{"practices.jsonl", "practice_own", exporting(s.o.Practices.Records), restoring(s.o.Practices.Restore)},
		{"practice_switches.jsonl", "practice_switch", exporting(s.o.Practices.SwitchRecords), restoring(s.o.Practices.RestoreSwitch)},
		{"intentions.jsonl", "intention", s.exportIntentions, restoring(s.restoreIntention)},
		{"guesses.jsonl", "guess", exporting(guess.Records), restoring(guess.Restore)},
		{"answers.jsonl", "opportunity_answer", s.exportAnswers, restoring(s.restoreAnswer)},
		{"put_away.jsonl", "opportunity_put_away", exporting(s.o.Opportunities.NeverRecords), restoring(s.o.Opportunities.RestoreNever)},
		{"wishes.jsonl", "opportunity_wish", exporting(s.o.Opportunities.WishRecords), restoring(s.o.Opportunities.RestoreWishes)},
		{"pulses.jsonl", "pulse", func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
			return pulse.Records(ctx, r, by, func(v pulse.Record) error { return put(v) })
		}, restoring(s.o.Pulses.Restore)},
		{"scales.jsonl", "scale", func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
			return pulse.ScaleRecords(ctx, r, by, func(v pulse.ScaleRecord) error { return put(v) })
		}, restoring(s.o.Pulses.RestoreScale)},
		{"scale-answers.jsonl", "scale_answer", func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
			return pulse.AnswerRecords(ctx, r, by, func(v pulse.AnswerRecord) error { return put(v) })
		}, restoring(s.o.Pulses.RestoreAnswer)},
		{"reflections.jsonl", "reflection", exporting(s.o.Reflections.Records), restoring(s.o.Reflections.Restore)},
		{"weeks.jsonl", "reflection_week", exporting(s.o.Reflections.WeekRecords), restoring(s.o.Reflections.RestoreWeek)},
		{"reflection-setting.jsonl", "reflection_setting", exporting(s.o.Reflections.SettingRecords), restoring(s.o.Reflections.RestoreSetting)},
		{"digest-setting.jsonl", "digest_setting", exporting(s.o.Digests.Records), restoring(s.o.Digests.Restore)},
		{"presence.jsonl", "presence", func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
			return presence.Records(ctx, r, by, func(v presence.Record) error { return put(v) })
		}, restoring(presence.Restore)},
		{"calendar-accounts.jsonl", "calendar_account", exporting(s.o.Calendars.AccountRecords), restoring(s.o.Calendars.RestoreAccount)},
		{"calendars.jsonl", "calendar", exporting(s.o.Calendars.Records), restoring(s.o.Calendars.Restore)},
		{"hooks.jsonl", "forge_hook", exporting(s.o.Forges.Records), restoring(s.o.Forges.Restore)},
		{"finished_work.jsonl", "forge_work", exporting(s.o.Forges.WorkRecords), restoring(s.o.Forges.RestoreWork)},
		{"authors.jsonl", "forge_mark", exporting(s.o.Forges.MarkRecords), restoring(s.o.Forges.RestoreMark)},
	}
}

func exporting[T any](f func(context.Context, db.Reader, account.ID, func(T) error) error) func(context.Context, db.Reader, account.ID, func(any) error) error {
	return func(ctx context.Context, r db.Reader, by account.ID, put func(any) error) error {
		return f(ctx, r, by, func(v T) error { return put(v) })
	}
}

func restoring[T any](f func(context.Context, *db.Tx, account.ID, T) (bool, error)) func(context.Context, *db.Tx, account.ID, []byte) (bool, error) {
	return func(ctx context.Context, tx *db.Tx, by account.ID, line []byte) (bool, error) {
		var v T
		if err := decode(line, &v); err != nil {
			return false, err
		}
		return f(ctx, tx, by, v)
	}
}

// decode reads one line strictly: a word this version does not know would be lost without a sign.
func decode(line []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fault.Invalid("bad_line", "", "This is not a line Kith wrote.").Because(err)
	}
	if d.More() {
		return fault.Invalid("bad_line", "", "This is not a line Kith wrote.")
	}
	return nil
}

// Export writes the archive of an account. Under an id of the caller's own, Doing says how far it is and Stop ends it.
func (s *Service) Export(ctx context.Context, by account.ID, w io.Writer, id string) (err error) {
	ctx, at, end := s.begin(ctx, by, id)
	whole := false // stays so when something panics
	defer func() {
		if !whole && err == nil {
			err = errors.New("broken off")
		}
		err = stopped(ctx, err)
		end(err)
	}()
	z := zip.NewWriter(w)
	create := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate}) // no time: the same rows are the same bytes
	}
	f, err := create("kith.json")
	if err != nil {
		return err
	}
	if err := json.NewEncoder(f).Encode(header{formatName, Version}); err != nil {
		return err
	}
	err = s.db.View(ctx, func(ctx context.Context, r db.Reader) error {
		if id != "" {
			of, err := s.lines(ctx, r, by)
			if err != nil {
				return err
			}
			at.of.Store(int64(of))
		}
		for _, n := range s.nouns() {
			f, err := create(n.file)
			if err != nil {
				return err
			}
			lines := json.NewEncoder(f)
			lines.SetEscapeHTML(false)
			err = n.export(ctx, r, by, func(v any) error {
				at.done.Add(1)
				return errors.Join(ctx.Err(), lines.Encode(v))
			})
			if err != nil {
				return fmt.Errorf("export %s: %w", n.file, err)
			}
		}
		return nil
	})
	err = errors.Join(err, z.Close())
	whole = err == nil
	return err
}

// lines counts what an archive of the account would hold.
func (s *Service) lines(ctx context.Context, r db.Reader, by account.ID) (n int, err error) {
	for _, noun := range s.nouns() {
		if noun.table == "" {
			n++
			continue
		}
		rows, err := db.One(ctx, r, db.Value[int], "SELECT COUNT(*) FROM "+noun.table+" WHERE user_id = $1", string(by))
		if err != nil {
			return 0, err
		}
		n += rows
	}
	return n, nil
}

// Options change an import.
type Options struct {
	DryRun bool   // count only; nothing is written
	ID     string // of the caller's own, for Doing and Stop
}

// Count is what became of one file's lines.
type Count struct {
	File  string
	New   int // put back
	Known int // already there, left as they are
}

// Report is what an import did, or would do.
type Report struct {
	Counts []Count
	Other  []string // files in the archive that this version does not know
}

// errDry undoes a dry run.
var errDry = errors.New("dry run")

// Import puts an archive into the account, all of it or nothing. Rows whose id is there already are left as they are, so
// the same archive again changes nothing. A line that cannot be kept names its file and number. It ends with ctx.
func (s *Service) Import(ctx context.Context, by account.ID, r io.ReaderAt, size int64, o Options) (_ Report, err error) {
	caller, work, end := s.begin(ctx, by, o.ID)
	defer func() {
		err = stopped(caller, err)
		end(err)
	}()
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Report{}, notOurs(err)
	}
	files := map[string]*zip.File{}
	var total uint64
	for _, f := range z.File {
		files[f.Name] = f
		total += f.UncompressedSize64
	}
	if total > MaxBytes {
		return Report{}, fault.TooLarge("archive_too_large", "archive", "This archive unpacks to more than Kith reads at once (4 GiB).")
	}
	if err := checkHeader(files["kith.json"]); err != nil {
		return Report{}, err
	}
	// Unpacked before the writing begins: a write callback does no I/O, and a broken file must not hold others up.
	lines := map[string][][]byte{}
	known := map[string]bool{"kith.json": true}
	for _, n := range s.nouns() {
		known[n.file] = true
		if lines[n.file], err = readLines(files[n.file]); err != nil {
			return Report{}, err
		}
		work.of.Add(int64(len(lines[n.file])))
	}
	var report Report
	// The end of caller is looked for between the lines alone: a commit that is broken off may have been made.
	err = s.db.Write(context.WithoutCancel(caller), func(ctx context.Context, tx *db.Tx) error {
		report = Report{}
		work.done.Store(0)
		for _, n := range s.nouns() {
			c := Count{File: n.file}
			for i, line := range lines[n.file] {
				if err := caller.Err(); err != nil {
					return err
				}
				work.done.Add(1)
				added, err := n.restore(ctx, tx, by, line)
				if err != nil {
					return at(n.file, i+1, err)
				}
				if added {
					c.New++
				} else {
					c.Known++
				}
			}
			report.Counts = append(report.Counts, c)
		}
		if err := s.o.Moments.RestoreLastContact(ctx, tx, by); err != nil {
			return err
		}
		if o.DryRun {
			return errDry
		}
		return caller.Err()
	})
	for _, f := range z.File {
		if !known[f.Name] {
			report.Other = append(report.Other, f.Name)
		}
	}
	if errors.Is(err, errDry) {
		err = nil
	}
	return report, err
}

// at says where in the archive a fault was met.
func at(file string, line int, err error) error {
	f := fault.As(err)
	if f == nil {
		return fmt.Errorf("import %s line %d: %w", file, line, err)
	}
	if f.Kind == fault.KindFull {
		return err
	}
	return fault.Invalid("bad_archive_line", "archive", "Nothing was imported: %s, line %d: %s", file, line, f.Error()).
		With("file", file).With("line", line).With("reason", f.Message).Because(err)
}

func notOurs(err error) error {
	return fault.Invalid("not_an_archive", "archive", "This is not a Kith archive, or it is cut short. Nothing was imported.").Because(err)
}

func checkHeader(f *zip.File) error {
	lines, err := readLines(f)
	if err != nil {
		return err
	}
	var h header
	if len(lines) != 1 || json.Unmarshal(lines[0], &h) != nil || h.Format != formatName {
		return notOurs(nil)
	}
	if h.Version > Version {
		return fault.Invalid("newer_archive", "archive", "This archive was made by a newer Kith (format %d, this one reads %d). Update first; nothing was imported.", h.Version, Version).
			With("version", h.Version)
	}
	return nil
}

func readLines(f *zip.File) ([][]byte, error) {
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, notOurs(err)
	}
	defer func() { _ = r.Close() }()
	var list [][]byte
	left := int64(MaxBytes)
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), MaxLine)
	for in.Scan() {
		if left -= int64(len(in.Bytes())); left < 0 {
			return nil, fault.TooLarge("archive_too_large", "archive", "This archive unpacks to more than Kith reads at once (4 GiB).")
		}
		if len(bytes.TrimSpace(in.Bytes())) > 0 {
			list = append(list, bytes.Clone(in.Bytes()))
		}
	}
	if err := in.Err(); err != nil {
		return nil, notOurs(err)
	}
	return list, nil
}
