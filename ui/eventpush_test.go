package ui_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestEventsOfAgents(t *testing.T) {
	b := apptest.Server(t)
	packed := func(s string) string {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = z.Write([]byte(s))
		_ = z.Close()
		return out.String()
	}
	for _, c := range []struct {
		name, token, encoding, body string
		status                      int
		answer                      string
	}{
		{"lines", "p_good", "", "{}\n{}\n", http.StatusOK, `{"received":2}`},
		{"packed", "p_good", "gzip", packed("{}\n"), http.StatusOK, `{"received":1}`},
		{"nobody's address", "p_bad", "", "{}\n", http.StatusNotFound, ""},
		{"not what it says", "p_good", "gzip", "{}\n", http.StatusUnprocessableEntity, ""},
		{"an unknown packing", "p_good", "br", "{}\n", http.StatusUnprocessableEntity, ""},
		{"too much", "p_good", "", strings.Repeat("{}\n", appliance.MaxEventPush/3+2), http.StatusRequestEntityTooLarge, ""},
		{"a bomb", "p_good", "gzip", packed(strings.Repeat("{}\n", 20<<20)), http.StatusRequestEntityTooLarge, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/push/"+c.token+"/events", strings.NewReader(c.body))
			if c.encoding != "" {
				r.Header.Set("Content-Encoding", c.encoding)
			}
			w := httptest.NewRecorder()
			b.Server.ServeHTTP(w, r)
			if w.Code != c.status || c.answer != "" && strings.TrimSpace(w.Body.String()) != c.answer {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, c.status, c.answer)
			}
		})
	}
}
