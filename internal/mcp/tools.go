package mcp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kith/internal/auth"
	"kith/internal/fault"
)

const v1 = "/api/v1/"

// tool is one thing an assistant may ask for.
type tool struct {
	name, title, about string
	scope              auth.Scope
	input              string // JSON Schema
	call               func(context.Context, API, arguments) (any, error)
}

const nothing = `{"type":"object","additionalProperties":false}`

var tools = []tool{ //nolint:gochecknoglobals // a constant list
	{
		name: "today", title: "Today", scope: auth.Read, input: nothing, call: today,
		about: "The day as it stands: the intention, up to three suggestions with their reasons in `why`, and the moments logged so far.",
	},
	{
		name: "who_is_due", title: "Who is due", scope: auth.Read, input: nothing, call: due,
		about: "People whose cadence has passed, longest first, with last contact and since when; and today's suggestions, each with `why` in one sentence of facts.",
	},
	{
		name: "look_up_person", title: "Look up a person", scope: auth.Read, call: lookUp,
		about: "One person by name or nickname: last contact, dates, facts, follow-ups, relations and the newest moments together. Who is called so comes before who is only known by it, by a relation, a group or a fact: `found` says by what. Several who fit are listed instead: ask which one, then call with `id`. Facts that are marked private are left out.",
		input: `{"type":"object","additionalProperties":false,"properties":{"name":{"type":"string","maxLength":120,"description":"A name, or its beginning."},"id":{"type":"string","maxLength":36,"description":"The id of a person, instead of a name."}}}`,
	},
	{
		name: "search", title: "Search", scope: auth.Read, call: search,
		about: "Moments that have all the words, newest first; on the first page also people and evenings. Case and accents do not matter. Private words are never found.",
		input: `{"type":"object","additionalProperties":false,"required":["query"],"properties":{"query":{"type":"string","minLength":1,"maxLength":200},"limit":{"type":"integer","minimum":1,"maximum":100},"cursor":{"type":"string","maxLength":100,"description":"next_cursor of the page before."}}}`,
	},
	{
		name: "read_line", title: "Read a line", scope: auth.Capture, call: readLine,
		about: "What a line would become if it were logged: kind, people, time and the rest, with names that are new or not clear. Keeps nothing.",
		input: `{"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"type":"string","minLength":1,"maxLength":4000}}}`,
	},
	{
		name: writes, title: "Log a moment", scope: auth.Capture, call: logMoment,
		about: "Keep one moment, in its owner's own words: `thanked @Sam for the review #work yesterday 3pm :)`. @name names a person and makes one who is new; #work or #home, a time, a duration and an emoticon are read from the line. Its owner can take it back for ten minutes.",
		input: `{"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"type":"string","minLength":1,"maxLength":4000},"id":{"type":"string","maxLength":36,"description":"A UUID of your own makes the call safe to repeat."}}}`,
	},
}

func read(ctx context.Context, api API, path string) (out json.RawMessage, err error) {
	err = api.Do(ctx, http.MethodGet, v1+path, nil, &out)
	return out, err
}

func today(ctx context.Context, api API, _ arguments) (any, error) { return read(ctx, api, "today") }

func due(ctx context.Context, api API, _ arguments) (any, error) {
	people, err := read(ctx, api, "people/due")
	if err != nil {
		return nil, err
	}
	timely, err := read(ctx, api, "opportunities")
	return map[string]any{"people": people, "suggestions": timely}, err
}

type named struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Nickname string `json:"nickname,omitempty"`
	Last     string `json:"last_contact_at,omitempty"`

	Found json.RawMessage `json:"found,omitempty"` // what they are known by who are not called so
}

// several is how many people are offered to choose from.
const several = 8

func lookUp(ctx context.Context, api API, a arguments) (any, error) {
	var in struct{ Name, ID string }
	if err := a.into(&in); err != nil {
		return nil, err
	}
	var by json.RawMessage // what they were found by, unless they are called so
	if in.ID == "" {
		if in.Name == "" {
			return nil, fault.Invalid("name_missing", "name", "Say whom: a name, or an id.")
		}
		people, err := whom(ctx, api, in.Name)
		if err != nil {
			return nil, err
		}
		if len(people) > 1 {
			return map[string]any{"several": people}, nil
		}
		in.ID, by = people[0].ID, people[0].Found
	}
	var p map[string]json.RawMessage
	if err := api.Do(ctx, http.MethodGet, v1+"people/"+url.PathEscape(in.ID)+"?for=assistant", nil, &p); err != nil {
		return nil, err
	}
	moments, err := read(ctx, api, "moments?"+url.Values{"person": {in.ID}, "limit": {"10"}}.Encode())
	if by != nil {
		p["found"] = by
	}
	return map[string]any{"person": p, "moments": moments}, err
}

// whom are those a name may mean: the one it is the whole name of, or who is called so, or only then who is known by it.
func whom(ctx context.Context, api API, name string) ([]named, error) {
	query := url.Values{"q": {name}, "named": {"true"}, "limit": {strconv.Itoa(several)}, "archived": {"with"}}
	var list struct {
		Items []named `json:"items"`
	}
	for range 2 {
		if err := api.Do(ctx, http.MethodGet, v1+"people?"+query.Encode(), nil, &list); err != nil {
			return nil, err
		}
		whole := slices.DeleteFunc(slices.Clone(list.Items), func(p named) bool {
			return !strings.EqualFold(p.Name, name) && !strings.EqualFold(p.Nickname, name)
		})
		if len(whole) == 1 {
			return whole, nil
		}
		if len(list.Items) > 0 {
			return list.Items, nil
		}
		query.Del("named")
	}
	return nil, fault.NotFound("person")
}

func search(ctx context.Context, api API, a arguments) (any, error) {
	var in struct {
		Query, Cursor string
		Limit         int
	}
	if err := a.into(&in); err != nil {
		return nil, err
	}
	query := url.Values{"q": {in.Query}}
	if in.Limit != 0 {
		query.Set("limit", strconv.Itoa(in.Limit))
	}
	if in.Cursor != "" {
		query.Set("cursor", in.Cursor)
	}
	return read(ctx, api, "search?"+query.Encode())
}

type line struct {
	ID   string `json:"id,omitempty"`
	Text string `json:"text"`
}

func readLine(ctx context.Context, api API, a arguments) (any, error) {
	var in struct{ Text string }
	if err := a.into(&in); err != nil {
		return nil, err
	}
	var out json.RawMessage
	err := api.Do(ctx, http.MethodPost, v1+"capture", line{Text: in.Text}, &out)
	return out, err
}

func logMoment(ctx context.Context, api API, a arguments) (any, error) {
	var in line
	if err := a.into(&in); err != nil {
		return nil, err
	}
	var out json.RawMessage
	err := api.Do(ctx, http.MethodPost, v1+"moments", in, &out)
	return out, err
}
