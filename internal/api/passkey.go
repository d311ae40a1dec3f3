package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/auth"
)

// Passkey is a key that a device keeps for its owner. What a program sees of it opens nothing.
type Passkey struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Host      string     `json:"host" doc:"The host it was made for, the only one at which it works."`
	BackedUp  bool       `json:"backed_up" doc:"Its keeper has copied it to other devices."`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"Absent: never."`
}

// PasskeyChange is what may be changed about a passkey.
type PasskeyChange struct {
	Name string `json:"name" minLength:"1" maxLength:"100"`
}

// RecoveryCodes says how many recovery codes there are. They themselves are shown once, on the page that makes them.
type RecoveryCodes struct {
	Left int64 `json:"left" doc:"How many still work."`
}

// PasskeyOf is a passkey as the API shows it.
func PasskeyOf(k auth.Passkey) Passkey {
	return Passkey{ID: k.ID, Name: k.Name, Host: k.Party, BackedUp: k.Backed, CreatedAt: k.CreatedAt, UsedAt: k.UsedAt}
}

func (s *server) registerPasskeys(t *table) {
	handle(s, t, operation{
		ID: "list-passkeys", Method: http.MethodGet, Path: "/passkeys", Scope: auth.Read, Tag: "account", Summary: "List passkeys",
		Doc: "Oldest first. They are made in a browser, on the page /passkeys.",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[List[Passkey]], error) {
		list, err := s.Auth.Passkeys(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return listOf(list, "", PasskeyOf), nil
	})
	handle(s, t, operation{
		ID: "rename-passkey", Method: http.MethodPatch, Path: "/passkeys/{id}", Scope: auth.Write, Tag: "account", Summary: "Rename a passkey",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *struct {
		ByID
		Body PasskeyChange
	},
	) (*none, error) {
		return &none{}, s.Auth.RenamePasskey(ctx, who.User, in.ID, in.Body.Name)
	})
	handle(s, t, operation{
		ID: "remove-passkey", Method: http.MethodDelete, Path: "/passkeys/{id}", Scope: auth.Delete, Tag: "account", Summary: "Remove a passkey",
		Doc:    "It opens nothing any more. The last one goes only while there is a recovery code; without one, remove it on the page, which asks for the password.",
		Refuse: []int{http.StatusNotFound},
	}, func(ctx context.Context, who auth.Identity, in *ByID) (*none, error) {
		return &none{}, s.Auth.RemovePasskey(ctx, who, in.ID, "")
	})
	handle(s, t, operation{
		ID: "get-recovery-codes", Method: http.MethodGet, Path: "/recovery-codes", Scope: auth.Read, Tag: "account", Summary: "How many recovery codes are left",
	}, func(ctx context.Context, who auth.Identity, _ *struct{}) (*plain[RecoveryCodes], error) {
		n, err := s.Auth.RecoveryLeft(ctx, who.User)
		if err != nil {
			return nil, err
		}
		return &plain[RecoveryCodes]{Status: http.StatusOK, Body: RecoveryCodes{n}}, nil
	})
}
