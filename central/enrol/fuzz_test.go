package enrol_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	wire "siteward/appliance/enrol"
	"siteward/central"
	"siteward/central/enrol"
	"siteward/central/store/badger"
)

// FuzzSite: whatever a site says about keys, no key enters and none goes without a signature that fits.
func FuzzSite(f *testing.F) {
	for _, body := range []string{"", "{}", `{"payload":"e30=","signature":"AA=="}`, `{"payload":"eyJzaXRlIjoic2l0ZS1vbmUifQ==","signature":"AAAA"}`, `[]`} {
		for i := range uint8(4) {
			f.Add(i, body)
		}
	}
	s, err := badger.Open(f.TempDir(), badger.Options{NoSync: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	if err := s.PutSite(f.Context(), &central.Site{ID: "site-one", Name: "Muster"}); err != nil {
		f.Fatal(err)
	}
	e, err := enrol.Open(f.Context(), s, enrol.Options{Name: "Weber IT"})
	if err != nil {
		f.Fatal(err)
	}
	h := e.Handler(nil)
	paths := []string{wire.Path, wire.PathRotate, wire.PathLeave, wire.PathOffers}
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", paths[int(which)%len(paths)], strings.NewReader(body)))
		if w.Code/100 == 2 {
			t.Errorf("taken: %q", body)
		}
		row, err := s.Site(t.Context(), "site-one")
		if err != nil || len(row.Site.Keys) != 0 || row.Site.Paused != "" {
			t.Errorf("%+v %v", row.Site, err)
		}
	})
}
