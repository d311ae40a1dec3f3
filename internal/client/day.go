package client

import (
	"context"
	"net/http"

	"kith/internal/api"
)

// Practices are your own and the library.
func (c *Client) Practices(ctx context.Context) (list api.List[api.Practice], err error) {
	err = c.Do(ctx, http.MethodGet, v1("practices"), nil, &list)
	return list, err
}

// Practice is one of them.
func (c *Client) Practice(ctx context.Context, id string) (p api.Practice, err error) {
	err = c.Do(ctx, http.MethodGet, v1("practices", id), nil, &p)
	return p, err
}

// AddPractice adds a practice of one's own.
func (c *Client) AddPractice(ctx context.Context, d api.PracticeDraft) (p api.Practice, err error) {
	err = c.Do(ctx, http.MethodPost, v1("practices"), d, &p)
	return p, err
}

// ChangePractice changes a practice of one's own.
func (c *Client) ChangePractice(ctx context.Context, id string, d api.PracticeChange) (p api.Practice, err error) {
	err = c.Do(ctx, http.MethodPatch, v1("practices", id), d, &p)
	return p, err
}

// DeletePractice removes a practice of one's own for good.
func (c *Client) DeletePractice(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, v1("practices", id), nil, nil)
}

// OfferPractice says whether a practice is to be suggested.
func (c *Client) OfferPractice(ctx context.Context, id string, on bool) (p api.Practice, err error) {
	act := "off"
	if on {
		act = "on"
	}
	err = c.Do(ctx, http.MethodPost, v1("practices", id, act), nil, &p)
	return p, err
}

// AnswerOpportunity says what becomes of a suggestion.
func (c *Client) AnswerOpportunity(ctx context.Context, id, answer string) error {
	return c.Do(ctx, http.MethodPost, v1("opportunities", id, "answers"), api.Answer{Answer: answer}, nil)
}

// PutAway has something suggested no more, SuggestAgain once more.
func (c *Client) PutAway(ctx context.Context, subject string) error {
	return c.Do(ctx, http.MethodPut, v1("put-away", subject), nil, nil)
}

// SuggestAgain takes PutAway back.
func (c *Client) SuggestAgain(ctx context.Context, subject string) error {
	return c.Do(ctx, http.MethodDelete, v1("put-away", subject), nil, nil)
}
