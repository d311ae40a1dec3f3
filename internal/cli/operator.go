package cli

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"kith/internal/account"
	"kith/internal/api"
	"kith/internal/auth"
	"kith/internal/fault"
	"kith/internal/httpd"
)

// operatorPrefix is where the operator's routes are: what whoever owns the data folder may do and no account may.
// They exist behind house.local alone.
const operatorPrefix = "/operator/"

// operator serves those routes to the commands of operation.
type operator struct{ h *house }

// newUser is an account to be made.
type newUser struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Password string `json:"password"`
	Zone     string `json:"zone,omitempty"`
	Locale   string `json:"locale,omitempty"`
	Admin    bool   `json:"admin,omitempty"`
}

// userInfo is an account as an operator sees it.
type userInfo struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Zone      string    `json:"zone"`
	Locale    string    `json:"locale"`
	Admin     bool      `json:"admin"`
	CreatedAt time.Time `json:"created_at"`
	Passkeys  int       `json:"passkeys"`
}

func userInfoOf(u account.User) userInfo {
	return userInfo{ID: string(u.ID), Email: u.Email, Name: u.Name, Zone: u.Zone, Locale: u.Locale, Admin: u.Admin, CreatedAt: u.CreatedAt}
}

type userList struct {
	Items []userInfo `json:"items"`
}

// byEmail names an account.
type byEmail struct {
	Email string `json:"email"`
}

// passkeysOf names an account, and what of its ways in is to go.
type passkeysOf struct {
	Email       string `json:"email"`
	Remove      string `json:"remove,omitempty"`
	RemoveAll   bool   `json:"remove_all,omitempty"`
	ForgetCodes bool   `json:"forget_codes,omitempty"`
}

type passkeyList struct {
	Items []api.Passkey `json:"items"`
	Codes int64         `json:"recovery_codes_left"`
}

// resetLink is a secret to set a new password with, once.
type resetLink struct {
	Secret string `json:"secret"`
}

