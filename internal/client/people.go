package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"kith/internal/api"
)

// PeopleFilter narrows a list of people. Empty fields do not narrow.
type PeopleFilter struct {
	Query, Ring, Standing string
	Named                 bool   // only those who are called what Query says
	Group                 string // id
	Archived              string // "only", "with"
	Sort                  string // "name", "last" or "ring"
}

// People lists people.
func (c *Client) People(ctx context.Context, f PeopleFilter, limit int, cursor string) (page api.List[api.Person], err error) {
	q := paged(url.Values{}, limit, cursor)
	for name, v := range map[string]string{
		"q": f.Query, "ring": f.Ring, "standing": f.Standing, "group": f.Group, "archived": f.Archived, "sort": f.Sort,
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.Named {
		q.Set("named", "true")
	}
	err = c.do(ctx, http.MethodGet, v1("people"), q, 0, nil, &page)
	return page, err
}

// Person is all of a person.
func (c *Client) Person(ctx context.Context, id string) (p api.PersonDetail, err error) {
	err = c.Do(ctx, http.MethodGet, v1("people", id), nil, &p)
	return p, err
}

// AddPerson makes a person.
func (c *Client) AddPerson(ctx context.Context, d api.PersonDraft) (p api.Person, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people"), d, &p)
	return p, err
}

// ChangePerson changes a person who is still at this revision; 0 accepts any.
func (c *Client) ChangePerson(ctx context.Context, id string, change api.PersonChange, revision int64) (p api.Person, err error) {
	err = c.do(ctx, http.MethodPatch, v1("people", id), nil, revision, change, &p)
	return p, err
}

// DeletePerson removes a person and everything of theirs for good.
func (c *Client) DeletePerson(ctx context.Context, id string, revision int64) error {
	return c.do(ctx, http.MethodDelete, v1("people", id), nil, revision, nil, nil)
}

// AddChannel adds a way to reach a person.
func (c *Client) AddChannel(ctx context.Context, id string, d api.ChannelDraft) (v api.Channel, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people", id, "channels"), d, &v)
	return v, err
}

// AddDate adds a date to a person.
func (c *Client) AddDate(ctx context.Context, id string, d api.DateDraft) (v api.Date, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people", id, "dates"), d, &v)
	return v, err
}

// AddFact adds something worth remembering.
func (c *Client) AddFact(ctx context.Context, id string, d api.FactDraft) (v api.Fact, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people", id, "facts"), d, &v)
	return v, err
}

// AddFollowUp adds something to ask or do.
func (c *Client) AddFollowUp(ctx context.Context, id string, d api.FollowUpDraft) (v api.FollowUp, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people", id, "follow-ups"), d, &v)
	return v, err
}

// ChangeFollowUp changes a follow-up.
func (c *Client) ChangeFollowUp(ctx context.Context, id, part string, change api.FollowUpChange) (v api.FollowUp, err error) {
	err = c.Do(ctx, http.MethodPatch, v1("people", id, "follow-ups", part), change, &v)
	return v, err
}

// AddRelation says how a person belongs to another.
func (c *Client) AddRelation(ctx context.Context, id string, d api.RelationDraft) (v api.Relation, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people", id, "relations"), d, &v)
	return v, err
}

// RemovePart removes one thing of a person for good. noun is channels, dates, facts, follow-ups or relations.
func (c *Client) RemovePart(ctx context.Context, id, noun, part string) error {
	return c.Do(ctx, http.MethodDelete, v1("people", id, noun, part), nil, nil)
}

// SetPhoto gives a person a face.
func (c *Client) SetPhoto(ctx context.Context, id string, photo []byte) (p api.Person, err error) {
	r, err := c.request(ctx, http.MethodPut, v1("people", id, "photo"), nil, bytes.NewReader(photo))
	if err != nil {
		return p, err
	}
	r.Header.Set("Content-Type", http.DetectContentType(photo))
	res, err := c.send(r)
	if err != nil {
		return p, err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		return p, fmt.Errorf("the answer cannot be read: %w", err)
	}
	return p, nil
}

// Groups lists groups, by name.
func (c *Client) Groups(ctx context.Context) (page api.List[api.Group], err error) {
	err = c.Do(ctx, http.MethodGet, v1("groups"), nil, &page)
	return page, err
}

// AddGroup makes a group.
func (c *Client) AddGroup(ctx context.Context, d api.GroupDraft) (g api.Group, err error) {
	err = c.Do(ctx, http.MethodPost, v1("groups"), d, &g)
	return g, err
}

// JoinGroup puts a person in a group.
func (c *Client) JoinGroup(ctx context.Context, group, person string) error {
	return c.Do(ctx, http.MethodPut, v1("groups", group, "people", person), nil, nil)
}

// LeaveGroup takes a person out of a group.
func (c *Client) LeaveGroup(ctx context.Context, group, person string) error {
	return c.Do(ctx, http.MethodDelete, v1("groups", group, "people", person), nil, nil)
}

// Duplicates lists pairs that are likely one person.
func (c *Client) Duplicates(ctx context.Context) (page api.List[api.Duplicate], err error) {
	err = c.Do(ctx, http.MethodGet, v1("people", "duplicates"), nil, &page)
	return page, err
}

// NotTheSame says that two people are two.
func (c *Client) NotTheSame(ctx context.Context, id, with string) error {
	return c.Do(ctx, http.MethodPost, v1("people", id, "not-the-same"), api.Distinct{With: with}, nil)
}

// Merge makes two people one: the person id stays.
func (c *Client) Merge(ctx context.Context, id string, d api.MergeDraft) (m api.Merge, err error) {
	err = c.Do(ctx, http.MethodPost, v1("people", id, "merge"), d, &m)
	return m, err
}

// Merges lists the merges into a person that can be undone, newest first.
func (c *Client) Merges(ctx context.Context, person string) (page api.List[api.Merge], err error) {
	err = c.do(ctx, http.MethodGet, v1("merges"), url.Values{"person": {person}}, 0, nil, &page)
	return page, err
}

// UndoMerge makes one person two again.
func (c *Client) UndoMerge(ctx context.Context, id string) (m api.Merge, err error) {
	err = c.Do(ctx, http.MethodPost, v1("merges", id, "undo"), nil, &m)
	return m, err
}
