package forge

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Forges, by how they sign.
const (
	Forgejo = "forgejo"
	Gitea   = "gitea"
	GitHub  = "github"
	GitLab  = "gitlab"
)

// skew is how far the time of a delivery that has one may be from ours, as the Standard Webhooks recommend.
const skew = 5 * time.Minute

// whsec begins a secret of the Standard Webhooks; behind it the key stands in base64.
const whsec = "whsec_"

// newSecret makes a secret that every forge takes: a text for those that sign with its letters, and of the form that
// GitLab's signing token has.
func newSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return whsec + base64.StdEncoding.EncodeToString(b)
}

// verify says which forge signed a delivery, or why it is refused. The first signature that is there decides, the
// strongest first: a bad one is not rescued by another.
func verify(secret string, h http.Header, body []byte, now time.Time) (forge, why string) {
	if secret == "" {
		return "", NoSecret
	}
	for _, by := range []struct{ forge, header, before string }{
		{Forgejo, "X-Forgejo-Signature", ""}, {Gitea, "X-Gitea-Signature", ""}, {GitHub, "X-Hub-Signature-256", "sha256="},
	} {
		said := h.Get(by.header)
		if said == "" {
			continue
		}
		text, ok := strings.CutPrefix(said, by.before)
		sum, err := hex.DecodeString(text)
		if !ok || err != nil || !hmac.Equal(sum, mac([]byte(secret), body)) {
			return by.forge, BadSignature
		}
		return by.forge, ""
	}
	if said := h.Get("Webhook-Signature"); said != "" {
		return GitLab, standard(secret, said, h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), body, now)
	}
	if said := h.Get("X-Gitlab-Token"); said != "" {
		// Digests have one length, so that the comparison says nothing about the secret's.
		a, b := sha256.Sum256([]byte(said)), sha256.Sum256([]byte(secret))
		if subtle.ConstantTimeCompare(a[:], b[:]) != 1 {
			return GitLab, BadSignature
		}
		return GitLab, ""
	}
	return "", NoSignature
}

// standard checks a signature of the Standard Webhooks, which GitLab's signing token makes.
func standard(secret, said, id, at string, body []byte, now time.Time) (why string) {
	text, ok := strings.CutPrefix(secret, whsec)
	key, err := base64.StdEncoding.DecodeString(text)
	seconds, wrong := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || len(key) == 0 || wrong != nil || id == "" {
		return BadSignature
	}
	want := mac(key, []byte(id+"."+at+"."), body)
	for one := range strings.FieldsSeq(said) {
		text, ok := strings.CutPrefix(one, "v1,")
		sum, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || !hmac.Equal(sum, want) {
			continue
		}
		if off := now.Sub(time.Unix(seconds, 0)); off > skew || off < -skew {
			return Stale
		}
		return ""
	}
	return BadSignature
}

func mac(key []byte, parts ...[]byte) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		_, _ = m.Write(p) // a hash never fails
	}
	return m.Sum(nil)
}
