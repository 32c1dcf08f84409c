package uplink_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"siteward/appliance/message"
)

// FuzzAnswer: whatever answers, what is acknowledged has left, what has left was there, and every event is still there or has arrived.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{"", "[", `{"acknowledged":3,"outbox":"o","received":"2026-11-29T06:00:00Z"}`, `{"acknowledged":18446744073709551615,"outbox":"o","received":"2026-11-29T06:00:00Z"}`,
		`{"acknowledged":-1,"received":1}`, `{"code":"gap","expected":18446744073709551615,"outbox":"o"}`, `{"code":"behind","expected":1}`, `{"code":"too_large"}`, `{"code":"slow_down","retry_after":9223372036854775807}`,
		`{"acknowledged":2,"outbox":"x","received":"2026-11-29T06:00:00Z","offers":[1,{}],"cosigned":"\u0000"}`} {
		f.Add(200, message.ContentTypeProblem, body)
		f.Add(409, message.ContentTypeProblem, body)
		f.Add(429, "text/html", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		if status < 200 || status > 599 {
			return
		}
		w := newBareWorld(t)
		for i := range 5 {
			w.add(i+1, w.clock.Now())
		}
		w.way = func(*http.Request, http.Handler) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}, "Retry-After": {body}}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
		for range 3 {
			w.send.Deliver(t.Context())
		}
		st := w.mem.st
		if st.Acked > st.Offered || st.Offered > st.Last || st.Last < 5 {
			t.Errorf("acknowledged %d, left %d, last %d", st.Acked, st.Offered, st.Last)
		}
		for n := st.Acked + 1; n <= st.Last; n++ {
			if w.mem.events[n] == nil && n != st.Acked+1 && w.mem.events[st.Acked+1] == nil {
				t.Errorf("event %d has not arrived and is gone", n)
			}
		}
	})
}
