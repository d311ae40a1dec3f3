package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/api"
	"kith/internal/client"
	"kith/internal/fault"
)

type personCmd struct {
	Name []string `arg:"" help:"The name, a nickname, or enough of it; to look at them also who they are: Ida's father."`

	New      bool   `help:"Add them first."`
	Rename   string `placeholder:"NAME" help:"Another name."`
	Nickname string `placeholder:"NAME" help:"What you call them; @nickname finds them too."`
	Context  string `enum:",personal,professional,none" placeholder:"CONTEXT" help:"personal, professional or none."`
	Ring     string `enum:",inner,close,friends,wider,none" placeholder:"RING" help:"inner, close, friends, wider or none."`
	Cadence  string `placeholder:"DAYS" help:"How often you would like to be in touch, in days; ring gives it back to the ring."`
	Standing string `enum:",active,paused,let_go,grieving,deceased" placeholder:"S" help:"active, paused, let_go, grieving or deceased. All but active stop suggestions."`
	Note     string `placeholder:"TEXT" help:"A private note to the standing."`
	Zone     string `placeholder:"ZONE" help:"The time zone they live in, such as Asia/Tokyo."`
	Hours    string `placeholder:"FROM-TO" help:"Decent hours where they are: 9:00-21:30."`
	Channel  string `placeholder:"VALUE" help:"Add a way to reach them. What it is is read from it, or said before a colon: signal:+49..."`
	Date     string `placeholder:"DATE" help:"Add a date: birthday 1988-02-29, anniversary 06-12, death 2020-01-31, met 2015-09-01, or own words and a day."`
	Fact     string `placeholder:"TEXT" help:"Add something worth remembering."`
	Private  string `placeholder:"TEXT" help:"The same, sealed: never searched or shared."`
	FollowUp string `name:"follow-up" placeholder:"TEXT" help:"Add something to ask or do, with --due."`
	Due      string `placeholder:"DAY" help:"The day of the follow-up, as 2026-11-24; tomorrow unless told."`
	Relation string `placeholder:"ROLE" help:"How they belong to the person in --of: daughter, partner, colleague."`
	Of       string `placeholder:"NAME" help:"Whose --relation they are."`
	Group    string `placeholder:"NAME" help:"Put them in this group; made when it is new."`
	Leave    string `placeholder:"NAME" help:"Take them out of this group."`
	Photo    string `placeholder:"FILE" help:"Give them a face: a JPEG, PNG, GIF or WebP."`
	Done     string `placeholder:"ID" help:"Say that a follow-up is done, by the end of its id."`
	Drop     string `placeholder:"ID" help:"Drop a follow-up."`
	Remove   string `placeholder:"ID" help:"Remove a channel, date, fact, follow-up or relation for good."`
	Archive  bool   `help:"No longer suggest or list them; they are found when named exactly."`
	Restore  bool   `help:"Take --archive back."`
	Merge    string `placeholder:"NAME" help:"Make this other person one with them; --undo takes it back."`
	Distinct string `name:"not-the-same" placeholder:"NAME" help:"Say that this other person is somebody else."`
	Undo     bool   `help:"Take the last merge into them back."`
	Delete   bool   `help:"Remove them and everything of theirs for good. Moments keep their words."`

	jsonFlag    `embed:""`
	personFlags `embed:""`
}

// Run changes what the flags say, and shows a person and what was lived with them.
func (c *personCmd) Run(ctx context.Context, a *app) error {
	return c.with(ctx, a, func(k *client.Client) error {
		name := strings.Join(c.Name, " ")
		var p api.Person
		var err error
		if c.New {
			p, err = k.AddPerson(ctx, api.PersonDraft{ID: freshID(), Name: strings.TrimPrefix(strings.TrimSpace(name), "@")})
		} else if c.looks() {
			p, err = findPerson(ctx, k, name)
		} else {
			p, err = namedPerson(ctx, k, name)
		}
		if err != nil {
			return err
		}
		if c.Delete {
			if err := k.DeletePerson(ctx, p.ID, p.Revision); err != nil {
				return err
			}
			a.screen.line(clean(p.Name), " is no longer kept.")
			return nil
		}
		for _, do := range []func(context.Context, *app, *client.Client, string) error{c.change, c.add, c.close, c.belong, c.one} {
			if err := do(ctx, a, k, p.ID); err != nil {
				return err
			}
		}
		d, err := k.Person(ctx, p.ID)
		if err != nil {
			return err
		}
		page, err := k.Moments(ctx, client.Filter{Person: p.ID}, 20, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(personShown{d, page.Items})
		}
		a.screen.person(d, a.now())
		a.screen.line()
		a.screen.moments(page.Items, a.now())
		return nil
	})
}

