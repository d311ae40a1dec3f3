package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/moment"
	"kith/internal/person"
	"kith/internal/zone"
)

func (h *Handler) personShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.personPage(w, r, v, refused{}, nil, http.StatusOK)
}

// personPage renders a person, with a form that could not be kept if one was sent, and whom a name in it may mean.
func (h *Handler) personPage(w http.ResponseWriter, r *http.Request, v *visit, again refused, picks []option, status int) error {
	ctx, by, id := r.Context(), v.User.ID, r.PathValue("id")
	d, err := h.People.Detail(ctx, by, id)
	if err != nil {
		if to := mergedInto(err); to != "" {
			return goTo(w, r, "/people/"+url.PathEscape(to))
		}
		return err
	}
	view := personView{
		ID: d.ID, Name: d.Name, Call: called(d.Person), Face: faceOf(d.Person), Archived: d.ArchivedAt != nil, Refused: again, Picks: picks,
		Soon: later(v.today(), 7), Line: line{},
	}
	h.fillPerson(v, d, &view)
	if again.Stale {
		view.Refused.Form.Values.Set("revision", view.revisionOf(again.Key))
	}
	all, err := h.People.Groups(ctx, by)
	if err != nil {
		return err
	}
	for _, g := range all {
		view.About.GroupNames = append(view.About.GroupNames, g.Name)
	}
	if view.Joined, err = h.joinedWith(r, v, d.ID); err != nil {
		return err
	}
	if view.Last, err = h.lastWith(r, v, d.Person); err != nil {
		return err
	}
	local := v.Now.In(v.User.Location())
	year, err := h.Moments.List(ctx, by, moment.Filter{Person: id, From: local.AddDate(-1, 0, 0).Format(time.DateOnly)}, moment.MaxLimit, "")
	if err != nil {
		return err
	}
	view.Line = yearLine(v.P, year.Items, local)
	if err := h.history(r, v, &view); err != nil {
		return err
	}
	view.Capture = captureView{ID: newID(), Back: view.at("")}
	if view.Capture.Text, err = h.mention(r, v, d.Person); err != nil {
		return err
	}
	view.Capture.Text += " "
	pg := v.page(d.Name, "people")
	pg.Area = "people"
	if pg.Notice, err = h.personNotice(r, v, d); err != nil {
		return err
	}
	return render(w, r, status, personPage(pg, view))
}

// mergedInto is whom a person became who is gone by a merge; empty for any other error.
func mergedInto(err error) string {
	if f := fault.As(err); f != nil && f.Kind == fault.KindGone {
		to, _ := f.Params["merged_into"].(string)
		return to
	}
	return ""
}

// called is what somebody is called in a sentence.
func called(p person.Person) string {
	if p.Nickname != "" {
		return p.Nickname
	}
	return p.Name
}

// mention is how a line names somebody: by a short name that means nobody else, or by the whole of it.
func (h *Handler) mention(r *http.Request, v *visit, p person.Person) (string, error) {
	first, _, _ := strings.Cut(p.Name, " ")
	for _, short := range []string{p.Nickname, first} {
		if short == "" || strings.ContainsFunc(short, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			continue
		}
		found, err := h.People.List(r.Context(), v.User.ID, person.Filter{Query: short, Named: true, Archived: person.ArchivedWith}, 2, "")
		if err != nil {
			return "", err
		}
		if len(found.Items) == 1 && found.Items[0].ID == p.ID {
			return "@" + short, nil
		}
	}
	return `@"` + strings.ReplaceAll(p.Name, `"`, "") + `"`, nil
}

