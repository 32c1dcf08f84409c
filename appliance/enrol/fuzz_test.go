package enrol

import (
	"crypto/ed25519"
	"io"
	"net/http"
	"strings"
	"testing"
)

type says struct {
	status int
	body   string
}

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Status: http.StatusText(s.status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

// FuzzCentral: whatever answers in central's place, nobody takes it for a central that has not signed this very question.
func FuzzCentral(f *testing.F) {
	for _, body := range []string{"", "{}", "[]", `{"payload":"e30=","signature":""}`, `{"code":"key_revoked"}`, `[{"payload":"e30=","signature":"AA=="}]`} {
		f.Add(200, body)
		f.Add(403, body)
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	f.Fuzz(func(t *testing.T, status int, body string) {
		c := Client{HTTP: &http.Client{Transport: says{status, body}}, URL: "https://central.test"}
		if id, err := c.Identity(t.Context()); err == nil {
			t.Errorf("an identity out of nothing: %+v", id)
		}
		if e, err := c.Enrol(t.Context(), key.Public().(ed25519.PublicKey), key, Request{Code: "x"}); err == nil {
			t.Errorf("enrolled out of nothing: %+v", e)
		}
		if list, err := c.Offers(t.Context(), "site-one", nil, key); err == nil {
			for _, s := range list {
				var v Identity
				if Open(key.Public().(ed25519.PublicKey), PurposeOffer, s, &v) == nil {
					t.Errorf("an offer out of nothing: %s", s.Payload)
				}
			}
		}
	})
}
