package client

import (
	"context"
	"net/http"
	"net/url"

	"kith/internal/api"
)

// Digest returns a week as it would be mailed; without a week, the one that would be sent now.
func (c *Client) Digest(ctx context.Context, week string) (v api.Digest, err error) {
	err = c.do(ctx, http.MethodGet, v1("digest"), url.Values{"week": {week}}, 0, nil, &v)
	return v, err
}

// SendDigest has a week mailed to the address of the account.
func (c *Client) SendDigest(ctx context.Context, week string) error {
	return c.do(ctx, http.MethodPost, v1("digest"), url.Values{"week": {week}}, 0, nil, nil)
}

// DigestSetting returns whether and when the week comes by mail.
func (c *Client) DigestSetting(ctx context.Context) (v api.DigestSetting, err error) {
	err = c.Do(ctx, http.MethodGet, v1("digest-setting"), nil, &v)
	return v, err
}

// SetDigest keeps whether and when the week comes by mail. revision is what was read; 0 accepts any.
func (c *Client) SetDigest(ctx context.Context, d api.DigestChange, revision int64) (v api.DigestSetting, err error) {
	err = c.do(ctx, http.MethodPut, v1("digest-setting"), nil, revision, d, &v)
	return v, err
}