// newToken is a token to be made for somebody.
type newToken struct {
	Email     string     `json:"email"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

type tokenList struct {
	Items []api.Token `json:"items"`
}

// tokenRef names a token of somebody.
type tokenRef struct {
	Email string `json:"email"`
	ID    string `json:"id"`
}

func newOperator(h *house, log *slog.Logger) http.Handler {
	o := &operator{h}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /operator/users/add", answer(log, o.addUser))
	mux.HandleFunc("POST /operator/users/list", answer(log, o.listUsers))
	mux.HandleFunc("POST /operator/users/reset-password", answer(log, o.resetPassword))
	mux.HandleFunc("POST /operator/users/passkeys", answer(log, o.passkeys))
	mux.HandleFunc("POST /operator/users/erase", answer(log, o.eraseUser))
	mux.HandleFunc("POST /operator/tokens/new", answer(log, o.newToken))
	mux.HandleFunc("POST /operator/tokens/list", answer(log, o.listTokens))
	mux.HandleFunc("POST /operator/tokens/revoke", answer(log, o.revokeToken))
	mux.HandleFunc("POST /operator/doctor", answer(log, o.doctor))
	return httpd.Limit(httpd.DefaultBody)(mux)
}

// answer turns a function into a route: JSON in, JSON or a problem out. What does not depend on the types is in respond,
// so that the program holds it once.
func answer[In, Out any](log *slog.Logger, f func(r *http.Request, in In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		respond(log, w, r, &in, func() (any, error) { return f(r, in) })
	}
}

func respond(log *slog.Logger, w http.ResponseWriter, r *http.Request, in any, f func() (any, error)) {
	if !auth.IsLocal(r.Context()) { // house.public does not serve this; if it ever did, nobody would get in
		http.NotFound(w, r)
		return
	}
	var out any
	err := json.NewDecoder(r.Body).Decode(in)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fault.Invalid("bad_json", "", "The request is no JSON.").Because(err)
	} else {
		out, err = f()
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		f := fault.As(err)
		if f == nil {
			log.ErrorContext(r.Context(), "operator request failed", "path", r.URL.Path, "error", err)
			f = &fault.Error{Code: "internal", Message: "That failed: " + err.Error()}
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(f.Kind.Status())
		_ = json.NewEncoder(w).Encode(map[string]any{"status": f.Kind.Status(), "title": http.StatusText(f.Kind.Status()), "code": f.Code, "detail": f.Error()})
		return
	}
	_ = json.NewEncoder(w).Encode(out)
}

// nothing is an empty request or answer.
type nothing struct{}

func (o *operator) addUser(r *http.Request, in newUser) (userInfo, error) {
	n, err := o.h.accounts.Count(r.Context())
	if err != nil {
		return userInfo{}, err
	}
	u, err := o.h.auth.Register(r.Context(), account.Draft{
		Email: in.Email, Name: in.Name, Zone: in.Zone, Locale: in.Locale, Admin: in.Admin || n == 0,
	}, in.Password)
	return userInfoOf(u), err
}

func (o *operator) listUsers(r *http.Request, _ nothing) (userList, error) {
	list, err := o.h.accounts.List(r.Context())
	out := userList{Items: make([]userInfo, len(list))}
	for i, u := range list {
		keys, err := o.h.auth.Passkeys(r.Context(), u.ID)
		if err != nil {
			return userList{}, err
		}
		out.Items[i] = userInfoOf(u)
		out.Items[i].Passkeys = len(keys)
	}
	return out, err
}

// passkeys lists somebody's passkeys, after it has taken away what it is asked to.
func (o *operator) passkeys(r *http.Request, in passkeysOf) (passkeyList, error) {
	ctx := r.Context()
	u, err := o.h.accounts.ByEmail(ctx, in.Email)
	if err != nil {
		return passkeyList{}, err
	}
	by := auth.Identity{User: u.ID, Local: true}
	list, err := o.h.auth.Passkeys(ctx, u.ID)
	if err != nil {
		return passkeyList{}, err
	}
	for _, k := range list {
		if in.RemoveAll {
			if err := o.h.auth.RemovePasskey(ctx, by, k.ID, ""); err != nil {
				return passkeyList{}, err
			}
		}
	}
	if in.Remove != "" {
		if err := o.h.auth.RemovePasskey(ctx, by, in.Remove, ""); err != nil {
			return passkeyList{}, err
		}
	}
	if in.ForgetCodes {
		if err := o.h.auth.ForgetRecovery(ctx, u.ID); err != nil {
			return passkeyList{}, err
		}
	}
	if list, err = o.h.auth.Passkeys(ctx, u.ID); err != nil {
		return passkeyList{}, err
	}
	out := passkeyList{Items: make([]api.Passkey, len(list))}
	for i, k := range list {
		out.Items[i] = api.PasskeyOf(k)
	}
	out.Codes, err = o.h.auth.RecoveryLeft(ctx, u.ID)
	return out, err
}

func (o *operator) resetPassword(r *http.Request, in byEmail) (resetLink, error) {
	secret, err := o.h.auth.ResetLink(r.Context(), in.Email)
	return resetLink{secret}, err
}

func (o *operator) eraseUser(r *http.Request, in byEmail) (nothing, error) {
	u, err := o.h.accounts.ByEmail(r.Context(), in.Email)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, o.h.accounts.Erase(r.Context(), u.ID)
}

// who is the account an operator names, or the only one.
func (o *operator) who(r *http.Request, email string) (account.ID, error) {
	r = r.Clone(r.Context())
	r.Header.Set(auth.UserHeader, email)
	id, err := o.h.auth.FromRequest(r.Context(), r)
	return id.User, err
}

func (o *operator) newToken(r *http.Request, in newToken) (api.Token, error) {
	id, err := o.who(r, in.Email)
	if err != nil {
		return api.Token{}, err
	}
	scopes, err := auth.ParseScopes(in.Scopes)
	if err != nil {
		return api.Token{}, err
	}
	t, secret, err := o.h.auth.NewToken(r.Context(), auth.Identity{User: id, Local: true}, "", auth.TokenDraft{Name: in.Name, Scopes: scopes, ExpiresAt: in.ExpiresAt})
	if err != nil {
		return api.Token{}, err
	}
	out := api.TokenOf(t)
	out.Secret = secret
	return out, nil
}

func (o *operator) listTokens(r *http.Request, in byEmail) (tokenList, error) {
	id, err := o.who(r, in.Email)
	if err != nil {
		return tokenList{}, err
	}
	list, err := o.h.auth.Tokens(r.Context(), id)
	out := tokenList{Items: make([]api.Token, len(list))}
	for i, t := range list {
		out.Items[i] = api.TokenOf(t)
	}
	return out, err
}

func (o *operator) revokeToken(r *http.Request, in tokenRef) (nothing, error) {
	id, err := o.who(r, in.Email)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, o.h.auth.RevokeToken(r.Context(), id, in.ID)
}

func (o *operator) doctor(r *http.Request, _ nothing) (report, error) {
	out := examine(r.Context(), o.h.db)
	if out.healthy() {
		o.h.examine(r.Context(), &out)
	}
	return out, nil
}
