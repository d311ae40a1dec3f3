package pulse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"kith/internal/account"
	"kith/internal/i18n"
	"kith/internal/packed"
)

// Resource is somebody who listens.
type Resource struct {
	Name  string `json:"name"`
	Where string `json:"where,omitempty"` // country or region
	Phone string `json:"phone,omitempty"`
	URL   string `json:"url,omitempty"`
	About string `json:"about,omitempty"`
}

// Help is where there is help, in one language.
type Help struct {
	Intro     string     `json:"intro"`
	Resources []Resource `json:"resources"`
}

// HelpBook holds what an operator has written instead of Kith's own list. A nil one holds nothing.
type HelpBook struct{ own map[string]Help }

// MaxHelp is how large an operator's file may be, in bytes.
const MaxHelp = 256 << 10

// LoadHelp reads an operator's file, if there is one.
func LoadHelp(path string) (*HelpBook, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return &HelpBook{}, nil
	}
	if err != nil {
		return &HelpBook{}, err
	}
	return ParseHelp(b)
}

// ParseHelp reads what an operator wrote: for each language an intro and resources.
func ParseHelp(b []byte) (*HelpBook, error) {
	h := &HelpBook{}
	if len(b) > MaxHelp || !plain(string(b)) {
		return h, errors.New("the help file is too large, or not plain UTF-8 text")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var own map[string]Help
	if err := d.Decode(&own); err != nil {
		return h, readable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return h, errors.New("something follows after the end")
	}
	for tag, help := range own {
		if !slug(tag) {
			return h, errors.New("a language is written as en or pt-br")
		}
		if err := help.check(); err != nil {
			return h, fmt.Errorf("%s.%w", tag, err)
		}
	}
	h.own = own
	return h, nil
}

func (h Help) check() error {
	if strings.TrimSpace(h.Intro) == "" || utf8.RuneCountInString(h.Intro) > 400 {
		return errors.New("intro must be a sentence")
	}
	if len(h.Resources) == 0 || len(h.Resources) > 20 {
		return errors.New("resources must be 1 to 20")
	}
	for i, r := range h.Resources {
		switch {
		case strings.TrimSpace(r.Name) == "" || r.Phone == "" && r.URL == "":
			return fmt.Errorf("resources[%d] needs a name and a phone or a url", i)
		case r.URL != "" && !strings.HasPrefix(r.URL, "https://") && !strings.HasPrefix(r.URL, "http://"):
			return fmt.Errorf("resources[%d].url must begin with https://", i)
		case r.Phone != "" && !regexp.MustCompile(`^[+0-9][0-9 ()/-]{1,30}$`).MatchString(r.Phone):
			return fmt.Errorf("resources[%d].phone must be a telephone number", i)
		case slices.ContainsFunc([]string{r.Name, r.Where, r.URL, r.About}, func(s string) bool { return utf8.RuneCountInString(s) > 400 }):
			return fmt.Errorf("resources[%d] is too long", i)
		}
	}
	return nil
}

// In is the help in the language of the locale: the operator's, or Kith's own.
func (h *HelpBook) In(locale string) Help {
	tag := i18n.For(locale).Locale()
	if h != nil {
		if own, ok := h.own[tag]; ok {
			return own
		}
	}
	b, err := packed.Read("pulse/help/" + tag + ".json")
	if err != nil {
		b, err = packed.Read("pulse/help/" + i18n.Default + ".json")
	}
	var own Help
	if err != nil || json.Unmarshal(b, &own) != nil {
		panic("pulse: embedded help") // the files are part of the program
	}
	return own
}

// Reasons to mention help.
const (
	NoReason       = ""
	LastingMood    = "mood"
	LastingLonging = "loneliness"
)

// What lasting means. Two weeks is the span in which low mood is commonly asked about; neither rule is a diagnosis.
const (
	moodDays    = 14 // looked back over
	moodKnown   = 7  // days of them with a pulse, at least
	moodLow     = 30 // a day is low when its pulses are below this on average
	lonelyFor   = 21 // days between two answers, at least
	lonelyFresh = 56 // days since the later of them, at most
)

// Felt is how pleasant one pulse was, and its day.
type Felt struct {
	Day     string
	Valence int
}

// Lonely is one answer to the loneliness question: 1 often or always, to 5 never.
type Lonely struct {
	Day    string
	Answer int
}

// Persists says whether low mood or loneliness has lasted: low mood when three in four of the last two weeks' days are low,
// the last one too, of at least seven; loneliness when the last two answers, three weeks apart, were "often or always".
func Persists(today string, pulses []Felt, lonely []Lonely) string {
	sum, n, last := map[string]int{}, map[string]int{}, ""
	for _, p := range pulses {
		if ago, ok := daysBetween(p.Day, today); ok && ago >= 0 && ago < moodDays {
			sum[p.Day] += p.Valence
			n[p.Day]++
			last = max(last, p.Day)
		}
	}
	low := 0
	isLow := func(day string) bool { return sum[day] < moodLow*n[day] }
	for day := range n {
		if isLow(day) {
			low++
		}
	}
	if len(n) >= moodKnown && 4*low >= 3*len(n) && isLow(last) {
		return LastingMood
	}
	sorted := slices.Clone(lonely)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Day > sorted[j].Day })
	if len(sorted) == 0 || sorted[0].Answer != 1 {
		return NoReason
	}
	if ago, ok := daysBetween(sorted[0].Day, today); !ok || ago < 0 || ago > lonelyFresh {
		return NoReason
	}
	for _, earlier := range sorted[1:] { // every answer since the one that lies three weeks back
		if earlier.Answer != 1 {
			return NoReason
		}
		if apart, ok := daysBetween(earlier.Day, sorted[0].Day); ok && apart >= lonelyFor {
			return LastingLonging
		}
	}
	return NoReason
}

func daysBetween(from, to string) (int, bool) {
	a, err := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	return int(b.Sub(a).Hours() / 24), err == nil && err2 == nil
}

// Advice is where there is help, and why it is mentioned; an empty reason is no reason to.
type Advice struct {
	Reason string
	Help   Help
}

// Advise looks at the last weeks of an account.
func (s *Service) Advise(ctx context.Context, by account.ID) (Advice, error) {
	u, err := s.o.Accounts.Get(ctx, by)
	if err != nil {
		return Advice{}, err
	}
	today := u.Day(s.now())
	from, _ := time.Parse(time.DateOnly, today)
	rows, err := list(ctx, s.db, by, Filter{From: from.AddDate(0, 0, 1-moodDays).Format(time.DateOnly)}, 500, "")
	if err != nil {
		return Advice{}, err
	}
	answers, err := listAnswers(ctx, s.db, by, "ons-loneliness", 20, "")
	if err != nil {
		return Advice{}, err
	}
	felt := make([]Felt, len(rows))
	for i, r := range rows {
		felt[i] = Felt{r.Day, r.Valence}
	}
	var lonely []Lonely
	for _, a := range answers {
		if v, ok := a.Answers["lonely"]; ok {
			lonely = append(lonely, Lonely{a.Day, v})
		}
	}
	return Advice{Reason: Persists(today, felt, lonely), Help: s.o.Help.In(u.Locale)}, nil
}
