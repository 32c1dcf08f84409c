package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"siteward/central"
	"siteward/central/enrol"
	"siteward/central/store/badger"
)

func TestOffersAndCodesOverTheAPI(t *testing.T) {
	now := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s, err := badger.Open(t.TempDir(), badger.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.PutSite(t.Context(), &central.Site{ID: "s-one", Name: "One"}); err != nil {
		t.Fatal(err)
	}
	e, err := enrol.Open(t.Context(), s, enrol.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(s, e, slog.New(slog.DiscardHandler), clock, "1")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string, status int, out any) {
		t.Helper()
		r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		Local(a).ServeHTTP(w, r)
		if w.Code != status {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if out != nil {
			if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask(http.MethodPost, "/offers", `{"kind":"command","name":"x","file":"eA=="}`, http.StatusUnprocessableEntity, nil)
	var made struct{ N uint64 }
	ask(http.MethodPost, "/offers", `{"kind":"profile","name":"procurve","file":"cHJvZmlsZTogcHJvY3VydmUK"}`, http.StatusOK, &made)
	ask(http.MethodPost, "/offers/1/reach", `{"ring":"early"}`, http.StatusNoContent, nil)
	ask(http.MethodPost, "/offers/7/reach", `{"ring":"early"}`, http.StatusNotFound, nil)
	var list struct {
		Items []struct {
			N    uint64
			Ring string
			ID   string
		}
	}
	ask(http.MethodGet, "/offers", "", http.StatusOK, &list)
	if made.N != 1 || len(list.Items) != 1 || list.Items[0].Ring != "early" {
		t.Errorf("%+v %+v", made, list)
	}
	if err := central.OfferAnswers.Put(t.Context(), s, central.OfferAnswerKey(1, "s-one"), central.OfferAnswer{N: 1, Site: "s-one", State: "held", At: now}, 0); err != nil {
		t.Fatal(err)
	}
	list.Items = nil
	ask(http.MethodGet, "/offers/1/answers", "", http.StatusOK, &list)
	if len(list.Items) != 1 {
		t.Errorf("answers: %+v", list)
	}
	ask(http.MethodPost, "/sites/s-one/code", `{}`, http.StatusOK, nil)
	ask(http.MethodGet, "/sites/s-one/codes", "", http.StatusOK, &list)
	if len(list.Items) != 1 || len(list.Items[0].ID) != 12 {
		t.Fatalf("codes: %+v", list)
	}
	ask(http.MethodDelete, "/sites/s-two/codes/"+list.Items[0].ID, "", http.StatusNotFound, nil)
	ask(http.MethodDelete, "/sites/s-one/codes/"+list.Items[0].ID, "", http.StatusNoContent, nil)
	ask(http.MethodDelete, "/sites/s-one/codes/"+list.Items[0].ID, "", http.StatusConflict, nil)
}
