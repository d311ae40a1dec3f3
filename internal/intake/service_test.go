package intake_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/internal/account"
	"kith/internal/addressbook"
	"kith/internal/db"
	"kith/internal/db/dbtest"
	"kith/internal/fault"
	"kith/internal/intake"
	"kith/internal/job"
	"kith/internal/live"
	"kith/internal/moment"
	"kith/internal/person"
)

type house struct {
	db      *db.DB
	people  *person.Service
	moments *moment.Service
	intake  *intake.Service
	ana     account.ID
	ben     account.ID
}

func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Millisecond); return now }
	h := &house{db: d, people: person.New(d, clock)}
	accounts := account.New(d, clock)
	h.moments = moment.New(d, moment.Options{Accounts: accounts, People: h.people, Jobs: job.New(d, job.Options{Now: clock}), Live: live.New(d), Now: clock})
	h.intake = intake.New(d, intake.Needs{People: h.people, Live: live.New(d), Now: clock})
	for i, to := range []*account.ID{&h.ana, &h.ben} {
		u, err := accounts.Create(t.Context(), account.Draft{Email: fmt.Sprintf("u%d@example.org", i), Name: "U", Zone: "Europe/Berlin", Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		*to = u.ID
	}
	return h
}

func (h *house) stage(t testing.TB, text string) intake.Import {
	t.Helper()
	v, _, err := h.intake.Stage(t.Context(), h.ana, strings.NewReader(text), intake.Options{File: "C:\\Users\\x\\contacts.vcf"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h *house) take(t testing.TB, text string) intake.Import {
	t.Helper()
	v, err := h.intake.Apply(t.Context(), h.ana, h.stage(t, text).ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (h *house) all(t testing.TB, by account.ID) []person.Person {
	t.Helper()
	page, err := h.people.List(t.Context(), by, person.Filter{Archived: person.ArchivedWith}, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func (h *house) named(t testing.TB, name string) person.Detail {
	t.Helper()
	for _, p := range h.all(t, h.ana) {
		if p.Name == name {
			d, err := h.people.Detail(t.Context(), h.ana, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
	}
	t.Fatalf("nobody is called %q", name)
	return person.Detail{}
}

func example(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "addressbook", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func counts(v intake.Import) [4]int {
	return [4]int{v.Report.New, v.Report.Changed, v.Report.Same, v.Report.Skipped}
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func values(list []person.Channel) (out []string) {
	for _, c := range list {
		out = append(out, c.Kind+" "+c.Value+" ("+c.Label+")")
	}
	return out
}

func facts(d person.Detail) (out []string) {
	for _, f := range d.Facts {
		out = append(out, f.Text)
	}
	slices.Sort(out)
	return out
}

func TestImport_anAppleBook(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		staged := h.stage(t, example(t, "apple.vcf"))
		if staged.State != intake.Ready || staged.File != "contacts.vcf" || staged.Format != "vcard" || counts(staged) != [4]int{4, 0, 0, 0} || staged.Report.Groups != 1 {
			t.Errorf("staged as %+v", staged)
		}
		if len(h.all(t, h.ana)) != 0 {
			t.Fatal("a preview made people")
		}
		if _, err := h.intake.Apply(t.Context(), h.ben, staged.ID, nil); code(err) != "import_not_found" {
			t.Errorf("somebody else takes it over: %v", err)
		}
		done, err := h.intake.Apply(t.Context(), h.ana, staged.ID, nil)
		if err != nil || done.State != intake.Done || counts(done) != [4]int{4, 0, 0, 0} {
			t.Fatalf("applied as %+v, %v", done, err)
		}
		ada := h.named(t, "Dr. Adaeze Chidinma Okonkwo")
		want := []string{
			"email a.okonkwo@harbour.example (work)", "email ada@home.example (Choir)", "phone +44 7700 900123 (mobile)", "phone +44 20 7946 0958 (assistant phone)",
			"address 12 Quay Street, Flat 3\nBS1 4RN Bristol\nUnited Kingdom (home)", "url https://ada.example/ (home page)", "url http://twitter.com/adaplays (twitter)",
		}
		if diff := cmp.Diff(want, values(ada.Channels)); diff != "" {
			t.Errorf("channels (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{
			"Consultant, Harbour Clinic, Cardiology", "Met at the harbour festival.\nLikes oolong, not coffee; plays the cello.", "goddaughter: Zora",
			"skype: ada.okonkwo", "spouse: Emeka Okonkwo",
		}, facts(ada)); diff != "" {
			t.Errorf("facts (-want +got):\n%s", diff)
		}
		if ada.Nickname != "Ada" || ada.Source != done.ID || ada.Photo == "" || len(ada.Dates) != 3 || len(ada.Groups) != 2 {
			t.Errorf("came as %+v", ada)
		}
		if len(h.named(t, "Jörg Weiß").Groups) != 1 {
			t.Error("the group card put nobody in its group")
		}
		if due, err := h.people.Due(t.Context(), h.ana, time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || len(due) != 0 {
			t.Errorf("imported people are due: %v, %v", due, err)
		}
		if len(h.all(t, h.ben)) != 0 {
			t.Error("somebody else got them")
		}
		if near, err := h.intake.Near(t.Context(), h.ana, done.ID, 5); err != nil || len(near) != 4 || near[0] != ada.ID {
			t.Errorf("near are %v, %v", near, err)
		}
		if _, err := h.intake.Near(t.Context(), h.ben, done.ID, 5); code(err) != "import_not_found" {
			t.Errorf("somebody else sees who is near: %v", err)
		}

		again := h.take(t, example(t, "apple.vcf"))
		if counts(again) != [4]int{0, 0, 4, 0} || len(h.all(t, h.ana)) != 4 {
			t.Errorf("again: %+v", again.Report)
		}
		after := h.named(t, "Dr. Adaeze Chidinma Okonkwo")
		if diff := cmp.Diff(ada, after); diff != "" {
			t.Errorf("the second import changed her (-was +is):\n%s", diff)
		}
	})
}

func TestImport_relations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.take(t, example(t, "nextcloud.vcf"))
		nadia := h.named(t, "Nadia Haddad")
		if len(nadia.Relations) != 1 || nadia.Relations[0].WithName != "Karim Haddad" || nadia.Relations[0].Is != "spouse" || nadia.Standing != person.Deceased {
			t.Errorf("tied as %+v, standing %s", nadia.Relations, nadia.Standing)
		}
		karim := h.named(t, "Karim Haddad")
		if diff := cmp.Diff([]string{"child: Lina"}, facts(karim)); diff != "" || len(karim.Groups) != 1 {
			t.Errorf("%s %v", diff, karim.Groups)
		}
		// A card's word for a relation is what it is when somebody is looked for by it, in any language.
		said := []string{"madre", "mother", "Großmutter", "grandmother", "姉", "sister", "Partner(in)", "partner", "Bandmate", "bandmate"}
		leo, book := "BEGIN:VCARD\nVERSION:3.0\nFN:Leo Sol\nUID:leo\n", ""
		for i := 0; i < len(said); i += 2 {
			leo += fmt.Sprintf("item%d.X-ABRELATEDNAMES:The %s\nitem%[1]d.X-ABLabel:%[3]s\n", i, said[i+1], said[i])
			book += fmt.Sprintf("BEGIN:VCARD\nVERSION:3.0\nFN:The %s\nUID:%[1]s\nEND:VCARD\n", said[i+1])
		}
		h.take(t, leo+"END:VCARD\n"+book)
		ties := h.named(t, "Leo Sol").Relations
		for _, r := range ties {
			if r.WithName != "The "+r.Is {
				t.Errorf("%s is the %s", r.WithName, r.Is)
			}
		}
		if len(ties) != len(said)/2 {
			t.Errorf("tied as %+v", ties)
		}
	})
}

const two = "BEGIN:VCARD\nVERSION:3.0\nUID:1\nFN:Ida Berg\nN:Berg;Ida;;;\nTEL;TYPE=CELL:+49 170 1111111\nBDAY:1980-01-02\nNOTE:likes tea\nEND:VCARD\n" +
	"BEGIN:VCARD\nVERSION:3.0\nUID:2\nFN:Sam Low\nTEL:+49 170 2222222\nEND:VCARD\n"

func TestImport_changedCards(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		h.take(t, two)
		// The owner corrects one thing of each.
		ida, sam := h.named(t, "Ida Berg"), h.named(t, "Sam Low")
		name, text := "Ida B.", "likes green tea"
		if _, err := h.people.Update(ctx, h.ana, ida.ID, person.Change{Name: &name}, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.people.ChangeFact(ctx, h.ana, ida.ID, ida.Facts[0].ID, person.FactChange{Text: &text}, 0); err != nil {
			t.Fatal(err)
		}
		news := strings.NewReplacer("FN:Ida Berg", "FN:Ida Berg-Holm", "1111111", "3333333", "1980-01-02", "1980-02-02", "likes tea", "likes rum",
			"Sam Low", "Samuel Low").Replace(two)
		staged := h.stage(t, news)
		if counts(staged) != [4]int{0, 2, 0, 0} {
			t.Errorf("staged as %+v", staged.Report)
		}
		if _, err := h.intake.Apply(ctx, h.ana, staged.ID, nil); err != nil {
			t.Fatal(err)
		}
		ida = h.named(t, "Ida B.")
		if diff := cmp.Diff([]string{"phone +49 170 3333333 (mobile)"}, values(ida.Channels)); diff != "" {
			t.Errorf("channels (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{text}, facts(ida)); diff != "" || len(ida.Dates) != 1 || ida.Dates[0].Month != 2 {
			t.Errorf("facts %s dates %+v", diff, ida.Dates)
		}
		if got := h.named(t, "Samuel Low"); got.ID != sam.ID {
			t.Error("a new name made a new person")
		}
		if again := h.take(t, news); counts(again) != [4]int{0, 0, 2, 0} {
			t.Errorf("again: %+v", again.Report)
		}
	})
}

func TestImport_whoIsThereAlready(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		p, _, err := h.people.Create(t.Context(), h.ana, person.Draft{Name: "ida berg", Ring: "close", Channels: []person.Channel{{Kind: person.Phone, Value: "0170 1111111"}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.people.Create(t.Context(), h.ana, person.Draft{Name: "Sam Low"}); err != nil {
			t.Fatal(err)
		}
		v := h.take(t, two)
		if counts(v) != [4]int{1, 1, 0, 0} {
			t.Errorf("taken as %+v", v.Report)
		}
		ida := h.named(t, "ida berg")
		if ida.ID != p.ID || ida.Ring != "close" || ida.Source != "" || len(ida.Dates) != 1 {
			t.Errorf("became %+v", ida)
		}
		if n := len(h.all(t, h.ana)); n != 3 {
			t.Errorf("%d people: a namesake without a shared number is somebody else until their owner says so", n)
		}
	})
}

func TestUndo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		v := h.take(t, example(t, "apple.vcf"))
		h.take(t, example(t, "apple.vcf")) // nothing, and nobody is touched by it
		ring := "inner"
		if _, err := h.people.Update(ctx, h.ana, h.named(t, "Jörg Weiß").ID, person.Change{Ring: &ring}, 0); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.moments.Log(ctx, h.ana, moment.Draft{Text: "coffee with @\"Nakamura Yuki\""}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.intake.Undo(ctx, h.ben, v.ID); code(err) != "import_not_found" {
			t.Errorf("somebody else's: %v", err)
		}
		taken, err := h.intake.Undo(ctx, h.ana, v.ID)
		if err != nil || taken.Removed != 2 || taken.Import.State != intake.Undone {
			t.Fatalf("undone: %+v, %v", taken, err)
		}
		var kept []string
		for _, k := range taken.Kept {
			kept = append(kept, k.Name)
		}
		slices.Sort(kept)
		if diff := cmp.Diff([]string{"Jörg Weiß", "Nakamura Yuki"}, kept); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
		if groups, err := h.people.Groups(ctx, h.ana); err != nil || len(groups) != 1 || groups[0].Name != "Choir" || groups[0].Members != 1 {
			t.Errorf("groups left: %+v, %v", groups, err)
		}
		if again, err := h.intake.Undo(ctx, h.ana, v.ID); err != nil || again.Removed != 0 {
			t.Errorf("again: %+v, %v", again, err)
		}
		back := h.take(t, example(t, "apple.vcf"))
		if counts(back) != [4]int{2, 0, 2, 0} || len(h.all(t, h.ana)) != 4 {
			t.Errorf("taken over again: %+v", back.Report)
		}
	})
}

func TestImport_deletedPeopleStayGone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.take(t, two)
		ida := h.named(t, "Ida Berg")
		if err := h.people.Delete(t.Context(), h.ana, ida.ID, 0); err != nil {
			t.Fatal(err)
		}
		v := h.take(t, strings.Replace(two, "likes tea", "likes rum", 1))
		if counts(v) != [4]int{0, 0, 1, 1} || v.Report.Notes[0].Code != intake.PersonDeleted || len(h.all(t, h.ana)) != 1 {
			t.Errorf("taken as %+v", v.Report)
		}
	})
}

func TestCards(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, name := range []string{"apple.vcf", "google.vcf", "android-2.1.vcf", "nextcloud.vcf", "outlook-2.1.vcf", "google-new.csv", "unruly.vcf"} {
			h := build(t, dbtest.Open(t, dbtest.SQLite(t)))
			h.take(t, example(t, name))
			var first bytes.Buffer
			if err := h.intake.Cards(t.Context(), h.ana, &first, addressbook.Four); err != nil {
				t.Fatal(err)
			}
			other := build(t, dbtest.Open(t, dbtest.SQLite(t)))
			other.take(t, first.String())
			var second bytes.Buffer
			if err := other.intake.Cards(t.Context(), other.ana, &second, addressbook.Four); err != nil {
				t.Fatal(err)
			}
			strip := func(s string) string {
				lines := slices.DeleteFunc(strings.Split(strings.ReplaceAll(s, "\r\n ", ""), "\r\n"), func(l string) bool {
					return strings.HasPrefix(l, "REV:") || strings.HasPrefix(l, "PHOTO:data") || strings.HasPrefix(l, "UID:urn:uuid:019")
				})
				slices.Sort(lines) // groups and relations have no order
				return strings.Join(lines, "\n")
			}
			if diff := cmp.Diff(strip(first.String()), strip(second.String())); diff != "" {
				t.Errorf("%s came back changed (-was +is):\n%s", name, diff)
			}
			v := h.take(t, first.String())
			if v.Report.New != 0 || v.Report.Changed != 0 {
				t.Errorf("%s: its own export is news: %+v\n%s", name, v.Report, first.String())
			}
		}
		_ = d
	})
}

func BenchmarkImport(b *testing.B) {
	text := many(5000)
	for range b.N {
		b.StopTimer()
		h := build(b, dbtest.Open(b, dbtest.SQLite(b)))
		b.StartTimer()
		v := h.take(b, text)
		if v.Report.New != 5000 {
			b.Fatal(v.Report)
		}
	}
}
