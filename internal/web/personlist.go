package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"kith/internal/capture"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/i18n"
	"kith/internal/moment"
	"kith/internal/person"
)

func (h *Handler) peopleList(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.peoplePage(w, r, v, form{Values: url.Values{"id": {newID()}}}, http.StatusOK)
}

// peoplePage renders the list, with somebody who could not be added if one was sent.
func (h *Handler) peoplePage(w http.ResponseWriter, r *http.Request, v *visit, fresh form, status int) error {
	ctx, by, q := r.Context(), v.User.ID, r.URL.Query()
	f := person.Filter{
		Query: strings.TrimSpace(q.Get("q")), Ring: q.Get("ring"), Group: q.Get("group"), Standing: q.Get("standing"), Sort: q.Get("sort"),
	}
	if f.Sort != person.ByName && f.Sort != person.ByRing {
		f.Sort = person.ByLast
	}
	if q.Get("archived") == "1" {
		f.Archived = person.ArchivedOnly
	}
	view := peopleView{Filter: form{Values: q}, New: fresh, Sort: f.Sort, Narrowed: f.Ring+f.Group+f.Standing+f.Archived != ""}
	list, err := h.People.List(ctx, by, f, moment.MaxLimit, q.Get("cursor"))
	if err != nil {
		if !view.Filter.refuse(v.P, err, "ring", "group", "standing") {
			return err
		}
		view.Narrowed, status = true, http.StatusUnprocessableEntity
	}
	if view.Rows, err = h.foundRows(r, v, list); err != nil {
		return err
	}
	view.All = len(view.Rows) == 0 && f.Query == "" && !view.Narrowed
	if view.All { // nobody here, or everybody put away
		away, err := h.People.List(ctx, by, person.Filter{Archived: person.ArchivedOnly}, 1, "")
		if err != nil {
			return err
		}
		view.All = len(away.Items) == 0
	}
	if q.Get("cursor") != "" {
		view.Begin = view.sorted(f.Sort)
	}
	if list.Next != "" {
		view.Next = view.sorted(f.Sort) + "&cursor=" + url.QueryEscape(list.Next)
	}
	if err := h.peopleChoices(r, v, &view); err != nil {
		return err
	}
	if !view.Narrowed && f.Query == "" && q.Get("cursor") == "" {
		if view.Twins, err = h.twinsOf(r, v); err != nil {
			return err
		}
	}
	pg := v.page(v.P.T("web.nav.people"), "people")
	pg.Area = "people"
	if q.Has("gone") {
		pg.Notice = &notice{Text: v.P.T("web.people.gone")}
	}
	return render(w, r, status, peoplePage(pg, view))
}

// peopleChoices fills in what the list can be narrowed by.
func (h *Handler) peopleChoices(r *http.Request, v *visit, view *peopleView) error {
	groups, err := h.People.Groups(r.Context(), v.User.ID)
	if err != nil {
		return err
	}
	view.Groups = []option{{"", v.P.T("web.group.any")}}
	for _, g := range groups {
		view.Groups = append(view.Groups, option{g.ID, g.Name})
	}
	view.Rings = []option{{"", v.P.T("web.ring.any")}}
	for _, ring := range person.Rings() {
		view.Rings = append(view.Rings, option{ring.Name, v.P.Ring(ring.Name)})
	}
	view.Rings = append(view.Rings, option{"none", v.P.T("web.ring.none")})
	view.Standing = []option{{"", v.P.T("web.standing.any")}}
	for _, s := range person.Standings() {
		view.Standing = append(view.Standing, option{s, v.P.T("web.standing." + s)})
	}
	return nil
}

// personRows are people as a list shows them.
func (h *Handler) personRows(r *http.Request, v *visit, people []person.Person) ([]personRow, error) {
	last, err := h.lastOf(r, v, people)
	if err != nil {
		return nil, err
	}
	rows := make([]personRow, 0, len(people))
	for _, p := range people {
		rows = append(rows, personRow{ID: p.ID, Name: p.Name, Also: p.Nickname, Last: last[p.ID], Face: faceOf(p)})
	}
	return rows, nil
}

// foundRows are the people of a page, each who is not called what was asked with what they were found by.
func (h *Handler) foundRows(r *http.Request, v *visit, list person.Page) ([]personRow, error) {
	rows, err := h.personRows(r, v, list.Items)
	for i, row := range rows {
		if why, ok := list.Why[row.ID]; ok {
			rows[i].Also = whyWords(v.P, why)
		}
	}
	return rows, err
}

// whyWords says what somebody was found by: "Ida’s parent", "Choir", the beginning of a note.
func whyWords(p *i18n.Printer, why person.Why) string {
	const most = 80
	switch why.By {
	case person.ByRelation:
		return p.T("web.relation.said", "name", why.With, "role", p.Role(why.Text))
	case person.ByPlace:
		return placeOf(why.Text)
	}
	if said := []rune(strings.Join(strings.Fields(why.Text), " ")); len(said) > most {
		return string(said[:most-1]) + "…"
	}
	return strings.Join(strings.Fields(why.Text), " ")
}

