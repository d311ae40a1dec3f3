package dav

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Name spaces of what servers answer with.
const (
	nsDAV    = "DAV:"
	nsCalDAV = "urn:ietf:params:xml:ns:caldav"
	nsCard   = "urn:ietf:params:xml:ns:carddav"
	nsCS     = "http://calendarserver.org/ns/"
)

// Bounds of an answer.
const (
	maxAnswers = 200_000
	maxText    = 4 << 10 // bytes of a name or an address
	maxData    = 4 << 20 // bytes of an event or a card
	maxNested  = 60
	maxHomes   = 10 // that are looked at, whatever an account's servers name
)

// resource is one response of a multistatus (RFC 4918): what stands at an address, as far as it bears on calendars and
// address books.
type resource struct {
	href   string
	status int // of the whole; 0 where its properties have their own
	props
}

// props are the properties a server has.
type props struct {
	kind       string // CalDAV or CardDAV; empty: neither
	collection bool
	events     bool // it may hold events: nothing else is said, or VEVENT is
	limited    bool // it says what it may hold
	name       string
	etag       string
	ctag       string
	token      string // sync-token
	principal  string
	calendars  []string // homes
	books      []string // homes
	data       string   // an event or a card
	hasData    bool
	noData     int // the status under which a server says that it has no data to give; 0: it does not say so
}

// errNotMultistatus is what is something else, such as a web page.
var errNotMultistatus = errors.New("no multistatus")

// multistatus reads an answer as it arrives and calls f with every response; what it is given is used again. It returns the
// sync token of the whole.
func multistatus(r io.Reader, f func(*resource) error) (token string, err error) {
	m := &answer{d: xml.NewDecoder(r)}
	root, err := m.root()
	if err != nil {
		return "", err
	}
	if root.Name != (xml.Name{Space: nsDAV, Local: "multistatus"}) {
		return "", errNotMultistatus
	}
	n := 0
	err = m.children(func(e xml.StartElement) error {
		switch e.Name {
		case xml.Name{Space: nsDAV, Local: "response"}:
			if n++; n > maxAnswers {
				return &stop{code: "calendar_too_large"}
			}
			one, err := m.response()
			if err != nil {
				return err
			}
			return f(one)
		case xml.Name{Space: nsDAV, Local: "sync-token"}:
			token, err = m.text(maxText)
			return err
		}
		return m.skip()
	})
	return token, err
}

// answer walks along elements.
type answer struct {
	d    *xml.Decoder
	deep int
}

func (m *answer) root() (xml.StartElement, error) {
	for {
		t, err := m.d.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errNotMultistatus
			}
			return xml.StartElement{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, nil
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return xml.StartElement{}, errNotMultistatus
			}
		}
	}
}

// children calls f with every element within the one whose start was just read. f reads it to its end.
func (m *answer) children(f func(xml.StartElement) error) error {
	if m.deep++; m.deep > maxNested {
		return errNotMultistatus
	}
	for {
		t, err := m.d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			m.deep--
			return nil
		}
	}
}

// skip passes over the element whose start was just read.
func (m *answer) skip() error {
	for open := 1; open > 0; {
		t, err := m.d.Token()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			if open++; open > maxNested {
				return errNotMultistatus
			}
		case xml.EndElement:
			open--
		}
	}
	return nil
}

// text is the text of the element whose start was just read. Elements within it are passed over.
func (m *answer) text(most int) (string, error) {
	var b strings.Builder
	for {
		t, err := m.d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			if b.Len()+len(t) > most {
				return "", &stop{code: "calendar_too_large"}
			}
			b.Write(t)
		case xml.StartElement:
			if err := m.skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return b.String(), nil
		}
	}
}

func (m *answer) word() (string, error) {
	s, err := m.text(maxText)
	return strings.TrimSpace(s), err
}

