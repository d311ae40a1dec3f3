package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"kith/internal/auth"
	"kith/internal/fault"
)

// versions of the protocol that are spoken, the newest first. They differ in nothing that is used here.
var versions = []string{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"} //nolint:gochecknoglobals // a constant list

const instructions = "Kith keeps somebody's micro-moments with the people around them: thanks, check-ins, shared laughs. " +
	"It is private. Ask only for what is needed, and suggest rather than press: there are no scores and no streaks. " +
	"Log a moment only when its owner asks for it, in their words."

// server answers one caller.
type server struct {
	api     API
	version string // of Kith
	scopes  auth.Scopes
}

// answer is what is sent back for a message; nil for one that wants no answer.
func (s server) answer(ctx context.Context, raw []byte) []byte {
	var in message
	out := message{Version: "2.0", ID: json.RawMessage("null")}
	if err := json.Unmarshal(raw, &in); err != nil {
		out.Error = &problem{unreadable, "This is no JSON-RPC message."}
		if json.Valid(raw) {
			out.Error = &problem{malformed, "One message at a time, as an object."}
		}
	} else {
		if len(in.ID) == 0 || in.Method == "" && (in.Result != nil || in.Error != nil) {
			return nil // a notification, or an answer to what was never asked
		}
		out.ID = in.ID
		out.Result, out.Error = s.do(ctx, in)
	}
	b, _ := json.Marshal(out) // what a tool gave was encoded before, and the rest is words
	return b
}

func (s server) do(ctx context.Context, in message) (any, *problem) {
	switch in.Method {
	case "initialize":
		return s.initialize(in.Params), nil
	case "ping":
		return struct{}{}, nil
	case "tools/list":
		return map[string]any{"tools": s.tools()}, nil
	case "tools/call":
		var p struct {
			Name      string          `json:"name"`
			Arguments json.RawMessage `json:"arguments"`
		}
		if err := json.Unmarshal(in.Params, &p); err != nil {
			return nil, &problem{badParams, "A call has a name and arguments."}
		}
		for _, t := range tools {
			if t.name == p.Name && s.scopes.Has(t.scope) {
				return s.call(ctx, t, p.Arguments), nil
			}
		}
		return nil, &problem{badParams, "There is no such tool, or the token may not use it."}
	}
	return nil, &problem{noMethod, "This method is not spoken here."}
}

// initialize agrees on a version: the one asked for, or the newest.
func (s server) initialize(params json.RawMessage) any {
	var p struct {
		Version string `json:"protocolVersion"`
	}
	_ = json.Unmarshal(params, &p) // without a version, the newest is offered
	if !slices.Contains(versions, p.Version) {
		p.Version = versions[0]
	}
	return map[string]any{
		"protocolVersion": p.Version,
		"capabilities":    map[string]any{"tools": struct{}{}},
		"serverInfo":      map[string]string{"name": "kith", "title": "Kith", "version": s.version},
		"instructions":    instructions,
	}
}

type shownTool struct {
	Name   string          `json:"name"`
	Title  string          `json:"title"`
	About  string          `json:"description"`
	Input  json.RawMessage `json:"inputSchema"`
	Nature nature          `json:"annotations"`
}

// nature is what a program may tell its user before a tool is used.
type nature struct {
	ReadOnly    bool `json:"readOnlyHint"`
	Destructive bool `json:"destructiveHint"`
	OpenWorld   bool `json:"openWorldHint"`
}

// tools are those that the scopes allow.
func (s server) tools() []shownTool {
	list := []shownTool{}
	for _, t := range tools {
		if s.scopes.Has(t.scope) {
			list = append(list, shownTool{t.name, t.title, t.about, json.RawMessage(t.input), nature{ReadOnly: t.name != writes}})
		}
	}
	return list
}

type result struct {
	Content    []content       `json:"content"`
	Structured json.RawMessage `json:"structuredContent,omitempty"`
	IsError    bool            `json:"isError,omitempty"`
}

type content struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// call uses a tool. What it refuses is told the assistant, who may mend it.
func (s server) call(ctx context.Context, t tool, args json.RawMessage) result {
	out, err := t.call(ctx, s.api, arguments(args))
	var b []byte
	if err == nil {
		b, err = json.Marshal(out)
	}
	if err != nil {
		words := "Kith could not answer. Its owner finds the reason in its log."
		if f := fault.As(err); f != nil {
			words = f.Error()
		}
		return result{Content: []content{{"text", words}}, IsError: true}
	}
	return result{Content: []content{{"text", string(b)}}, Structured: b}
}

// writes is the one tool that keeps something.
const writes = "log_moment"

type arguments []byte

// into decodes the arguments of a call; what no tool knows is refused.
func (a arguments) into(v any) error {
	if len(a) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(a))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fault.Invalid("bad_arguments", "", "The arguments do not fit the tool's schema: %v", err)
	}
	return nil
}