// lastOf says for each of these people when one was last in touch, and how: "Tuesday, a laugh"; "Early May, a check-in".
func (h *Handler) lastOf(r *http.Request, v *visit, people []person.Person) (map[string]string, error) {
	ids := make([]string, 0, len(people))
	for _, p := range people {
		if p.LastContactMoment != "" {
			ids = append(ids, p.LastContactMoment)
		}
	}
	briefs, err := h.Moments.Briefs(r.Context(), v.User.ID, ids)
	if err != nil {
		return nil, err
	}
	said := make(map[string]string, len(people))
	for _, p := range people {
		if p.LastContactAt == nil {
			continue
		}
		b, ok := briefs[p.LastContactMoment]
		if !ok { // gone: the day is known all the same
			said[p.ID] = upperFirst(lately(v.P, v.User.Day(*p.LastContactAt), v.today()))
			continue
		}
		said[p.ID] = v.P.T("web.last", "day", upperFirst(briefDay(v, b)), "kind", v.P.T("web.akind."+b.Kind))
	}
	return said, nil
}

// briefDay names when a moment was, as far as that is known.
func briefDay(v *visit, b moment.Brief) string {
	switch b.Precision {
	case capture.Month:
		return v.P.Day(b.Day, "month")
	case capture.Year:
		return b.Day[:min(len(b.Day), 4)]
	}
	return lately(v.P, b.Day, v.today())
}

// knownName is somebody as the page finds them while their name is typed.
type knownName struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Also  string `json:"also,omitempty"`
	Find  string `json:"find"`
	Last  string `json:"last,omitempty"`
	Sign  string `json:"sign"`
	Hue   string `json:"hue"`
	Photo string `json:"photo,omitempty"`
}

func nameOf(p personRow) knownName {
	return knownName{
		ID: p.ID, Name: p.Name, Also: p.Also, Find: fold.Findable(p.Name + " " + p.Also), Last: p.Last,
		Sign: p.Face.Initials, Hue: p.Face.Hue, Photo: p.Face.Photo,
	}
}

// peopleKnown answers who is found by what is known about them, while that is typed. Names are found in the browser, which
// has them all; notes and addresses stay here, and are asked.
func (h *Handler) peopleKnown(w http.ResponseWriter, r *http.Request, v *visit) error {
	const most = 60 // people.ts shows no more at once
	list, err := h.People.List(r.Context(), v.User.ID, person.Filter{Query: r.URL.Query().Get("q"), Known: true, Sort: person.ByLast}, most, "")
	if err != nil {
		return err
	}
	rows, err := h.foundRows(r, v, list)
	if err != nil {
		return err
	}
	known := make([]knownName, 0, len(rows))
	for _, p := range rows {
		known = append(known, nameOf(p))
	}
	body, err := json.Marshal(known)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(body)
	return err
}

// peopleNames answers everybody at once. A browser keeps the answer and asks whether it is still true.
func (h *Handler) peopleNames(w http.ResponseWriter, r *http.Request, v *visit) error {
	names := []knownName{}
	for cursor := ""; ; {
		page, err := h.People.List(r.Context(), v.User.ID, person.Filter{Sort: person.ByName}, moment.MaxLimit, cursor)
		if err != nil {
			return err
		}
		rows, err := h.personRows(r, v, page.Items)
		if err != nil {
			return err
		}
		for _, p := range rows {
			names = append(names, nameOf(p))
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	body, err := json.Marshal(names)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	w.Header().Set("Content-Type", "application/json")
	private(w, base64.RawURLEncoding.EncodeToString(sum[:12]))
	http.ServeContent(w, r, "", noTime, bytes.NewReader(body))
	return nil
}

// private lets a browser keep an answer, if it asks each time whether it still holds.
func private(w http.ResponseWriter, tag string) {
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", `"`+tag+`"`)
	w.Header().Set("Vary", "Cookie")
}

func (h *Handler) personNew(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	d := person.Draft{ID: f.Get("id"), Name: f.Get("name")}
	p, _, err := h.People.Create(r.Context(), v.User.ID, d)
	if ft := fault.As(err); ft != nil && (ft.Kind == fault.KindConflict || ft.Kind == fault.KindGone || ft.Field == "id") {
		d.ID = newID() // a page that was gone back to
		p, _, err = h.People.Create(r.Context(), v.User.ID, d)
	}
	if err == nil {
		return goTo(w, r, "/people/"+p.ID)
	}
	if !f.refuse(v.P, err, "name") {
		return err
	}
	return h.peoplePage(w, r, v, f, http.StatusUnprocessableEntity)
}