// later is the day so many days after another.
func later(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// history fills in the moments together, by year and month.
func (h *Handler) history(r *http.Request, v *visit, view *personView) error {
	cursor := r.URL.Query().Get("cursor")
	if r.Method != http.MethodGet {
		cursor = ""
	}
	list, err := h.Moments.List(r.Context(), v.User.ID, moment.Filter{Person: view.ID}, moment.DefaultLimit, cursor)
	if err != nil {
		return err
	}
	list.Items = slices.Clone(list.Items)
	n := 0
	for _, g := range groups(v.P, list.Items, view.ID, func(m moment.Moment) string { return m.Day[:7] }) {
		year, month := g.Title[:4], strings.TrimLeft(g.Title[5:], "0")
		for j := range g.Rows { // within a month the day says when
			if m := list.Items[n]; m.Precision == capture.Minute || m.Precision == capture.Day {
				g.Rows[j].When = v.P.RelativeDay(m.Day, v.today())
			}
			n++
		}
		g.Title = v.P.T("date.month." + month)
		if len(view.Years) == 0 || view.Years[len(view.Years)-1].Title != year {
			view.Years = append(view.Years, yearGroup{Title: year})
		}
		y := &view.Years[len(view.Years)-1]
		y.Months = append(y.Months, g)
	}
	if list.Next != "" {
		view.Next = view.at("?cursor=" + url.QueryEscape(list.Next))
	}
	if cursor != "" {
		view.Begin = view.at("")
	}
	return nil
}

// lastWith says in a few words when the two were last in touch, and how.
func (h *Handler) lastWith(r *http.Request, v *visit, p person.Person) (string, error) {
	if p.LastContactAt == nil {
		return v.P.T("web.person.last.none"), nil
	}
	briefs, err := h.Moments.Briefs(r.Context(), v.User.ID, []string{p.LastContactMoment})
	if err != nil {
		return "", err
	}
	b, ok := briefs[p.LastContactMoment]
	if !ok {
		return v.P.T("web.person.last.day", "day", inSentence(v.P, lately(v.P, v.User.Day(*p.LastContactAt), v.today()))), nil
	}
	return v.P.T("web.person.last", "day", inSentence(v.P, briefDay(v, b)), "kind", v.P.T("web.akind."+b.Kind)), nil
}

// personNotice is the quiet line after something was done on this page.
func (h *Handler) personNotice(r *http.Request, v *visit, d person.Detail) (*notice, error) {
	q := r.URL.Query()
	at := func(path string) string { return "/people/" + url.PathEscape(d.ID) + path }
	for _, f := range d.FollowUps {
		if f.ID == q.Get("closed") && f.State != person.Open {
			said := v.P.T("web.follow_up.said.done", "what", f.Text)
			if f.State == person.Dropped {
				said = v.P.T("web.follow_up.said.dropped", "what", f.Text)
			}
			return &notice{Text: said, Act: at("/follow-ups/" + url.PathEscape(f.ID) + "/open"), Label: v.P.T("web.undo")}, nil
		}
	}
	switch {
	case q.Has("parted"):
		return &notice{Text: v.P.T("web.merge.undone")}, nil
	case q.Get("kept") == "" && d.ArchivedAt != nil:
		return &notice{Text: v.P.T("web.person.archived"), Act: at("/unarchive"), Label: v.P.T("web.person.unarchive")}, nil
	}
	if n, err := h.mergeNotice(r, v, d); n != nil || err != nil {
		return n, err
	}
	return h.noticeOf(r, v)
}

// fillPerson puts what is kept about somebody into words.
func (h *Handler) fillPerson(v *visit, d person.Detail, view *personView) {
	p := v.P
	if d.Nickname != "" {
		view.Aside = append(view.Aside, p.T("web.person.nickname.said", "name", d.Nickname))
	}
	if d.Context != "" {
		view.Aside = append(view.Aside, p.Context(d.Context))
	}
	names := make([]string, 0, len(d.Groups))
	for _, g := range d.Groups {
		names = append(names, g.Name)
	}
	view.Aside = append(view.Aside, names...)
	if d.Standing != person.Active {
		view.Standing = p.T("web.standing.said."+d.Standing, "name", view.Call)
	}
	view.There = there(v, d.Person, view.Call)
	if d.Standing != person.Deceased {
		view.Reach = reaches(p, d.Channels)
	}
	view.About = about(v, d, names)
	fillBefore(v, d, view)
	for _, c := range d.Channels {
		row := channelRow{ID: c.ID, Kind: c.Kind, Label: c.Label, Value: c.Value, Revision: strconv.FormatInt(c.Revision, 10), KindSaid: p.ChannelKind(c.Kind)}
		if c.Label != "" {
			row.KindSaid += ", " + c.Label
		}
		view.Channels = append(view.Channels, row)
	}
	for _, t := range d.Dates {
		row := dateRow{
			ID: t.ID, Kind: t.Kind, Label: t.Label, Said: dateName(p, t), Revision: strconv.FormatInt(t.Revision, 10),
			Day: itoa(t.Day), Month: itoa(t.Month), When: p.Day(t.On(leapYear), "date"),
		}
		if t.Year != nil {
			row.Year = itoa(*t.Year)
			row.When = p.Day(t.On(*t.Year), "full")
		}
		view.Dates = append(view.Dates, row)
	}
}

const leapYear = 2000 // has every day of a calendar

// fillBefore is what to know before you meet: what you meant to ask, days that are near, who belongs to them, facts.
func fillBefore(v *visit, d person.Detail, view *personView) {
	p, today := v.P, v.today()
	for _, f := range d.FollowUps {
		if f.State != person.Open {
			continue
		}
		row := followRow{ID: f.ID, Text: f.Text, Day: f.Due, When: upperFirst(ahead(p, f.Due, today)), Revision: strconv.FormatInt(f.Revision, 10), Due: f.Due <= today}
		if f.Due < today {
			row.When = p.T("web.follow_up.since", "day", inSentence(p, lately(p, f.Due, today)))
		}
		view.FollowUps = append(view.FollowUps, row)
	}
	const near = 30
	for _, t := range d.Dates {
		on, turns := t.Next(today)
		if on > later(today, max(near, t.Lead())) {
			continue
		}
		day := inSentence(p, ahead(p, on, today))
		switch {
		case turns < 1 || t.Kind == person.Birthday && d.Standing == person.Deceased:
			view.Ahead = append(view.Ahead, p.T("web.date.ahead", "what", dateName(p, t), "day", day))
		case t.Kind == person.Birthday:
			view.Ahead = append(view.Ahead, p.T("web.date.ahead.turns", "what", dateName(p, t), "day", day, "age", turns))
		default:
			view.Ahead = append(view.Ahead, p.N("web.date.ahead.years", turns, "what", dateName(p, t), "day", day))
		}
	}
	for _, k := range d.Relations {
		row := kinRow{ID: k.ID, Other: k.With, Name: k.WithName}
		if k.Is != "" {
			row.Text = p.T("web.relation.is", "who", k.WithName, "name", view.Call, "role", p.Role(k.Is))
		} else {
			row.Text = p.T("web.relation.is", "who", view.Call, "name", k.WithName, "role", p.Role(k.Me))
		}
		view.Kin = append(view.Kin, row)
	}
	for _, f := range d.Facts {
		if f.Private && !v.reads() {
			view.FactsLocked = true
			continue
		}
		view.Facts = append(view.Facts, factRow{ID: f.ID, Text: f.Text, Private: f.Private, Revision: strconv.FormatInt(f.Revision, 10)})
	}
}

// about is what is kept in single fields.
func about(v *visit, d person.Detail, groups []string) personAbout {
	p := v.P
	a := personAbout{
		Revision: strconv.FormatInt(d.Revision, 10), Nickname: d.Nickname, Context: d.Context, Ring: d.Ring, Groups: strings.Join(groups, ", "),
		GroupsSaid: p.List(groups), Standing: d.Standing, StandingSaid: p.T("web.standing." + d.Standing),
		Zone: d.Zone, From: clockOf(d.HoursFrom), To: clockOf(d.HoursTo), HasPhoto: d.Photo != "",
	}
	if a.NoteLocked = v.Locked; d.StandingNote != "" && v.reads() {
		a.StandingNote = d.StandingNote
	}
	if d.Cadence != nil {
		a.Cadence = itoa(*d.Cadence)
	}
	var near, times []string
	if d.Ring != "" {
		near = append(near, p.Ring(d.Ring))
	}
	if every := d.Every(); every > 0 {
		near = append(near, everyWords(p, every))
	}
	a.Close = p.List(near)
	if d.Zone != "" {
		times = append(times, placeOf(d.Zone))
	}
	if a.From != "" {
		times = append(times, p.T("web.person.hours.said", "from", p.Time(atMinute(*d.HoursFrom)), "to", p.Time(atMinute(*d.HoursTo))))
	}
	a.TimesSaid = p.List(times)
	return a
}

// placeOf is the name of a place as people know it, from the name of its zone.
func placeOf(zoneName string) string {
	return strings.ReplaceAll(zoneName[strings.LastIndexByte(zoneName, '/')+1:], "_", " ")
}

// clockOf writes minutes after midnight as a time field wants them.
func clockOf(minutes *int) string {
	if minutes == nil {
		return ""
	}
	return atMinute(*minutes).Format("15:04")
}

func atMinute(n int) time.Time { return time.Date(2000, 1, 1, 0, n%(24*60), 0, 0, time.UTC) }

// there says what the clock shows where somebody is, when that is elsewhere or their decent hours are known.
func there(v *visit, p person.Person, name string) string {
	if p.Zone == "" || p.Standing == person.Deceased {
		return ""
	}
	loc, err := zone.Load(p.Zone)
	if err != nil {
		return ""
	}
	at := v.P.Time(v.Now.In(loc))
	switch awake, known := p.Awake(v.Now); {
	case known && awake:
		return v.P.T("web.person.there.awake", "time", at, "name", name)
	case known:
		return v.P.T("web.person.there.asleep", "time", at, "name", name)
	case v.P.Time(v.Now.In(v.User.Location())) != at:
		return v.P.T("web.person.there", "time", at, "name", name)
	}
	return ""
}