// looks reports whether nothing is to be written.
func (c *personCmd) looks() bool {
	return reflect.DeepEqual(*c, personCmd{Name: c.Name, jsonFlag: c.jsonFlag, personFlags: c.personFlags})
}

func freshID() string { return uuid.Must(uuid.NewV7()).String() }

// given is a change to what was said; "none" empties it.
func given(s string) *string {
	if s == "" {
		return nil
	}
	if s == "none" {
		s = ""
	}
	return &s
}

// change changes the person.
func (c *personCmd) change(ctx context.Context, _ *app, k *client.Client, id string) error {
	change := api.PersonChange{
		Name: given(c.Rename), Nickname: given(c.Nickname), Context: given(c.Context), Ring: given(c.Ring), Standing: given(c.Standing),
		StandingNote: given(c.Note), Zone: given(c.Zone),
	}
	switch c.Cadence {
	case "":
	case "ring":
		change.Cadence = api.SetNumber(nil)
	default:
		n, err := strconv.Atoi(c.Cadence)
		if err != nil {
			return usagef("--cadence is a number of days, or ring")
		}
		change.Cadence = api.SetNumber(&n)
	}
	if c.Hours != "" {
		from, to, err := hours(c.Hours)
		if err != nil {
			return err
		}
		change.HoursFrom, change.HoursTo = api.SetNumber(&from), api.SetNumber(&to)
	}
	if c.Archive || c.Restore {
		yes := c.Archive
		change.Archived = &yes
	}
	if change == (api.PersonChange{}) {
		return nil
	}
	_, err := k.ChangePerson(ctx, id, change, 0)
	return err
}

// hours reads 9:00-21:30.
func hours(s string) (from, to int, err error) {
	a, b, _ := strings.Cut(s, "-")
	minutes := func(s string) int {
		t, terr := time.Parse("15:04", strings.TrimSpace(s))
		if terr != nil {
			err = usagef("--hours are written as 9:00-21:30")
		}
		return t.Hour()*60 + t.Minute()
	}
	from, to = minutes(a), minutes(b)
	return from, to, err
}

// add adds what they have.
func (c *personCmd) add(ctx context.Context, a *app, k *client.Client, id string) error {
	if c.Channel != "" {
		d := api.ChannelDraft{ID: freshID(), Value: c.Channel}
		if kind, value, ok := strings.Cut(c.Channel, ":"); ok && !strings.HasPrefix(value, "//") {
			d.Kind, d.Value = strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(value)
		}
		if _, err := k.AddChannel(ctx, id, d); err != nil {
			return err
		}
	}
	if c.Date != "" {
		d, err := dateOf(c.Date)
		if err != nil {
			return err
		}
		if _, err := k.AddDate(ctx, id, d); err != nil {
			return err
		}
	}
	for text, private := range map[string]bool{c.Fact: false, c.Private: true} {
		if text == "" {
			continue
		}
		if _, err := k.AddFact(ctx, id, api.FactDraft{ID: freshID(), Text: text, Private: private}); err != nil {
			return err
		}
	}
	if c.FollowUp != "" {
		due := c.Due
		if due == "" {
			due = a.now().AddDate(0, 0, 1).Format(time.DateOnly)
		}
		if _, err := k.AddFollowUp(ctx, id, api.FollowUpDraft{ID: freshID(), Text: c.FollowUp, Due: due}); err != nil {
			return err
		}
	}
	if c.Photo == "" {
		return nil
	}
	f, err := os.Open(c.Photo)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	photo, err := io.ReadAll(io.LimitReader(f, 17<<20))
	if err != nil {
		return err
	}
	_, err = k.SetPhoto(ctx, id, photo)
	return err
}

