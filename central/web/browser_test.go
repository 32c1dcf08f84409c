package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"siteward/appliance/access/accesstest"
	"siteward/appliance/offer"
	"siteward/central/people"
	"siteward/ui/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// TestPagesInChromium looks at the provider's pages by day and night, on a desktop and a phone.
func TestPagesInChromium(t *testing.T) {
	b := sample(t)
	if _, err := b.Server.Enrol.Offer(t.Context(), "anna", offer.Offer{Kind: offer.KindProfile, Name: "procurve", Notes: "Reads the fans.", Body: []byte("profile: procurve\n")}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Server.Enrol.NewCode(t.Context(), "s-bad", "anna", 0); err != nil {
		t.Fatal(err)
	}
	session := accesstest.SignIn(t, b.Gate, people.Administrator)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/signin" {
			for _, c := range session.Cookies {
				r.AddCookie(c)
			}
		}
		b.Server.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	browser := uitest.Open(t)
	for _, path := range []string{"/", "/sites/s-bad", "/sites/s-quiet", "/sites/s-bad/connection", "/sites/new", "/offers", "/offers/1", "/together", "/sites/s-bad/month/2026-11", "/signin", "/profile/factor", "/settings/accounts/2", "/settings/tokens", "/settings/hooks/new"} {
		browser.Goto(t, srv.URL+path, uitest.Look{}).Glance("central" + strings.ReplaceAll(path, "/", "-"))
	}
}