func (m *answer) response() (*resource, error) {
	one := &resource{}
	err := m.children(func(e xml.StartElement) (err error) {
		if e.Name.Space != nsDAV {
			return m.skip()
		}
		switch e.Name.Local {
		case "href":
			one.href, err = m.word()
		case "status":
			one.status, err = m.status()
		case "propstat":
			return m.propstat(&one.props)
		default:
			return m.skip()
		}
		return err
	})
	return one, err
}

// status reads "HTTP/1.1 404 Not Found".
func (m *answer) status() (int, error) {
	s, err := m.word()
	if err != nil {
		return 0, err
	}
	parts := strings.Fields(s)
	if len(parts) < 2 {
		return 0, errNotMultistatus
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n < 100 || n > 599 {
		return 0, fmt.Errorf("%w: a status that is none", errNotMultistatus)
	}
	return n, nil
}

// propstat reads some properties, which count only if the server has them: the status may stand behind them.
func (m *answer) propstat(to *props) error {
	found, status := *to, 200
	err := m.children(func(e xml.StartElement) (err error) {
		switch e.Name {
		case xml.Name{Space: nsDAV, Local: "prop"}:
			return m.children(func(e xml.StartElement) error { return m.property(e.Name, &found) })
		case xml.Name{Space: nsDAV, Local: "status"}:
			status, err = m.status()
			return err
		}
		return m.skip()
	})
	switch {
	case err != nil:
	case status/100 == 2:
		*to = found
	case found.hasData && !to.hasData:
		to.noData = status
	}
	return err
}

func (m *answer) property(name xml.Name, p *props) (err error) {
	switch name {
	case xml.Name{Space: nsDAV, Local: "displayname"}:
		p.name, err = m.word()
	case xml.Name{Space: nsDAV, Local: "getetag"}:
		p.etag, err = m.word()
	case xml.Name{Space: nsCS, Local: "getctag"}:
		p.ctag, err = m.word()
	case xml.Name{Space: nsDAV, Local: "sync-token"}:
		p.token, err = m.word()
	case xml.Name{Space: nsDAV, Local: "resourcetype"}:
		return m.kind(p)
	case xml.Name{Space: nsDAV, Local: "current-user-principal"}:
		return m.hrefs(func(s string) { p.principal = s })
	case xml.Name{Space: nsCalDAV, Local: "calendar-home-set"}:
		return m.hrefs(func(s string) { p.calendars = another(p.calendars, s) })
	case xml.Name{Space: nsCard, Local: "addressbook-home-set"}:
		return m.hrefs(func(s string) { p.books = another(p.books, s) })
	case xml.Name{Space: nsCalDAV, Local: "supported-calendar-component-set"}:
		return m.children(func(e xml.StartElement) error {
			p.limited = true
			for _, a := range e.Attr {
				p.events = p.events || a.Name.Local == "name" && strings.EqualFold(a.Value, "VEVENT")
			}
			return m.skip()
		})
	case xml.Name{Space: nsCalDAV, Local: "calendar-data"}, xml.Name{Space: nsCard, Local: "address-data"}:
		p.hasData = true
		p.data, err = m.text(maxData)
	default:
		return m.skip()
	}
	return err
}

func (m *answer) kind(p *props) error {
	return m.children(func(e xml.StartElement) error {
		switch e.Name {
		case xml.Name{Space: nsDAV, Local: "collection"}:
			p.collection = true
		case xml.Name{Space: nsCalDAV, Local: "calendar"}:
			p.kind = CalDAV
		case xml.Name{Space: nsCard, Local: "addressbook"}:
			p.kind = CardDAV
		}
		return m.skip()
	})
}

// another adds a home, of which a server may name any number, in one property or in many.
func another(homes []string, s string) []string {
	if len(homes) >= maxHomes {
		return homes
	}
	return append(homes, s)
}

func (m *answer) hrefs(f func(string)) error {
	return m.children(func(e xml.StartElement) error {
		if e.Name != (xml.Name{Space: nsDAV, Local: "href"}) {
			return m.skip()
		}
		s, err := m.word()
		if err == nil && s != "" {
			f(s)
		}
		return err
	})
}
