package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"kith/internal/fault"
	"kith/internal/i18n"
)

// form is what a person sent and what of it cannot be kept: every typed word comes back, with the message beside its
// field. The zero value is an empty form.
type form struct { //nolint:recvcheck // pages read it by value, handlers fill it
	Values url.Values
	Wrong  map[string]string // by field
	Whole  string            // about the form as a whole
}

// Get returns what is in a field.
func (f form) Get(name string) string { return f.Values.Get(name) }

// Has reports whether a field holds this value.
func (f form) Has(name, value string) bool {
	return slices.Contains(f.Values[name], value)
}

// refuse puts a fault where it belongs and reports whether err was one that a form can show.
func (f *form) refuse(p *i18n.Printer, err error, fields ...string) bool {
	ft := fault.As(err)
	if ft == nil {
		return false
	}
	switch ft.Kind {
	case fault.KindInvalid, fault.KindConflict, fault.KindDenied, fault.KindUnknown, fault.KindBusy, fault.KindTooLarge, fault.KindStale, fault.KindFull:
	case fault.KindNotFound, fault.KindGone:
		return false
	}
	for _, name := range fields {
		if name == ft.Field {
			f.wrong(name, p.Fault(ft))
			return true
		}
	}
	f.Whole = p.Fault(ft)
	return true
}

func (f *form) wrong(name, message string) {
	if f.Wrong == nil {
		f.Wrong = map[string]string{}
	}
	f.Wrong[name] = message
}

func itoa(n int) string { return strconv.Itoa(n) }

// input is one field of a form.
type input struct {
	ID                string // Name when empty; a page with several forms needs it
	Name, Label, Hint string
	Type              string // text when empty
	Auto              string // autocomplete
	Max               int
	Required          bool
	Focus             bool
	Mode              string // inputmode
	Secret            bool   // never sent back
}

// option is one choice of a select.
type option struct{ Value, Label string }

// described joins a field to the words beside it, for those who hear the page.
func described(f form, in input) templ.Attributes {
	switch {
	case f.Wrong[in.Name] != "":
		return templ.Attributes{"aria-invalid": "true", "aria-describedby": in.id() + "-wrong"}
	case in.Hint != "":
		return templ.Attributes{"aria-describedby": in.id() + "-hint"}
	}
	return nil
}

func (in input) id() string {
	if in.ID != "" {
		return in.ID
	}
	return in.Name
}
