package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/zone"
)

// captureView is the box a line is written into, and the chips of what it would become.
type captureView struct {
	ID    string // of the moment to be, so that sending twice keeps it once
	Text  string
	Chips []chip
	Form  form
	Ask   bool   // something has to be chosen first
	Back  string // where to go once it is kept; empty is Today
	Focus bool   // the keyboard comes up
	At    string // when it was written, if that was before; the browser's clock
}

// chip is one thing the line says. A hand can correct it: a chip with options is chosen from, another is taken away.
type chip struct {
	Label   string // what it is about, for those who hear it
	Name    string // of the control
	Text    string // shown when it is not chosen from
	Value   string
	Type    string // of an input: date, datetime-local; or select, drop
	Kind    string // draws the mote of a kind before it
	Options []option
	Touched bool // a hand has corrected it
	Checked bool // taken away
	Ask     bool
}

const sep = "\t" // between a name as written and the id it means

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (h *Handler) captureShow(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := form{Values: r.URL.Query()}
	view := captureView{ID: newID(), Text: sharedLine(f)}
	if id := f.Get("o"); id != "" { // a suggestion: its words stay out of the address, which a browser remembers
		list, err := h.Opportunities.Today(r.Context(), v.User, v.today())
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.ID == id && o.Line != "" {
				view.Text, view.At = o.Line, o.At.Format(time.RFC3339)
				view.Form = form{Values: url.Values{"captured_at": {view.At}}}
			}
		}
	}
	return h.capturePage(w, r, v, view, http.StatusOK)
}

// capturePage is the box on a page of its own, with what its line would become.
func (h *Handler) capturePage(w http.ResponseWriter, r *http.Request, v *visit, view captureView, status int) error {
	if view.Text != "" && len(view.Form.Wrong) == 0 {
		at, _ := writtenAt(view.Form, v.Now)
		draft, err := h.Moments.Read(r.Context(), v.User.ID, view.Text, at, knownZone(view.Form.Get("zone")))
		if err != nil {
			if !view.Form.refuse(v.P, err, "text") {
				return err
			}
		} else if view.Chips, err = h.chips(r, v, draft, view.Form); err != nil {
			return err
		}
	}
	return render(w, r, status, capturePage(v.page(v.P.T("web.capture.title"), "today"), view))
}

func (h *Handler) captureSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if wantsJSON(r) {
		return h.captureTold(w, r, v, f)
	}
	view := captureView{ID: f.Get("id"), Text: strings.TrimSpace(f.Get("text")), Form: f, Back: f.Get("back"), At: f.Get("captured_at")}
	if _, err := uuid.Parse(view.ID); err != nil {
		view.ID = newID()
	}
	if f.Get("look") != "" {
		return h.capturePage(w, r, v, view, http.StatusOK)
	}
	d, ask, err := h.drafted(r, v, f)
	if err == nil && ask {
		view.Ask = true
		return h.capturePage(w, r, v, view, http.StatusOK)
	}
	var m moment.Moment
	if err == nil {
		m, err = h.keep(r, v, view.ID, d)
	}
	if err == nil {
		return goTo(w, r, personal(f.Get("back"))+"?kept="+m.ID)
	}
	if !view.Form.refuse(v.P, err, "text") {
		return err
	}
	if view.Form.Whole != "" {
		view.Form.wrong("text", view.Form.Whole)
	}
	return h.capturePage(w, r, v, view, http.StatusUnprocessableEntity)
}

// drafted reads the line of a form, with what a hand has corrected, and reports whether a name still has to be chosen.
func (h *Handler) drafted(r *http.Request, v *visit, f form) (moment.Draft, bool, error) {
	at, before := writtenAt(f, v.Now)
	read, err := h.Moments.Read(r.Context(), v.User.ID, strings.TrimSpace(f.Get("text")), at, knownZone(f.Get("zone")))
	if err != nil {
		return moment.Draft{}, false, err
	}
	d := correct(read, f, v.User.Location())
	if before {
		d.CapturedAt = &at
	}
	return d, undecided(read, f), nil
}

// personal is the page of a person that a line was written on, or Today.
func personal(back string) string {
	if strings.HasPrefix(back, "/people/") && strings.Count(back, "/") == 2 && local(back) == back && !strings.ContainsAny(back, "?#") {
		return back
	}
	return "/"
}

