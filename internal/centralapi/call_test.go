package centralapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// answers is a client whose server says the same to everybody.
type answers struct {
	status int
	body   string
}

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.WriteHeader(a.status)
	_, _ = w.WriteString(a.body)
	return w.Result(), nil
}

func TestWhatCentralRefusesIsASentence(t *testing.T) {
	for _, c := range []struct {
		answers
		want string
	}{
		{answers{422, `{"detail":"validation failed","errors":[{"message":"expected a name","location":"body.name"},{"message":"too long","location":"body.note"}]}`}, "name: expected a name; note: too long"},
		{answers{409, `{"detail":"a site of this name exists"}`}, "a site of this name exists"},
		{answers{502, `<html>`}, "central answered 502 Bad Gateway"},
		{answers{500, `{}`}, "central answered 500 Internal Server Error"},
		{answers{204, ``}, ""},
		{answers{200, `{"name":"Mühle"}`}, ""},
	} {
		var out struct{ Name string }
		err := Call(t.Context(), &http.Client{Transport: c.answers}, http.MethodPost, "/sites", map[string]any{"name": ""}, &out)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%d %s: %q, want %q", c.status, c.body, got, c.want)
		}
	}
}
