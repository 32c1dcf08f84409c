package ui_test

import (
	"net/http/httptest"
	"testing"
)

func TestEachPage(t *testing.T) {
	r, err := renderer()
	if err != nil {
		t.Fatal(err)
	}
	h := server(r)
	for name := range sample {
		for _, lang := range []string{"en", "de", "nl"} {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest("GET", "/"+name+"?lang="+lang, nil))
			if rec.Code != 200 {
				t.Errorf("%s in %s: %d %s", name, lang, rec.Code, rec.Body)
			}
		}
	}
}