// keep logs the moment. The id of a page that was shown once may come with another line, through the browser's way
// back: then it is another moment. The same line again is the same moment, whatever was read from it meanwhile.
func (h *Handler) keep(r *http.Request, v *visit, id string, d moment.Draft) (moment.Moment, error) {
	d.ID = id
	m, _, err := h.Moments.Log(r.Context(), v.User.ID, d)
	if fault.Is(err, fault.KindConflict) {
		if old, gone := h.Moments.Get(r.Context(), v.User.ID, id); gone == nil && old.Text == strings.TrimSpace(d.Text) {
			return old, nil
		}
	}
	if fault.Is(err, fault.KindConflict) || fault.Is(err, fault.KindGone) {
		d.ID = newID()
		m, _, err = h.Moments.Log(r.Context(), v.User.ID, d)
	}
	return m, err
}

// knownZone is the zone a browser says it is in, if there is such a zone; else none.
func knownZone(name string) string {
	if name == "" {
		return ""
	}
	if _, err := zone.Load(name); err != nil {
		return ""
	}
	return name
}

// chosen is what was chosen for a name that could mean several people: an id, "" for nobody yet, or "+" for somebody new.
func chosen(f form, name string) (id string, ok bool) {
	for _, c := range f.Values["who"] {
		if n, id, found := strings.Cut(c, sep); found && n == name && id != "" {
			return id, true
		}
	}
	return "", false
}

// undecided reports whether a name of the line still could mean several people.
func undecided(d capture.Draft, f form) bool {
	return slices.ContainsFunc(d.People, func(p capture.Person) bool {
		_, ok := chosen(f, p.Name)
		return len(p.Maybe) > 0 && !ok && !f.Has("drop", "person:"+p.Name)
	})
}

// correct is the draft of the line with what a hand has corrected. What was not touched is left to the line.
func correct(d capture.Draft, f form, loc *time.Location) moment.Draft {
	out := moment.Draft{Text: f.Get("text"), Zone: knownZone(f.Get("zone"))}
	if out.Zone != "" {
		loc, _ = zone.Load(out.Zone)
	}
	field := func(name string) *string {
		if f.Values == nil || !f.Values.Has(name) {
			return nil
		}
		s := f.Get(name)
		return &s
	}
	out.Context, out.Contact, out.StartedBy = field("context"), field("contact"), field("started_by")
	if k := field("kind"); k != nil && *k != "" {
		out.Kind = k
	}
	if n, err := strconv.Atoi(f.Get("felt")); err == nil {
		out.Felt = &n
	}
	out.HappenedAt, out.Precision = when(f.Get("happened_at"), d, loc)
	if len(f.Values["who"])+len(f.Values["drop"]) == 0 {
		return out
	}
	dropped := func(what, value string) bool { return f.Has("drop", what+":"+value) }
	people := []moment.Ref{}
	for _, p := range d.People {
		ref := moment.Ref{ID: p.ID, Name: p.Name}
		if id, ok := chosen(f, p.Name); ok && len(p.Maybe) > 0 {
			ref.ID = strings.TrimPrefix(id, "+")
		}
		if !dropped("person", p.Name) {
			people = append(people, ref)
		}
	}
	someone := slices.DeleteFunc(slices.Clone(d.Someone), func(s string) bool { return dropped("someone", s) })
	tags := slices.DeleteFunc(slices.Clone(d.Tags), func(s string) bool { return dropped("tag", s) })
	out.People, out.Someone, out.Tags = &people, &someone, &tags
	return out
}

// when reads a corrected time; one that says what the line says already is no correction.
func when(s string, d capture.Draft, loc *time.Location) (*time.Time, *string) {
	if s == "" || s == timeValue(d) {
		return nil, nil
	}
	precision, layout := capture.Minute, "2006-01-02T15:04"
	if len(s) == len(time.DateOnly) {
		precision, layout, s = capture.Day, "2006-01-02T15:04", s+"T12:00"
	}
	t, err := time.ParseInLocation(layout, s, loc)
	if err != nil {
		return nil, nil
	}
	return &t, &precision
}

func timeValue(d capture.Draft) string {
	if d.Precision == capture.Minute {
		return d.HappenedAt.Format("2006-01-02T15:04")
	}
	return d.HappenedAt.Format(time.DateOnly)
}

