package client

import (
	"context"
	"net/http"

	"kith/internal/api"
)

// MakeGuess says how welcome reaching out will be. With an id of the caller's own it may be repeated until it is answered.
func (c *Client) MakeGuess(ctx context.Context, d api.GuessDraft) (g api.Guess, err error) {
	err = c.Do(ctx, http.MethodPost, v1("guesses"), d, &g)
	return g, err
}

// AskLanded says which guess to ask about now; it counts as asked.
func (c *Client) AskLanded(ctx context.Context) (q api.Question, err error) {
	err = c.Do(ctx, http.MethodPost, v1("guesses", "ask"), nil, &q)
	return q, err
}

// Land says how welcome it was; nil is that nobody can tell.
func (c *Client) Land(ctx context.Context, id string, landed *int) (g api.Guess, err error) {
	err = c.Do(ctx, http.MethodPut, v1("guesses", id, "landed"), api.GuessLanding{Landed: landed}, &g)
	return g, err
}

// Gap is how far guesses lie from how it landed.
func (c *Client) Gap(ctx context.Context) (g api.Gap, err error) {
	err = c.Do(ctx, http.MethodGet, v1("gap"), nil, &g)
	return g, err
}