// dateOf reads "birthday 1988-02-29", "anniversary 06-12" or "name day 12-06".
func dateOf(s string) (api.DateDraft, error) {
	words := strings.Fields(s)
	bad := usagef("--date is a word and a day: birthday 1988-02-29, or birthday 02-29 when the year is not known")
	if len(words) < 2 {
		return api.DateDraft{}, bad
	}
	d := api.DateDraft{ID: freshID(), Kind: strings.Join(words[:len(words)-1], " ")}
	switch d.Kind {
	case "birthday", "anniversary", "death", "met":
	default:
		d.Kind, d.Label = "other", d.Kind
	}
	parts := strings.Split(words[len(words)-1], "-")
	var n []int
	for _, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			return d, bad
		}
		n = append(n, v)
	}
	switch len(n) {
	case 2:
		d.Month, d.Day = n[0], n[1]
	case 3:
		d.Year, d.Month, d.Day = &n[0], n[1], n[2]
	default:
		return d, bad
	}
	return d, nil
}

// close closes follow-ups and removes what is no longer true.
func (c *personCmd) close(ctx context.Context, _ *app, k *client.Client, id string) error {
	if c.Done == "" && c.Drop == "" && c.Remove == "" {
		return nil
	}
	d, err := k.Person(ctx, id)
	if err != nil {
		return err
	}
	for end, state := range map[string]string{c.Done: "done", c.Drop: "dropped"} {
		if end == "" {
			continue
		}
		noun, part, err := partOf(d, end)
		if err != nil || noun != "follow-ups" {
			return cmpErr(err, fault.NotFound("follow-up"))
		}
		if _, err := k.ChangeFollowUp(ctx, id, part, api.FollowUpChange{State: &state}); err != nil {
			return err
		}
	}
	if c.Remove == "" {
		return nil
	}
	noun, part, err := partOf(d, c.Remove)
	if err != nil {
		return err
	}
	return k.RemovePart(ctx, id, noun, part)
}

func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// partOf is the one thing of a person whose id ends so.
func partOf(d api.PersonDetail, end string) (noun, id string, err error) {
	if end, err = idEnd(end); err != nil {
		return "", "", err
	}
	found := 0
	look := func(n string, row api.Row) {
		if strings.HasSuffix(row.ID, end) {
			noun, id = n, row.ID
			found++
		}
	}
	for _, v := range d.Channels {
		look("channels", v.Row)
	}
	for _, v := range d.Dates {
		look("dates", v.Row)
	}
	for _, v := range d.Facts {
		look("facts", v.Row)
	}
	for _, v := range d.FollowUps {
		look("follow-ups", v.Row)
	}
	for _, v := range d.Relations {
		look("relations", v.Row)
	}
	switch found {
	case 0:
		return "", "", fmt.Errorf("nothing of theirs has an id that ends with %s", clean(end))
	case 1:
		return noun, id, nil
	}
	return "", "", fmt.Errorf("several ids end with %s: give more of it", clean(end))
}

// belong puts them beside others: relations and groups.
func (c *personCmd) belong(ctx context.Context, _ *app, k *client.Client, id string) error {
	if (c.Relation == "") != (c.Of == "") {
		return usagef("--relation and --of go together: --relation daughter --of Sam")
	}
	if c.Relation != "" {
		other, err := namedPerson(ctx, k, c.Of)
		if err != nil {
			return err
		}
		if _, err := k.AddRelation(ctx, id, api.RelationDraft{ID: freshID(), Other: other.ID, Role: c.Relation}); err != nil {
			return err
		}
	}
	if c.Group != "" {
		g, err := findGroup(ctx, k, c.Group)
		if fault.Is(err, fault.KindNotFound) {
			g, err = k.AddGroup(ctx, api.GroupDraft{ID: freshID(), Name: c.Group})
		}
		if err != nil {
			return err
		}
		if err := k.JoinGroup(ctx, g.ID, id); err != nil {
			return err
		}
	}
	if c.Leave == "" {
		return nil
	}
	g, err := findGroup(ctx, k, c.Leave)
	if err != nil {
		return err
	}
	return k.LeaveGroup(ctx, g.ID, id)
}