// chips are what the line would become, with the corrections so far.
func (h *Handler) chips(r *http.Request, v *visit, d capture.Draft, f form) ([]chip, error) {
	p := v.P
	pick := func(label, name, read string, options []option) chip {
		c := chip{Label: p.T(label), Name: name, Type: "select", Value: read, Options: options}
		if f.Values != nil && f.Values.Has(name) {
			c.Value, c.Touched = f.Get(name), true
		}
		return c
	}
	drop := func(what, value, text string) chip {
		c := chip{Label: p.T("web.chip.drop", "what", text), Name: "drop", Type: "drop", Text: text, Value: what + ":" + value}
		c.Checked = f.Has("drop", c.Value)
		c.Touched = c.Checked
		return c
	}
	has := func(role string) bool {
		return slices.ContainsFunc(d.Spans, func(s capture.Span) bool { return s.Role == role })
	}

	kind := pick("web.moment.kind", "kind", d.Kind, kindOptions(p, ""))
	kind.Kind = kind.Value
	list := []chip{kind}
	for _, who := range d.People {
		if len(who.Maybe) == 0 {
			text := who.Name
			if who.New {
				text = p.T("web.chip.new", "name", who.Name)
			}
			list = append(list, drop("person", who.Name, text))
			continue
		}
		c, err := h.askChip(r, v, who, f)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	for _, s := range d.Someone {
		list = append(list, drop("someone", s, s))
	}
	if d.Context != "" || has(capture.RoleContext) {
		list = append(list, pick("web.moment.context", "context", d.Context, contextOptions(p)))
	}
	if has(capture.RoleTime) {
		c := chip{Label: p.T("web.moment.when"), Name: "happened_at", Type: "datetime-local", Value: timeValue(d)}
		if d.Precision != capture.Minute {
			c.Type = "date"
		}
		if at := f.Get("happened_at"); at != "" {
			c.Value, c.Touched = at, true
		}
		list = append(list, c)
	}
	if d.DurationMin != nil {
		list = append(list, chip{Label: p.T("web.moment.duration"), Text: p.Duration(time.Duration(*d.DurationMin) * time.Minute)})
	}
	if d.Felt != nil {
		list = append(list, pick("web.moment.felt", "felt", strconv.Itoa(*d.Felt), feltOptions(p, "")))
	}
	if has(capture.RoleContact) {
		list = append(list, pick("web.moment.contact", "contact", d.Contact, contactOptions(p)))
	}
	if has(capture.RoleStarted) {
		list = append(list, pick("web.moment.started_by", "started_by", d.StartedBy, startedOptions(p)))
	}
	for _, t := range d.Tags {
		list = append(list, drop("tag", t, "#"+t))
	}
	return list, nil
}

// askChip offers whom a name could mean.
func (h *Handler) askChip(r *http.Request, v *visit, who capture.Person, f form) (chip, error) {
	c := chip{
		Label: v.P.T("web.chip.which", "name", who.Name), Name: "who", Type: "select", Ask: true,
		Options: []option{{Value: who.Name + sep, Label: v.P.T("web.chip.which", "name", who.Name)}},
	}
	for _, id := range who.Maybe {
		known, err := h.People.Get(r.Context(), v.User.ID, id)
		if err != nil {
			return chip{}, err
		}
		c.Options = append(c.Options, option{who.Name + sep + id, known.Name})
	}
	if id, ok := chosen(f, who.Name); ok {
		c.Value, c.Touched, c.Ask = who.Name+sep+id, true, false
	}
	return c, nil
}

func kindOptions(p *i18n.Printer, none string) []option {
	var list []option
	if none != "" {
		list = append(list, option{"", none})
	}
	for _, k := range capture.Kinds {
		list = append(list, option{k, p.Kind(k)})
	}
	return list
}

func contextOptions(p *i18n.Printer) []option {
	return []option{{"", p.T("web.context.none")}, {capture.Personal, p.Context(capture.Personal)}, {capture.Professional, p.Context(capture.Professional)}}
}

func feltOptions(p *i18n.Printer, none string) []option {
	var list []option
	if none != "" {
		list = append(list, option{"", none})
	}
	for n := 2; n >= -2; n-- {
		list = append(list, option{strconv.Itoa(n), p.Felt(n)})
	}
	return list
}

func contactOptions(p *i18n.Printer) []option {
	return []option{{capture.ContactYes, p.T("web.contact.yes")}, {capture.ContactNo, p.T("web.contact.no")}, {capture.ContactAttempt, p.T("web.contact.attempt")}}
}

func startedOptions(p *i18n.Printer) []option {
	return []option{{"", p.T("web.started.none")}, {capture.ByMe, p.T("web.started.me")}, {capture.ByThem, p.T("web.started.them")}, {capture.ByBoth, p.T("web.started.both")}}
}
