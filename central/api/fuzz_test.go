package api

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"siteward/central"
	"siteward/central/store/badger"
)

// FuzzBody sends any body to each operation that reads one: what is wrong with it is said as a problem, and never a mistake of ours.
func FuzzBody(f *testing.F) {
	s, err := badger.Open(f.TempDir(), badger.Options{NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	a, err := New(s, &fakeCodes{}, slog.New(slog.NewTextHandler(io.Discard, nil)), time.Now, "test")
	if err != nil {
		f.Fatal(err)
	}
	h := Local(a)
	site := central.Site{ID: "s-fuzz", Name: "Site"}
	if err := s.PutSite(f.Context(), &site); err != nil {
		f.Fatal(err)
	}
	paths := []string{"POST /sites", "PUT /sites/s-fuzz", "POST /sites/s-fuzz/code", "POST /sites/s-fuzz/revoke", "POST /sites/s-fuzz/logbook/copy", "POST /hooks", "POST /tokens"}
	for i, body := range []string{`{"name":"Site"}`, `{"name":"\u0000","ring":"test","every":"15m"}`, `{"hours":-1}`, `{"why":""}`, `{"why":"x"}`, `{"name":"h","url":"https://x","secret":"whsec_!","kinds":["*"]}`,
		`{"name":"t","write":true,"days":999999999999}`} {
		f.Add(uint8(i), body)
	}
	f.Add(uint8(0), `[`)
	f.Add(uint8(5), `{"kinds":{}}`)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		method, path, _ := strings.Cut(paths[int(which)%len(paths)], " ")
		r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError || w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s %s %q: %d %s", method, path, body, w.Code, w.Body)
		}
	})
}
