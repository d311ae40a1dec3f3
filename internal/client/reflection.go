package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"kith/internal/api"
)

// Reflection returns what was written about a day.
func (c *Client) Reflection(ctx context.Context, day string) (r api.Reflection, err error) {
	err = c.Do(ctx, http.MethodGet, v1("reflections", day), nil, &r)
	return r, err
}

// Reflect keeps the reflection of a day in the place of what was there. revision is what was read; 0 accepts any.
func (c *Client) Reflect(ctx context.Context, day string, d api.ReflectionDraft, revision int64) (r api.Reflection, err error) {
	err = c.do(ctx, http.MethodPut, v1("reflections", day), nil, revision, d, &r)
	return r, err
}

// DeleteReflection takes the words of a day away for good.
func (c *Client) DeleteReflection(ctx context.Context, day string) error {
	return c.Do(ctx, http.MethodDelete, v1("reflections", day), nil, nil)
}

// Prompt draws a question for a day.
func (c *Client) Prompt(ctx context.Context, day string) (p api.ReflectionPrompt, err error) {
	err = c.do(ctx, http.MethodGet, v1("reflection-prompt"), url.Values{"day": {day}}, 0, nil, &p)
	return p, err
}

// Day returns one day as it was.
func (c *Client) Day(ctx context.Context, day string) (m api.Memory, err error) {
	err = c.Do(ctx, http.MethodGet, v1("days", day), nil, &m)
	return m, err
}

// LookBack returns what there is to look back on from a day.
func (c *Client) LookBack(ctx context.Context, day string) (v api.LookBack, err error) {
	err = c.do(ctx, http.MethodGet, v1("look-back"), url.Values{"day": {day}}, 0, nil, &v)
	return v, err
}

// Year returns a year at a glance.
func (c *Client) Year(ctx context.Context, year int) (v api.Year, err error) {
	err = c.Do(ctx, http.MethodGet, v1("years", strconv.Itoa(year)), nil, &v)
	return v, err
}

// Week returns a week looked back on.
func (c *Client) Week(ctx context.Context, week string) (v api.Week, err error) {
	err = c.Do(ctx, http.MethodGet, v1("weeks", week), nil, &v)
	return v, err
}

// CarryOn keeps the line that a week leaves.
func (c *Client) CarryOn(ctx context.Context, week, line string) (v api.Week, err error) {
	err = c.Do(ctx, http.MethodPut, v1("weeks", week), map[string]string{"carry": line}, &v)
	return v, err
}
