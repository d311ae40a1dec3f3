package cli

import (
	"context"
	"net/http"
	"strings"

	"kith/internal/auth"
	"kith/internal/client"
	"kith/internal/mcp"
)

type mcpCmd struct {
	Log bool `help:"Let the assistant log moments too. Without it, it may only read."`

	personFlags `embed:""`
}

// Run speaks the Model Context Protocol with the program that started it, over standard input and output.
func (c *mcpCmd) Run(ctx context.Context, a *app) error {
	scopes := auth.NewScopes(auth.Read)
	if c.Log {
		scopes = auth.NewScopes(auth.Read, auth.Capture)
	}
	return mcp.Stdio(ctx, perCall{c, a}, thisVersion().Version, scopes, a.in, a.out)
}

// perCall opens Kith for one call and closes it again: an assistant runs for days, and must not hold the data folder.
type perCall struct {
	c *mcpCmd
	a *app
}

// Do implements mcp.API.
func (p perCall) Do(ctx context.Context, method, path string, in, out any) error {
	return p.c.with(ctx, p.a, func(k *client.Client) error { return k.Do(ctx, method, path, in, out) })
}

// assistant is the API as whoever's token a request bears.
func (h *house) assistant(r *http.Request) (mcp.API, auth.Scopes, error) {
	who, err := h.api.Caller(r)
	if err != nil {
		return nil, 0, err
	}
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return client.Bearer(h.api, strings.TrimSpace(token)), who.Scopes, nil
}
