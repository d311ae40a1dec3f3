package web

import (
	"net/url"
	"strings"

	"kith/internal/i18n"
	"kith/internal/person"
)

// reaches are the links that open the program with which somebody can be reached. Kith sends nothing itself.
func reaches(p *i18n.Printer, channels []person.Channel) []reach {
	var list []reach
	seen := map[string]bool{}
	add := func(key, href, to string) {
		if !seen[href] {
			seen[href] = true
			list = append(list, reach{Label: p.T("web.reach." + key), Href: href, To: to})
		}
	}
	for _, c := range channels {
		number := phoneLink(c.Value)
		if strings.HasPrefix(c.Norm, "+") {
			number = c.Norm
		}
		digits, wide := worldwide(number)
		switch c.Kind {
		case person.Phone:
			if len(number) > 2 {
				add("sms", "sms:"+number, c.Value)
				add("call", "tel:"+number, c.Value)
			}
		case person.Email:
			if to := strings.TrimSpace(strings.TrimPrefix(c.Value, "mailto:")); strings.Count(to, "@") == 1 && !strings.ContainsAny(to, " \t<>\"") {
				add("email", "mailto:"+strings.ReplaceAll(url.PathEscape(to), "%40", "@"), to)
			}
		case person.WhatsApp:
			if wide {
				add("whatsapp", "https://wa.me/"+digits, c.Value)
			}
		case person.Telegram:
			if name := handle(c.Value); name != "" && !wide {
				add("telegram", "https://t.me/"+url.PathEscape(name), c.Value)
			} else if wide {
				add("telegram", "https://t.me/+"+digits, c.Value)
			}
		case person.Signal:
			if wide {
				add("signal", "https://signal.me/#p/+"+digits, c.Value)
			}
		case person.URL:
			to := strings.TrimSpace(c.Value)
			if !strings.Contains(to, "://") {
				to = "https://" + to
			}
			if u, err := url.Parse(to); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
				add("url", u.String(), c.Value)
			}
		}
	}
	return list
}
