package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kith/internal/account"
	"kith/internal/fault"
	"kith/internal/fold"
	"kith/internal/i18n"
	"kith/internal/person"
)

// personOf is the address of a person's page, at a place on it.
func personOf(r *http.Request, place string) string {
	to := "/people/" + url.PathEscape(r.PathValue("id"))
	if place != "" {
		to += "#" + url.PathEscape(place)
	}
	return to
}

// key names the form of a part: that of the one in the address, or that of a new one.
func key(r *http.Request, noun string) string {
	if id := r.PathValue("part"); id != "" {
		return noun + "-" + id
	}
	return noun + "-new"
}

// kept answers a form about a person: with the page at the place that changed, or with the form again, every typed word
// in it. What was changed elsewhere meanwhile is explained, and the next save takes the newer revision for read.
func (h *Handler) kept(w http.ResponseWriter, r *http.Request, v *visit, key, place string, f form, err error, fields ...string) error {
	if err == nil && len(f.Wrong) == 0 {
		return goTo(w, r, personOf(r, place))
	}
	again := refused{Key: key, Form: f}
	if err != nil {
		if fault.Is(err, fault.KindStale) {
			again.Stale = true
			again.Form.Whole = v.P.T("web.person.changed")
		} else if !again.Form.refuse(v.P, err, fields...) {
			return err
		}
	}
	return h.personPage(w, r, v, again, nil, http.StatusUnprocessableEntity)
}

// revision is the revision a form was filled from; 0 when it says none.
func revision(f form) int64 {
	n, _ := strconv.ParseInt(f.Get("revision"), 10, 64)
	return n
}

// text returns what is in a field, to be changed to.
func text(f form, name string) *string {
	s := f.Get(name)
	return &s
}

func (h *Handler) channelSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id, part := r.PathValue("id"), r.PathValue("part")
	if part == "" {
		_, _, err = h.People.AddChannel(r.Context(), v.User.ID, id, person.Channel{Kind: f.Get("kind"), Value: f.Get("value"), Label: f.Get("label")})
	} else {
		c := person.ChannelChange{Kind: text(f, "kind"), Value: text(f, "value"), Label: text(f, "label")}
		_, err = h.People.ChangeChannel(r.Context(), v.User.ID, id, part, c, revision(f))
	}
	return h.kept(w, r, v, key(r, "channel"), "channels", f, err, "kind", "value", "label")
}

const asked = "asked" // a field of a form whose button to remove was pressed once

// removed removes what is asked for twice: what goes for good is shown once more first, with every typed word.
func (h *Handler) removed(w http.ResponseWriter, r *http.Request, v *visit, noun, place string,
	remove func(ctx context.Context, by account.ID, person, id string, revision int64) error,
) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	if f.Get("sure") == "" {
		f.Values.Set(asked, "1")
		return h.personPage(w, r, v, refused{Key: key(r, noun), Form: f}, nil, http.StatusOK)
	}
	if err := remove(r.Context(), v.User.ID, r.PathValue("id"), r.PathValue("part"), 0); err != nil {
		return err
	}
	return goTo(w, r, personOf(r, place))
}

func (h *Handler) channelDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.removed(w, r, v, "channel", "channels", h.People.RemoveChannel)
}

// number reads a whole number; what is none, is beside the field.
func number(p *i18n.Printer, f *form, name, message string) int {
	n, err := strconv.Atoi(strings.TrimSpace(f.Get(name)))
	if err != nil {
		f.wrong(name, p.T(message))
	}
	return n
}

func (h *Handler) dateSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id, part := r.PathValue("id"), r.PathValue("part")
	day, month := number(v.P, &f, "day", "web.wrong.day"), number(v.P, &f, "month", "web.wrong.day")
	var year *int
	if strings.TrimSpace(f.Get("year")) != "" {
		n := number(v.P, &f, "year", "web.wrong.number")
		year = &n
	}
	switch {
	case len(f.Wrong) > 0:
	case part == "":
		_, _, err = h.People.AddDate(r.Context(), v.User.ID, id, person.Date{Kind: f.Get("kind"), Label: f.Get("label"), Year: year, Month: month, Day: day})
	default:
		c := person.DateChange{Kind: text(f, "kind"), Label: text(f, "label"), Year: year, ClearYear: year == nil, Month: &month, Day: &day}
		_, err = h.People.ChangeDate(r.Context(), v.User.ID, id, part, c, revision(f))
	}
	return h.kept(w, r, v, key(r, "date"), "dates", f, err, "kind", "label", "year", "month", "day")
}

func (h *Handler) dateDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.removed(w, r, v, "date", "dates", h.People.RemoveDate)
}

func (h *Handler) factSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id, part, private := r.PathValue("id"), r.PathValue("part"), f.Get("private") == "1"
	if part == "" {
		_, _, err = h.People.AddFact(r.Context(), v.User.ID, id, person.Fact{Text: f.Get("text"), Private: private})
	} else {
		_, err = h.People.ChangeFact(r.Context(), v.User.ID, id, part, person.FactChange{Text: text(f, "text"), Private: &private}, revision(f))
	}
	return h.kept(w, r, v, key(r, "fact"), "before", f, err, "text")
}

func (h *Handler) factDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.removed(w, r, v, "fact", "before", h.People.RemoveFact)
}

