package transfer_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"kith/internal/forge"
)

// finish has a forge tell of a change and of one's own, and removes a hook.
func (h *house) finish(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	v, secret, _, err := h.nouns.Forges.Add(ctx, h.by, forge.Draft{Name: "Forge <b>"})
	if err != nil {
		t.Fatal(err)
	}
	old, _, _, err := h.nouns.Forges.Add(ctx, h.by, forge.Draft{Name: "Old"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.nouns.Forges.Delete(ctx, h.by, old.ID, 0); err != nil {
		t.Fatal(err)
	}
	const body = `{"action": "closed", "pull_request": {"number": 7, "title": "Grüße & <mehr>", "merged": true, "merged_at": "2026-11-23T08:00:00Z",
		"html_url": "https://forge.example.org/a/b/pulls/7", "user": {"login": "Jose", "full_name": "José", "email": "jose@example.net"}},
		"repository": {"full_name": "a/b", "html_url": "https://forge.example.org/a/b"}}`
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = m.Write([]byte(body))
	head := http.Header{}
	head.Set("X-Forgejo-Event", "pull_request")
	head.Set("X-Forgejo-Signature", hex.EncodeToString(m.Sum(nil)))
	if out, err := h.nouns.Forges.Receive(ctx, v.Address, head, strings.NewReader(body)); err != nil || out != forge.Kept {
		t.Fatal(out, err)
	}
	for author, mark := range map[string]string{"forge.example.org/ana": forge.Me, "renovate": forge.Nobody} {
		if _, err := h.nouns.Forges.MarkAs(ctx, h.by, author, mark); err != nil {
			t.Fatal(err)
		}
	}
	text := []byte(unzip(t, h.export(t)))
	if bytes.Contains(text, []byte(secret)) || bytes.Contains(text, []byte(v.Address)) {
		t.Error("a secret or an address leaves with the archive")
	}
}
