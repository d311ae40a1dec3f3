// Package mcp lets an assistant ask Kith, and with leave log a moment, by the Model Context Protocol
// (modelcontextprotocol.io). It holds no rules: every tool asks the HTTP API as the caller, so that scopes and refusals
// are the API's. Nothing here changes or deletes, and private words stay away from it.
package mcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"kith/internal/auth"
	"kith/internal/fault"
)

// API is Kith's HTTP API as one caller. Do sends in as JSON to a path with its query and decodes the answer into out; a
// refusal is a fault.
type API interface {
	Do(ctx context.Context, method, path string, in, out any) error
}

// most is how many bytes one message may have.
const most = 1 << 16

// Caller says who asks, by the token of a request, and gives the API as that caller.
type Caller func(r *http.Request) (API, auth.Scopes, error)

// Handler speaks the streamable HTTP transport. It keeps no session and streams nothing, so that any node answers, and
// wants an API token.
func Handler(who Caller, version string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api, scopes, err := caller(who, r)
		if err != nil {
			refuse(w, err)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "An assistant asks by POST; nothing is streamed.", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		if err != nil {
			http.Error(w, "That was more than is read at once.", http.StatusRequestEntityTooLarge)
			return
		}
		s := server{api, version, scopes}
		answer := s.answer(r.Context(), body)
		if answer == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(answer)
	})
}

func caller(who Caller, r *http.Request) (API, auth.Scopes, error) {
	if r.Header.Get("Authorization") == "" { // a cookie is for pages
		return nil, 0, fault.Unknown("token_missing", "An assistant needs a token of yours: Authorization: Bearer TOKEN. Make one in the settings; reading is enough.")
	}
	return who(r)
}

func refuse(w http.ResponseWriter, err error) {
	f := fault.As(err)
	if f == nil {
		http.Error(w, "Kith cannot answer at the moment.", http.StatusServiceUnavailable)
		return
	}
	if f.Kind == fault.KindUnknown {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if f.Kind == fault.KindBusy {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, f.Message, f.Kind.Status())
}

// Stdio speaks to the program that started this one, a message a line, until that closes in.
func Stdio(ctx context.Context, api API, version string, scopes auth.Scopes, in io.Reader, out io.Writer) error {
	s := server{api, version, scopes}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, most)
	for ctx.Err() == nil && lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if answer := s.answer(ctx, lines.Bytes()); answer != nil {
			if _, err := out.Write(append(answer, '\n')); err != nil {
				return err
			}
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fault.TooLarge("message_too_large", "", "The assistant sent more than is read at once.")
	}
	return lines.Err()
}

// message is one of JSON-RPC 2.0.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *problem        `json:"error,omitempty"`
}

// problem is an error of the protocol; what a tool refuses is a result that says so.
type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Codes of JSON-RPC 2.0, section 5.1.
const (
	unreadable = -32700
	malformed  = -32600
	noMethod   = -32601
	badParams  = -32602
)
