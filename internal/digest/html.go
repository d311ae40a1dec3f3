package digest

import (
	"html"
	"strings"

	"kith/internal/prose"
)

// Mail programs know little: tables, styles beside the words, no files. What they do know of dark screens stands in head,
// and is left out by the rest. Nothing is fetched, so that nobody learns when a mail is read.

const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">` +
	`<meta name="supported-color-schemes" content="light dark"><style>@media (prefers-color-scheme:dark){` +
	`.b{background:#1a1511!important;color:#ebe7e0!important}.q{color:#b0aaa1!important}.h{border-color:#352f2a!important}a{color:#f1a366!important}` +
	`.check-in{color:#6ebbe8!important}.conversation{color:#56c4ca!important}.thanks{color:#ea9797!important}.compliment{color:#df97c1!important}` +
	`.laugh{color:#c8af63!important}.kindness{color:#9fbd78!important}.celebration{color:#e2a072!important}.presence{color:#70c5a0!important}` +
	`.pause{color:#9badf1!important}.gratitude{color:#c3a0e2!important}}</style>`

const (
	serif = "font-family:ui-serif,'Iowan Old Style','Palatino Linotype',Georgia,serif;font-weight:normal;"
	sans  = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
)

// inkOf is the hue that a kind has on the pages, on light paper.
func inkOf(kind string) string {
	switch kind {
	case "check-in":
		return "#3483ad"
	case "conversation":
		return "#008c92"
	case "thanks":
		return "#ae6161"
	case "compliment":
		return "#a46189"
	case "laugh":
		return "#90782a"
	case "kindness":
		return "#698542"
	case "celebration":
		return "#a76a3c"
	case "presence":
		return "#358d6a"
	case "pause":
		return "#6676b6"
	}
	return "#8b6aa8"
}

// page is HTML being written. Words pass through say alone, which escapes them.
type page struct{ strings.Builder }

func (b *page) raw(parts ...string) {
	for _, s := range parts {
		b.WriteString(s)
	}
}

func (b *page) say(words string) { b.WriteString(html.EscapeString(words)) }

// el writes an element of words.
func (b *page) el(name, attributes, words string) {
	b.raw("<", name, " ", attributes, ">")
	b.say(words)
	b.raw("</", name, ">")
}

func (b *page) link(href, words string) {
	b.el("a", `style="color:#b24b0a" href="`+html.EscapeString(href)+`"`, words)
}

func (b *page) mote(kind, size string) {
	b.raw(`<span class="`, html.EscapeString(kind), `" style="color:`, inkOf(kind), `;font-size:`, size, `" aria-hidden="true">&#9679;</span>`)
}

const (
	quiet    = `class="q" style="color:#5e534a;`
	hairline = `<hr class="h" style="border:0;border-top:1px solid #e1ddd7;margin:28px 0">`
)

// html is the letter as mail programs show it.
func (c content) html() string {
	b := &page{}
	b.raw(`<!DOCTYPE html><html lang="`, c.p.Locale(), `" dir="`, c.p.Dir(), `"><head>`, head, `<title>`)
	b.say(c.title)
	b.raw(`</title></head><body class="b" style="margin:0;background:#fdfaf4;color:#291f18;font-size:17px;line-height:1.5;`, sans, `">`,
		`<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 20px">`,
		`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px"><tr><td align="left">`)
	b.el("h1", `style="margin:0;font-size:30px;line-height:1.2;`+serif+`"`, c.title)
	b.el("p", quiet+`margin:4px 0 24px"`, c.span)
	c.drawn(b)
	b.el("p", `style="margin:20px 0 0"`, c.counted())
	if len(c.people) > 0 {
		b.el("p", `style="margin:4px 0 0"`, c.p.T("digest.with", "names", c.p.List(c.people)))
	}
	if len(c.days) > 0 {
		b.raw(hairline)
	}
	for _, d := range c.days {
		d.html(b, c.p.T("digest.private"))
	}
	if c.carriedIn != "" || c.carry != "" {
		b.raw(hairline)
	}
	if c.carriedIn != "" {
		b.el("p", quiet+`margin:0 0 8px"`, c.p.T("digest.carried", "line", c.carriedIn))
	}
	if c.carry != "" {
		b.el("p", `style="margin:0;font-size:20px;`+serif+`"`, c.p.T("digest.carry", "line", c.carry))
	}
	b.raw(hairline, `<p style="margin:0 0 12px">`)
	b.link(c.page, c.p.T("digest.page"))
	b.raw(`</p><p `, quiet, `margin:0;font-size:14px">`)
	b.say(c.why + " ")
	b.link(c.change, c.p.T("digest.change"))
	if c.leave != "" {
		b.raw(` &middot; `)
		b.link(c.leave, c.p.T("digest.leave"))
	}
	b.raw(`</p></td></tr></table></td></tr></table></body></html>`)
	return b.String()
}

