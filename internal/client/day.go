package client

import (
	"context"
	"net/http"

	"kith/internal/api"
)

// Practices are the library.
func (c *Client) Practices(ctx context.Context) (list api.List[api.Practice], err error) {
	err = c.Do(ctx, http.MethodGet, v1("practices"), nil, &list)
	return list, err
}

// Practice is one of them.
func (c *Client) Practice(ctx context.Context, id string) (p api.Practice, err error) {
	err = c.Do(ctx, http.MethodGet, v1("practices", id), nil, &p)
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
