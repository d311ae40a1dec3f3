package forge_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/internal/forge"
)

// hexMAC is what Forgejo, Gitea and GitHub write: HMAC-SHA256 of the body in hexadecimal, with the secret's letters as key.
func hexMAC(secret, body string) string {
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = m.Write([]byte(body))
	return hex.EncodeToString(m.Sum(nil))
}

// standardMAC is what GitLab's signing token makes, by the Standard Webhooks.
func standardMAC(t testing.TB, secret, id string, at time.Time, body string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha256.New, key)
	_, _ = m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

func TestVerify(t *testing.T) {
	t.Parallel()
	const secret, body = "whsec_QSBrZXkgb2YgdGhpcnR5LXR3byBieXRlcywgb3Igc28u", `{"a": 1}`
	other := secret[:len(secret)-2] + "9u"
	standard := func(s string, at time.Time) []string {
		return []string{"Webhook-Id", "msg_1", "Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10), "Webhook-Signature", standardMAC(t, s, "msg_1", at, body)}
	}
	good := hexMAC(secret, body)
	for _, tt := range []struct {
		what       string
		header     []string
		forge, why string
	}{
		{"Forgejo", []string{"X-Forgejo-Signature", good, "X-Gitea-Signature", good, "X-Hub-Signature-256", "sha256=" + good}, forge.Forgejo, ""},
		{"Gitea", []string{"X-Gitea-Signature", good}, forge.Gitea, ""},
		{"GitHub", []string{"X-Hub-Signature-256", "sha256=" + good}, forge.GitHub, ""},
		{"GitLab's secret token", []string{"X-Gitlab-Token", secret}, forge.GitLab, ""},
		{"GitLab's signing token", standard(secret, now.Add(-2*time.Minute)), forge.GitLab, ""},
		{"two signatures, one ours", append(standard(secret, now)[:5], standardMAC(t, other, "msg_1", now, body)+" "+standardMAC(t, secret, "msg_1", now, body)), forge.GitLab, ""},

		{"nothing", nil, "", forge.NoSignature},
		{"empty ones", []string{"X-Forgejo-Signature", "", "X-Gitlab-Token", ""}, "", forge.NoSignature},
		{"the weak one of GitHub", []string{"X-Hub-Signature", "sha1=" + good[:40]}, "", forge.NoSignature},
		{"another secret", []string{"X-Gitea-Signature", hexMAC(other, body)}, forge.Gitea, forge.BadSignature},
		{"another body", []string{"X-Hub-Signature-256", "sha256=" + hexMAC(secret, body+" ")}, forge.GitHub, forge.BadSignature},
		{"without its mark", []string{"X-Hub-Signature-256", good}, forge.GitHub, forge.BadSignature},
		{"cut off", []string{"X-Forgejo-Signature", good[:62]}, forge.Forgejo, forge.BadSignature},
		{"no digits", []string{"X-Forgejo-Signature", strings.Repeat("z", 64)}, forge.Forgejo, forge.BadSignature},
		{"a bad one beside a good one", []string{"X-Forgejo-Signature", hexMAC(other, body), "X-Hub-Signature-256", "sha256=" + good}, forge.Forgejo, forge.BadSignature},
		{"another token", []string{"X-Gitlab-Token", other}, forge.GitLab, forge.BadSignature},
		{"the token beside a bad signature", append(standard(other, now), "X-Gitlab-Token", secret), forge.GitLab, forge.BadSignature},
		{"too old", standard(secret, now.Add(-6*time.Minute)), forge.GitLab, forge.Stale},
		{"not yet", standard(secret, now.Add(6*time.Minute)), forge.GitLab, forge.Stale},
		{"no time", append(standard(secret, now), "Webhook-Timestamp", "today"), forge.GitLab, forge.BadSignature},
		{"another id", append(standard(secret, now), "Webhook-Id", "msg_2"), forge.GitLab, forge.BadSignature},
		{"another version", append(standard(secret, now), "Webhook-Signature", "v2,"+strings.TrimPrefix(standardMAC(t, secret, "msg_1", now, body), "v1,")), forge.GitLab, forge.BadSignature},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for i := 0; i < len(tt.header); i += 2 {
				h.Set(tt.header[i], tt.header[i+1])
			}
			if by, why := forge.Verify(secret, h, []byte(body), now); by != tt.forge || why != tt.why {
				t.Errorf("%q %q, want %q %q", by, why, tt.forge, tt.why)
			}
			if _, why := forge.Verify("", h, []byte(body), now); why != forge.NoSecret {
				t.Errorf("without a secret: %q", why)
			}
		})
	}
}
