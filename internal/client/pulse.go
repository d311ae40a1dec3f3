package client

import (
	"context"
	"net/http"
	"net/url"

	"kith/internal/api"
)

// LogPulse says how somebody feels. With an id of the caller's own it may be repeated until it is answered.
func (c *Client) LogPulse(ctx context.Context, d api.PulseDraft) (p api.Pulse, err error) {
	err = c.Do(ctx, http.MethodPost, v1("pulses"), d, &p)
	return p, err
}

// Pulses lists pulses, newest first, from a local day on; an empty day does not narrow.
func (c *Client) Pulses(ctx context.Context, from string, limit int, cursor string) (page api.List[api.Pulse], err error) {
	q := paged(url.Values{}, limit, cursor)
	if from != "" {
		q.Set("from", from)
	}
	err = c.do(ctx, http.MethodGet, v1("pulses"), q, 0, nil, &page)
	return page, err
}

// Pulse is one pulse.
func (c *Client) Pulse(ctx context.Context, id string) (p api.Pulse, err error) {
	err = c.Do(ctx, http.MethodGet, v1("pulses", id), nil, &p)
	return p, err
}

// ChangePulse changes a pulse that is still at this revision.
func (c *Client) ChangePulse(ctx context.Context, id string, change api.PulseChange, revision int64) (p api.Pulse, err error) {
	err = c.do(ctx, http.MethodPatch, v1("pulses", id), nil, revision, change, &p)
	return p, err
}

// DeletePulse deletes a pulse.
func (c *Client) DeletePulse(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, v1("pulses", id), nil, nil)
}

// UndoPulse brings a deleted pulse back.
func (c *Client) UndoPulse(ctx context.Context, id string) (p api.Pulse, err error) {
	err = c.Do(ctx, http.MethodPost, v1("pulses", id, "undo"), nil, &p)
	return p, err
}

// Help says where there is help, and whether now is a time to mention it.
func (c *Client) Help(ctx context.Context) (h api.Help, err error) {
	err = c.Do(ctx, http.MethodGet, v1("help"), nil, &h)
	return h, err
}

// Scales lists the scales there are.
func (c *Client) Scales(ctx context.Context) (page api.List[api.Scale], err error) {
	err = c.Do(ctx, http.MethodGet, v1("scales"), nil, &page)
	return page, err
}

// ImportScale brings a scale.
func (c *Client) ImportScale(ctx context.Context, s api.ScaleImport) (out api.Scale, err error) {
	err = c.Do(ctx, http.MethodPost, v1("scales"), s, &out)
	return out, err
}

// AnswerScale answers a scale.
func (c *Client) AnswerScale(ctx context.Context, id string, a api.ScaleAnswers) (out api.ScaleAnswer, err error) {
	err = c.Do(ctx, http.MethodPost, v1("scales", id, "answers"), a, &out)
	return out, err
}

// ScaleAnswers lists filled-in scales, newest first.
func (c *Client) ScaleAnswers(ctx context.Context, scale string, limit int, cursor string) (page api.List[api.ScaleAnswer], err error) {
	q := paged(url.Values{}, limit, cursor)
	if scale != "" {
		q.Set("scale", scale)
	}
	err = c.do(ctx, http.MethodGet, v1("scale-answers"), q, 0, nil, &page)
	return page, err
}
