package dav

import (
	"net/mail"
	"strings"
	"time"

	"kith/internal/fault"
	"kith/internal/httpsafe"
	"kith/internal/request"
)

// Bounds of accounts.
const (
	maxAccounts = 20
	maxFound    = 200 // calendars and address books of an account
)

// Account is where one signs in once and follows several calendars and address books.
type Account struct {
	ID        string
	Name      string
	Address   string // as it was entered: of a server, or for mail
	Login     string
	Password  string // never shown
	Calendars []Calendar
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Host is where it lives, without what may be secret.
func (a Account) Host() string {
	if _, domain, ok := strings.Cut(a.Address, "@"); ok && !strings.Contains(a.Address, "/") {
		return domain
	}
	return Calendar{URL: a.Address}.Host()
}

// AccountDraft is an account to add.
type AccountDraft struct {
	ID       string // a client's own; empty makes one
	Name     string // empty takes the host's
	Address  string // of the server, or for mail
	Login    string // empty takes an address for mail
	Password string
}

// AccountChange is what to change; nil leaves as it is.
type AccountChange struct {
	Name, Address, Login, Password *string
}

func (d AccountDraft) clean(o httpsafe.Options) (AccountDraft, error) {
	var err error
	if d.Address, err = cleanAddress(d.Address, o); err != nil {
		return d, err
	}
	if d.Name, err = cleanName(d.Name); err != nil {
		return d, err
	}
	if d.Name == "" {
		d.Name = Account{Address: d.Address}.Host()
	}
	if d.Login == "" && isMail(d.Address) {
		d.Login = d.Address
	}
	if d.Login == "" {
		return d, fault.Invalid("account_login", "login", "Enter the name you sign in with.")
	}
	if err := checkSecret("login", d.Login); err != nil {
		return d, err
	}
	return d, checkSecret("password", d.Password)
}

// cleanAddress reads an address of a server or for mail.
func cleanAddress(s string, o httpsafe.Options) (string, error) {
	s = strings.TrimSpace(s)
	if isMail(s) {
		_, domain, _ := strings.Cut(s, "@")
		return s, o.Check("https://" + domain)
	}
	return cleanURL(s, o)
}

func isMail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, "/:[")
}

// fingerprint tells requests under one id apart. The password is not in it: a short one could be guessed from its digest.
func (d AccountDraft) fingerprint() string {
	return request.Fingerprint([]any{"account", d.Name, d.Address, d.Login})
}
