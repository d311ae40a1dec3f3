package client

import (
	"context"
	"net/http"

	"kith/internal/api"
)

// Hooks returns all hooks of code forges.
func (c *Client) Hooks(ctx context.Context) (list api.List[api.Hook], err error) {
	err = c.Do(ctx, http.MethodGet, v1("hooks"), nil, &list)
	return list, err
}

// MakeHook makes a hook.
func (c *Client) MakeHook(ctx context.Context, d api.HookDraft) (v api.Hook, err error) {
	err = c.Do(ctx, http.MethodPost, v1("hooks"), d, &v)
	return v, err
}

// ChangeHook changes a hook. revision is what was read; 0 accepts any.
func (c *Client) ChangeHook(ctx context.Context, id string, d api.HookChange, revision int64) (v api.Hook, err error) {
	err = c.do(ctx, http.MethodPatch, v1("hooks", id), nil, revision, d, &v)
	return v, err
}

// DeleteHook removes a hook.
func (c *Client) DeleteHook(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, v1("hooks", id), nil, nil)
}

// FinishedWork returns what was finished lately.
func (c *Client) FinishedWork(ctx context.Context) (list api.List[api.FinishedWork], err error) {
	err = c.Do(ctx, http.MethodGet, v1("finished-work"), nil, &list)
	return list, err
}

// MarkAuthor says who an author is.
func (c *Client) MarkAuthor(ctx context.Context, m api.AuthorMark) error {
	return c.Do(ctx, http.MethodPost, v1("author-marks"), m, nil)
}
