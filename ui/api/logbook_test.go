package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
)

func (f *fake) LogbookEntries(_ context.Context, q appliance.LogbookFilter) ([]appliance.LogbookEntry, error) {
	all := []appliance.LogbookEntry{{Seq: 2, At: start, Kind: appliance.LogbookWork, By: "maria", Text: "Battery replaced"}, {Seq: 1, At: start, Kind: appliance.LogbookSystem}}
	if len(q.Kinds) > 0 {
		return all[:1], nil
	}
	return all, nil
}

func (f *fake) AppendLogbook(_ context.Context, by appliance.Actor, e appliance.LogbookEntry) (appliance.LogbookEntry, error) {
	f.did(by)
	e.Seq = 3
	return e, nil
}

func (f *fake) Rounds(context.Context, appliance.ID, int) ([]appliance.Round, error) {
	return []appliance.Round{{ID: 4, Day: "2026-11-20", By: "maria"}}, nil
}

func (f *fake) Round(_ context.Context, id appliance.ID) (appliance.Round, error) {
	if id != 4 {
		return appliance.Round{}, appliance.ErrNotFound
	}
	return appliance.Round{ID: 4, Day: "2026-11-20"}, nil
}

func (f *fake) Sources(context.Context) ([]appliance.SourceView, error) {
	return []appliance.SourceView{{Source: appliance.Source{ID: 1, Name: "till", Kind: appliance.SourcePush, Push: &appliance.PushSettings{Hash: []byte("secret")}}},
		{Source: appliance.Source{ID: 2, Name: "borg", Kind: appliance.SourceFiles}}}, nil
}

func (f *fake) ReadSource(_ context.Context, by appliance.Actor, id appliance.ID) (appliance.SourceStatus, error) {
	f.did(by)
	return appliance.SourceStatus{Source: id, Runs: 7}, nil
}

func TestLogbookRoundsAndSources(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]string{
		"/api/v1/logbook": `"seq":1`, "/api/v1/logbook?kind=work": `"text":"Battery replaced"`,
		"/api/v1/rounds": `"day":"2026-11-20"`, "/api/v1/rounds/4": `"id":4`, "/api/v1/sources": `"every":"15m"`,
	} {
		w := b.send("GET", path, "")
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, %s is missing in %s", path, w.Code, want, w.Body)
		}
		if strings.Contains(w.Body.String(), "hash") {
			t.Errorf("%s tells of a secret", path)
		}
	}
	if w := b.send("GET", "/api/v1/rounds/5", ""); w.Code != http.StatusNotFound {
		t.Errorf("a round that is not there: %d", w.Code)
	}
	if w := b.send("POST", "/api/v1/sources/2/read", ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"runs":7`) {
		t.Errorf("read a source: %d %s", w.Code, w.Body)
	}
	if w := b.send("POST", "/api/v1/logbook", `{"kind":"work","text":"Battery replaced","minutes":25}`); w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"seq":3`) {
		t.Errorf("write an entry: %d %s", w.Code, w.Body)
	}
	if w := b.send("POST", "/api/v1/logbook", `{"kind":"system","text":"I am the program"}`); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an entry of a kind that the program writes: %d", w.Code)
	}
}