func (h *Handler) followUpSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	id, part := r.PathValue("id"), r.PathValue("part")
	if part == "" {
		_, _, err = h.People.AddFollowUp(r.Context(), v.User.ID, id, person.FollowUp{Text: f.Get("text"), Due: f.Get("due")})
	} else {
		_, err = h.People.ChangeFollowUp(r.Context(), v.User.ID, id, part, person.FollowUpChange{Text: text(f, "text"), Due: text(f, "due")}, revision(f))
	}
	return h.kept(w, r, v, key(r, "follow-up"), "before", f, err, "text", "due")
}

// followUpClose takes "done" and "dropped".
func (h *Handler) followUpClose(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	state := person.Done
	if f.Get("state") == person.Dropped {
		state = person.Dropped
	}
	part := r.PathValue("part")
	if _, err := h.People.ChangeFollowUp(r.Context(), v.User.ID, r.PathValue("id"), part, person.FollowUpChange{State: &state}, 0); err != nil {
		return err
	}
	return goTo(w, r, personOf(r, "")+"?closed="+url.QueryEscape(part))
}

func (h *Handler) followUpOpen(w http.ResponseWriter, r *http.Request, v *visit) error {
	state := person.Open
	if _, err := h.People.ChangeFollowUp(r.Context(), v.User.ID, r.PathValue("id"), r.PathValue("part"), person.FollowUpChange{State: &state}, 0); err != nil {
		return err
	}
	return goTo(w, r, personOf(r, "before"))
}

const newcomer = "+" // chosen instead of somebody known

// relationSave keeps "Ida is Sam's daughter" from Sam's page: a name and a word. A name that could mean several people
// is asked for, a new one makes a new person.
func (h *Handler) relationSave(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	ctx, by, id := r.Context(), v.User.ID, r.PathValue("id")
	if _, err := h.People.Get(ctx, by, id); err != nil {
		return err
	}
	other, picks := f.Get("other"), []option(nil)
	if other == "" {
		if other, picks, err = h.meant(r, v, f.Get("name"), id); err != nil {
			return err
		}
	}
	role := roleMeant(v.P, f.Get("role"))
	switch {
	case len(picks) > 0:
		return h.personPage(w, r, v, refused{Key: "relation-new", Form: f}, append(picks, option{newcomer, v.P.T("web.relation.new")}), http.StatusUnprocessableEntity)
	case strings.TrimSpace(role) == "" || other == id: // before somebody new is made
		_, _, err = h.People.AddRelation(ctx, by, id, person.Relation{Other: id, Role: role})
	case other == "" || other == newcomer:
		var made person.Person
		if made, _, err = h.People.Create(ctx, by, person.Draft{Name: f.Get("name")}); err == nil {
			_, _, err = h.People.AddRelation(ctx, by, made.ID, person.Relation{Other: id, Role: role})
		}
	default:
		_, _, err = h.People.AddRelation(ctx, by, other, person.Relation{Other: id, Role: role})
	}
	if ft := fault.As(err); ft != nil && ft.Field == "other" {
		ft.Field = "name"
	}
	return h.kept(w, r, v, "relation-new", "before", f, err, "name", "role")
}

func (h *Handler) relationDelete(w http.ResponseWriter, r *http.Request, v *visit) error {
	return h.removed(w, r, v, "relation", "before", h.People.RemoveRelation)
}

// meant finds whom a typed name means, but for one: an id, or whom to choose from, or neither when nobody is called so.
func (h *Handler) meant(r *http.Request, v *visit, name, but string) (id string, picks []option, err error) {
	const enough = 50
	if strings.TrimSpace(name) == "" {
		return "", nil, nil
	}
	list, err := h.People.List(r.Context(), v.User.ID, person.Filter{Query: name, Named: true, Archived: person.ArchivedWith}, enough, "")
	if err != nil {
		return "", nil, err
	}
	folded := fold.Fold(strings.Join(strings.Fields(name), " "))
	list.Items = slices.DeleteFunc(list.Items, func(p person.Person) bool { return p.ID == but })
	same := slices.DeleteFunc(slices.Clone(list.Items), func(p person.Person) bool {
		return fold.Fold(p.Name) != folded && fold.Fold(p.Nickname) != folded
	})
	if len(same) == 1 {
		return same[0].ID, nil, nil
	}
	if len(same) > 1 {
		list.Items = same
	}
	last, err := h.lastOf(r, v, list.Items)
	if err != nil {
		return "", nil, err
	}
	for _, p := range list.Items {
		label := p.Name
		if p.Nickname != "" {
			label += " (" + p.Nickname + ")"
		}
		if said := last[p.ID]; said != "" {
			label += " · " + said
		}
		picks = append(picks, option{p.ID, label})
	}
	return "", picks, nil
}

// roleMeant is a word for a relation as it is kept: the reader's own word for one that is known becomes that.
func roleMeant(p *i18n.Printer, word string) string {
	folded := fold.Fold(strings.TrimSpace(word))
	for _, role := range person.Roles() {
		said := p.Role(role)
		if fold.Fold(said) == folded || slices.Contains(strings.Split(fold.Fold(said), " oder "), folded) && !strings.Contains(role, " or ") {
			return role
		}
	}
	return word
}
