package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/forge"
)

// Hook is an address at which a code forge tells what was finished.
type Hook struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Path      string      `json:"path" doc:"What to put behind the address of this Kith and give to the forge." example:"/hooks/0123456789abcdef"`
	Secret    string      `json:"secret,omitempty" doc:"Only in the answer to the request that had Kith make it: shown once, sealed at rest, not in any archive."`
	Ready     bool        `json:"ready" doc:"Whether it has a secret. Without one, as after an import, it refuses everything."`
	Forge     string      `json:"forge,omitempty" enum:"forgejo,gitea,github,gitlab" doc:"Who told something last."`
	HeardAt   *time.Time  `json:"heard_at,omitempty" doc:"About when that was."`
	Refused   HookRefused `json:"refused"`
	Revision  int64       `json:"revision"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

// HookRefused is what is known of deliveries that were refused.
type HookRefused struct {
	Count  int        `json:"count" doc:"Since the secret was set. From a hundred on it is counted once a minute at most."`
	Reason string     `json:"reason,omitempty" enum:"no_secret,no_signature,bad_signature,stale,too_large,unreadable" doc:"Of the last one."`
	At     *time.Time `json:"at,omitempty" doc:"When that was."`
}

func (v Hook) address() string { return "/hooks/" + v.ID }

// HookDraft is a hook to make.
type HookDraft struct {
	ID     string `json:"id,omitempty" maxLength:"36" doc:"A UUID of your own makes the request safe to repeat."`
	Name   string `json:"name" minLength:"1" maxLength:"100" example:"Codeberg"`
	Secret string `json:"secret,omitempty" minLength:"16" maxLength:"500" doc:"One that the forge made. Left out, Kith makes one that every forge takes, and answers it this once."`
}

// HookChange is what is to be changed; what is left out stays.
type HookChange struct {
	Name      *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Secret    *string `json:"secret,omitempty" minLength:"16" maxLength:"500" doc:"One that the forge made. The one before stops working at once."`
	NewSecret bool    `json:"new_secret,omitempty" doc:"Have Kith make a secret, and answer it this once."`
}

// FinishedWork is something that somebody finished.
type FinishedWork struct {
	ID         string     `json:"id"`
	Hook       string     `json:"hook" doc:"The id of the hook that told it."`
	Kind       string     `json:"kind" enum:"change,issue,release"`
	Title      string     `json:"title"`
	Place      string     `json:"place,omitempty" doc:"The repository or project."`
	URL        string     `json:"url,omitempty"`
	Author     WorkAuthor `json:"author"`
	FinishedAt time.Time  `json:"finished_at"`
}

// WorkAuthor is who finished something.
type WorkAuthor struct {
	Author string     `json:"author" doc:"Their handle, or their address where they have none." example:"codeberg.org/sam"`
	Email  string     `json:"email,omitempty"`
	Name   string     `json:"name,omitempty" doc:"What the forge calls them."`
	Is     string     `json:"is" enum:"person,me,nobody,unknown"`
	Person *PersonRef `json:"person,omitempty"`
}

// AuthorMark says whose a handle or an address is.
type AuthorMark struct {
	Author string `json:"author" minLength:"1" maxLength:"300" doc:"A handle such as codeberg.org/sam, @sam on any forge, or an e-mail address." example:"codeberg.org/sam"`
	Is     string `json:"is" enum:"person,me,nobody,unknown" doc:"person makes it a channel of the person; unknown takes me and nobody back."`
	Person string `json:"person,omitempty" maxLength:"36" doc:"The id of the person."`
}

// HookOf is a hook as the API shows it.
func HookOf(v forge.Hook) Hook {
	return Hook{
		ID: v.ID, Name: v.Name, Path: "/hooks/" + v.Address, Ready: v.Ready, Forge: v.Forge, HeardAt: v.HeardAt,
		Refused: HookRefused{v.Refused.Count, v.Refused.Why, v.Refused.At}, Revision: v.Revision, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
}

func workOf(w forge.Work) FinishedWork {
	a := WorkAuthor{Author: w.Author.Key(), Email: w.Author.Email, Name: w.Author.Name, Is: w.Mark}
	switch {
	case w.Person != "":
		a.Is, a.Person = "person", &PersonRef{ID: w.Person, Name: w.Name}
	case a.Is == "":
		a.Is = "unknown"
	}
	return FinishedWork{w.ID, w.Hook, w.Kind, w.Title, w.Place, w.URL, a, w.FinishedAt}
}

func (s *server) registerHooks(t *table) {
	handle(s, t, operation{
		ID: "list-hooks", Method: http.MethodGet, Path: "/hooks", Scope: auth.Read, Tag: "hooks", Summary: "List the hooks of code forges",
		Doc: "All in one answer, the one that was made first first.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Hook]], error) {
		list, err := s.Forges.List(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", HookOf), nil
	})
	handle(s, t, operation{
		ID: "make-hook", Method: http.MethodPost, Path: "/hooks", Scope: auth.Write, Tag: "hooks", Summary: "Make an address at which a code forge tells what was finished",
		Doc: "Give its path and its secret to Forgejo, Gitea, GitHub or GitLab as a webhook, for changes, issues and releases. Every delivery must be signed. " +
			"The same delivery twice changes nothing.",
		Status: http.StatusCreated, Also: []int{http.StatusOK}, Refuse: []int{http.StatusConflict, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body HookDraft }) (*one[Hook], error) {
		v, secret, created, err := s.Forges.Add(ctx, who.User, forge.Draft(in.Body))
		if err != nil {
			return nil, err
		}
		out := HookOf(v)
		out.Secret = secret
		return made(out, v.Revision, created), nil
	})
	handle(s, t, operation{
		ID: "get-hook", Method: http.MethodGet, Path: "/hooks/{id}", Scope: auth.Read, Tag: "hooks", Summary: "Read a hook, and what it refused",
		Refuse: []int{http.StatusNotFound, http.StatusGone},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*plain[Hook], error) {
		v, err := s.Forges.Get(ctx, who.User, in.ID)
		if err != nil {
			return nil, err
		}
		return &plain[Hook]{Status: http.StatusOK, Body: HookOf(v)}, nil
	})
	handle(s, t, operation{
		ID: "change-hook", Method: http.MethodPatch, Path: "/hooks/{id}", Scope: auth.Write, Tag: "hooks", Summary: "Rename a hook, or give it another secret",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
		Body HookChange
	},
	) (*one[Hook], error) {
		e := forge.Edit{Name: in.Body.Name, Secret: in.Body.Secret}
		if in.Body.NewSecret {
			if e.Secret != nil {
				return nil, fault.Invalid("hook_secrets", "new_secret", "Give a secret or have one made, not both.")
			}
			e.Secret = new(string)
		}
		v, secret, err := s.Forges.Update(ctx, who.User, in.ID, e, in.revision())
		if err != nil {
			return nil, err
		}
		out := HookOf(v)
		out.Secret = secret
		return found(out, v.Revision), nil
	})
	handle(s, t, operation{
		ID: "delete-hook", Method: http.MethodDelete, Path: "/hooks/{id}", Scope: auth.Delete, Tag: "hooks", Summary: "Remove a hook",
		Doc: "What it told is forgotten at once.", Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusPreconditionFailed},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		IfMatch
	},
	) (*none, error) {
		return &none{}, s.Forges.Delete(ctx, who.User, in.ID, in.revision())
	})
	handle(s, t, operation{
		ID: "list-finished-work", Method: http.MethodGet, Path: "/finished-work", Scope: auth.Read, Tag: "hooks", Summary: "List what was finished in the last sixty days",
		Doc: "Newest first, at most 500. Who somebody is follows from the channels of your people: an e-mail address, or a web address such as codeberg.org/sam.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[FinishedWork]], error) {
		u, err := s.Accounts.Get(ctx, who.User)
		if err != nil {
			return nil, err
		}
		list, err := s.Forges.Work(ctx, u, 500)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", workOf), nil
	})
	handle(s, t, operation{
		ID: "list-author-marks", Method: http.MethodGet, Path: "/author-marks", Scope: auth.Read, Tag: "hooks", Summary: "List whom you said to be you, or nobody you know",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[AuthorMark]], error) {
		list, err := s.Forges.Marks(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", func(m forge.Mark) AuthorMark { return AuthorMark{Author: m.Author, Is: m.Mark} }), nil
	})
	handle(s, t, operation{
		ID: "mark-author", Method: http.MethodPost, Path: "/author-marks", Scope: auth.Write, Tag: "hooks", Summary: "Say who an author is",
		Doc:    "Your own work is never suggested to you, nor is that of somebody you do not know.",
		Refuse: []int{http.StatusNotFound, http.StatusGone, http.StatusConflict},
	}, func(ctx context.Context, who auth.Identity, in *struct{ Body AuthorMark }) (*none, error) {
		b := in.Body
		switch b.Is {
		case "person":
			return &none{}, s.Forges.Tie(ctx, who.User, b.Author, b.Person)
		case "unknown":
			b.Is = ""
		}
		_, err := s.Forges.MarkAs(ctx, who.User, b.Author, b.Is)
		return &none{}, err
	})
}