// drawn is the picture of the week: seven lines from morning to night, a mote for each moment.
func (c content) drawn(b *page) {
	if c.moments == 0 {
		return
	}
	var told []string
	for _, r := range c.picture {
		for _, cell := range r.Cells {
			for _, d := range cell {
				told = append(told, d.Said)
			}
		}
	}
	b.raw(`<table role="img" aria-label="`, html.EscapeString(strings.Join(told, "; ")), `" width="100%" cellpadding="0" cellspacing="0" style="table-layout:fixed">`)
	for _, r := range c.picture {
		b.raw(`<tr>`)
		b.el("td", `width="40" `+quiet+`font-size:13px;height:34px;vertical-align:bottom"`, r.Short)
		for _, cell := range r.Cells {
			b.raw(`<td class="h" style="border-bottom:1px solid #e1ddd7;text-align:center;vertical-align:bottom;line-height:1">`)
			for _, d := range cell {
				b.mote(d.Kind, "18px")
			}
			b.raw(`</td>`)
		}
		b.raw(`</tr>`)
	}
	b.raw(`</table>`)
}

func (d dayDrawn) html(b *page, private string) {
	b.el("h2", `style="margin:24px 0 8px;font-size:20px;line-height:1.3;`+serif+`"`, d.Title)
	for _, m := range d.Moments {
		b.raw(`<p style="margin:0 0 6px">`)
		b.mote(m.Kind, "15px")
		b.raw(` `)
		if m.Text != "" {
			b.say(m.Text)
			b.raw(` `)
		}
		b.raw(`<span `, quiet, `display:block;font-size:14px">`)
		b.say(m.Said)
		if m.Time != "" {
			b.say(" · " + m.Time)
		}
		b.raw(`</span></p>`)
	}
	if len(d.Good) > 0 {
		b.raw(`<ul style="margin:8px 0;padding-inline-start:20px">`)
		for _, g := range d.Good {
			b.el("li", "", g)
		}
		b.raw(`</ul>`)
	}
	if d.Question != "" {
		b.el("p", quiet+`margin:8px 0 0;font-size:14px"`, d.Question)
	}
	for _, block := range d.Blocks {
		writeBlock(b, block)
	}
	if d.Private {
		b.el("p", quiet+`margin:0;font-size:14px"`, private)
	}
}

func writeBlock(b *page, block prose.Block) {
	around, item, style := "div", "p", "margin:6px 0"
	switch block.Kind {
	case prose.Bullets:
		around, item = "ul", "li"
	case prose.Numbers:
		around, item = "ol", "li"
	case prose.Quote:
		around, style = "blockquote", "margin:6px 0;padding-inline-start:12px;border-inline-start:2px solid #e1ddd7"
	}
	b.raw("<", around, ` class="h" style="`, style, `">`)
	for _, spans := range block.Items {
		b.raw("<", item, ` style="margin:0 0 4px;`, serif, `">`)
		for _, s := range spans {
			writeSpan(b, s)
		}
		b.raw("</", item, ">")
	}
	b.raw("</", around, ">")
}

func writeSpan(b *page, s prose.Span) {
	if s.Break {
		b.raw("<br>")
		return
	}
	var closing []string
	for _, style := range []struct {
		on   bool
		name string
	}{{s.Strong, "strong"}, {s.Em, "em"}, {s.Code, "code"}} {
		if style.on {
			b.raw("<", style.name, ">")
			closing = append([]string{"</" + style.name + ">"}, closing...)
		}
	}
	if s.Href != "" {
		b.link(s.Href, s.Text)
	} else {
		b.say(s.Text)
	}
	b.raw(closing...)
}
