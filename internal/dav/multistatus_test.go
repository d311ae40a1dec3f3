package dav_test

import (
	"strings"
	"testing"

	"kith/internal/dav"
)

const answered = `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/a.ics</d:href><d:propstat>
<d:prop><d:getetag>"1"</d:getetag><c:calendar-data><![CDATA[BEGIN:VCALENDAR]]></c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
<d:propstat><d:prop><d:displayname/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
<d:response><d:href>/b.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response><d:sync-token>t</d:sync-token></d:multistatus>`

func TestMultistatus(t *testing.T) {
	t.Parallel()
	if n, token, err := dav.Multistatus(strings.NewReader(answered)); n != 2 || token != "t" || err != nil {
		t.Errorf("%d responses, token %q, %v", n, token, err)
	}
	deep := `<d:multistatus xmlns:d="DAV:"><d:response>` + strings.Repeat("<x>", 1000)
	for name, text := range map[string]string{
		"nothing": "", "a web page": "<!doctype html><html></html>", "text": "hello", "something else": `<d:error xmlns:d="DAV:"/>`,
		"half of it": answered[:300], "too deep": deep, "too deep below a property": `<d:multistatus xmlns:d="DAV:">` + strings.Repeat("<x>", 1000),
		"a status that is none": `<d:multistatus xmlns:d="DAV:"><d:response><d:status>fine</d:status></d:response></d:multistatus>`,
		"an entity of its own":  `<!DOCTYPE x [<!ENTITY y "z">]><d:multistatus xmlns:d="DAV:"><d:sync-token>&y;</d:sync-token></d:multistatus>`,
	} {
		if _, _, err := dav.Multistatus(strings.NewReader(text)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// FuzzMultistatus: whatever comes, reading ends.
func FuzzMultistatus(f *testing.F) {
	f.Add(answered)
	f.Add(`<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><resourcetype><collection/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/></resourcetype>
		<current-user-principal><href>/me/</href></current-user-principal></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`)
	f.Add(`<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:propstat><d:prop><c:supported-calendar-component-set><c:comp name="VEVENT"/>`)
	f.Fuzz(func(t *testing.T, text string) {
		n, _, err := dav.Multistatus(strings.NewReader(text))
		if err == nil && n > len(text) {
			t.Errorf("%d responses out of %d bytes", n, len(text))
		}
	})
}
