package practice

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/internal/capture"
	"kith/internal/i18n"
)

// released are the ids of the first release; none may ever go or change its meaning.
var released = []string{
	"body-scan", "catch-up", "colleague-thanks", "compliment", "cyclic-sigh", "deeper-question", "five-minute-favour",
	"good-news-reply", "gratitude-letter", "hug", "listen-fully", "loving-kindness", "micro-break", "phone-away",
	"reach-out", "savour-now", "share-good-news", "shared-laugh", "slow-six", "small-kindness", "stranger-chat",
	"thanks-specific", "three-good-things", "weak-tie-hello", "win-of-the-day",
}

// further are those that are off until they are switched on.
var further = []string{
	"awe-walk", "box-breath", "breath-478", "comedy-break", "compliment-again", "kind-hand", "look-back", "small-treat",
	"team-check-in", "weak-tie-count",
}

// unchecked are addresses that nobody looked up; they must not be shown as if somebody had.
var unchecked = []string{
	"10.1146/annurev-orgpsych-012420-091013", "10.1177/0146167214529799", "10.1037/pspa0000191", "10.1007/s10902-005-3889-4",
	"10.1037/emo0000876", "10.14814/phy2.15389",
}

func TestFurther(t *testing.T) {
	t.Parallel()
	ids := []string{}
	for _, p := range Further("en") {
		ids = append(ids, p.ID)
		if p.On || !p.Further {
			t.Errorf("%s is on from the start", p.ID)
		}
		for _, s := range p.Sources {
			if s.Verified == slices.Contains(unchecked, s.DOI) {
				t.Errorf("%s: %s is shown as checked: %v", p.ID, s.DOI, s.Verified)
			}
		}
	}
	slices.Sort(ids)
	if diff := cmp.Diff(further, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	for _, id := range []string{"box-breath", "breath-478"} {
		if p, _ := Get(id, "en"); len(p.Cautions) == 0 {
			t.Errorf("%s carries no caution", id)
		}
	}
}

func TestLibrary_facts(t *testing.T) {
	t.Parallel()
	doi := regexp.MustCompile(`^10\.\d{4,}/\S+$`)
	ids, kinds := []string{}, map[string]bool{}
	for _, p := range append(Library("en"), Further("en")...) {
		if !p.Further {
			ids, kinds[p.Kind] = append(ids, p.ID), true
		}
		for _, kind := range append([]string{p.Kind}, p.Also...) {
			if !slices.Contains(capture.Kinds, kind) {
				t.Errorf("%s: no kind %q", p.ID, kind)
			}
		}
		if slices.Contains(p.Also, p.Kind) {
			t.Errorf("%s: its kind is named twice", p.ID)
		}
		if !slices.Contains([]string{"", capture.Personal, capture.Professional}, p.Context) {
			t.Errorf("%s: no context %q", p.ID, p.Context)
		}
		if !slices.Contains([]string{Strong, Mixed, Weak}, p.Grade) {
			t.Errorf("%s: no grade %q", p.ID, p.Grade)
		}
		if p.Seconds < 10 || p.Seconds > 900 {
			t.Errorf("%s takes %d seconds", p.ID, p.Seconds)
		}
		if len(p.Sources) == 0 || p.DOI == "" {
			t.Errorf("%s has no source", p.ID)
		}
		for _, s := range p.Sources {
			if !doi.MatchString(s.DOI) || s.Citation == "" {
				t.Errorf("%s: the source %v is not whole", p.ID, s)
			}
		}
	}
	slices.Sort(ids)
	if diff := cmp.Diff(released, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if len(kinds) != len(capture.Kinds) {
		t.Errorf("the library has practices of %d kinds, there are %d", len(kinds), len(capture.Kinds))
	}
	for _, id := range []string{"cyclic-sigh", "slow-six", "hug", "stranger-chat"} {
		if p, _ := Get(id, "en"); len(p.Cautions) == 0 {
			t.Errorf("%s carries no caution", id)
		}
	}
}

func TestLibrary_words(t *testing.T) {
	t.Parallel()
	// A sentence that says "because" or "makes you" claims to know a cause.
	claims := regexp.MustCompile(`(?i)\b(because|makes you|boosts?|proven|weil|macht dich|bewiesen|porque|te hace|demostrado que)\b|لأن(?:ه|ها|هم)?\s|يجعلك|なぜなら|証明された|[!！¡]`)
	for _, l := range i18n.Locales() {
		var file struct {
			Practices map[string]map[string]string `json:"practices"`
			Cautions  map[string]string            `json:"cautions"`
		}
		if err := decode(l.Tag+".json", &file); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(slices.Sorted(slices.Values(slices.Concat(released, further))), slices.Sorted(maps.Keys(file.Practices))); diff != "" {
			t.Errorf("%s: ids (-want +got):\n%s", l.Tag, diff)
		}
		for _, p := range append(Library(l.Tag), Further(l.Tag)...) {
			if n := len(file.Practices[p.ID]); n != 6 {
				t.Errorf("%s: %s has %d texts, wants 6", l.Tag, p.ID, n)
			}
			for name, text := range file.Practices[p.ID] {
				sentence := name != "name" && name != "outcome"
				if text == "" || text != strings.TrimSpace(text) || sentence != (strings.HasSuffix(text, ".") || strings.HasSuffix(text, "。")) {
					t.Errorf("%s: %s of %s is %q", l.Tag, name, p.ID, text)
				}
				if claims.MatchString(text) {
					t.Errorf("%s: %s of %s claims too much: %q", l.Tag, name, p.ID, text)
				}
			}
			if len([]rune(p.Suggest)) > 120 || strings.Count(p.Suggest, ". ") > 0 || strings.Count(p.Why, ". ") > 0 {
				t.Errorf("%s: the suggestion of %s is not one short sentence with one reason", l.Tag, p.ID)
			}
			for _, c := range p.Cautions {
				if c == "" {
					t.Errorf("%s: a caution of %s has no words", l.Tag, p.ID)
				}
			}
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	p, ok := Get("hug", "de-AT")
	if !ok || p.Name != "Lange Umarmung" || p.Kind != capture.Presence {
		t.Errorf("hug is %+v, %v", p, ok)
	}
	if _, ok := Get("no-such", "en"); ok {
		t.Error("an unknown id was found")
	}
	p.Cautions[0] = "changed"
	if again, _ := Get("hug", "de"); again.Cautions[0] == "changed" {
		t.Error("a caller changed the library")
	}
	if !Fulfils("catch-up", capture.CheckIn) || Fulfils("catch-up", capture.Thanks) || Fulfils("", capture.Thanks) {
		t.Error("the wrong kinds fulfil a catch-up")
	}
	if _, err := json.Marshal(p); err != nil {
		t.Error(err)
	}
}
