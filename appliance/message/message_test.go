package message

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

var now = time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)

func batch(t testing.TB, n int) []Event {
	t.Helper()
	var out []Event
	for i := range n {
		e, err := New("s-test", &Incident{ID: appliance.ID(i + 1), Title: "Düse <b>", Opened: now}, fmt.Sprint("incident/", i+1), now)
		if err != nil {
			t.Fatal(err)
		}
		e.ID, e.Sequence, e.Outbox = fmt.Sprint("e", i), uint64(i)+1, "o-1"
		out = append(out, e)
	}
	return out
}

func code(err error) Code {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Code
	}
	return ""
}

func TestABatchComesBackAsItWas(t *testing.T) {
	for _, encoding := range []string{"", Gzip, Zstd} {
		want := batch(t, 20)
		body, err := Encode(want, encoding)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(body, encoding)
		if err != nil {
			t.Fatal(encoding, err)
		}
		a, _ := json.Marshal(want)
		b, _ := json.Marshal(got)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %s", encoding, b)
		}
		for cut := range len(body) {
			if _, err := Decode(body[:cut], encoding); code(err) != CodeInvalid {
				t.Fatalf("%s cut at %d of %d: %v", encoding, cut, len(body), err)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	many, _ := json.Marshal(batch(t, MaxEvents+1))
	big := batch(t, 1)
	big[0].Data = json.RawMessage(`{"id":1,"title":"` + strings.Repeat("x", MaxEvent) + `"}`)
	large, _ := json.Marshal(big)
	for name, c := range map[string]struct {
		body     []byte
		encoding string
		want     Code
	}{
		"many events": {many, "", CodeTooLarge},
		"one large":   {large, "", CodeTooLarge},
		"large body":  {make([]byte, MaxBody+1), "", CodeTooLarge},
		"bomb":        {packed(t, MaxDecoded+10), Zstd, CodeTooLarge},
		"no encoding": {[]byte("[]"), "br", CodeInvalid},
		"empty":       {[]byte("[]"), "", CodeInvalid},
		"two arrays":  {[]byte("[][]"), "", CodeInvalid},
		"no array":    {[]byte("{}"), "", CodeInvalid},
	} {
		if _, err := Decode(c.body, c.encoding); code(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func packed(t *testing.T, n int) []byte {
	t.Helper()
	e := batch(t, 1)
	e[0].Data = json.RawMessage(`{"id":1}`)
	plain, _ := json.Marshal(e)
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(append(plain, bytes.Repeat([]byte(" "), n)...)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSchemas(t *testing.T) {
	e := batch(t, 1)[0]
	for name, c := range map[string]struct {
		change func(*Event)
		want   Code
	}{
		"as it is": {func(*Event) {}, ""},
		"a newer minor": {func(e *Event) {
			e.DataSchema = "urn:siteward:schema:incident:1.7"
			e.Data = json.RawMessage(`{"id":1,"new":[]}`)
		}, ""},
		"a noun of later":   {func(e *Event) { e.Type, e.DataSchema = "siteward.work.v1", ""; e.Data = json.RawMessage(`[1]`) }, ""},
		"a major of later":  {func(e *Event) { e.Type, e.DataSchema = "siteward.incident.v2", "" }, CodeSchema},
		"another's schema":  {func(e *Event) { e.DataSchema = "urn:siteward:schema:ticket:1.0" }, CodeSchema},
		"no type of ours":   {func(e *Event) { e.Type = "com.example.thing" }, CodeSchema},
		"data that is none": {func(e *Event) { e.Data = json.RawMessage(`{"id":"x"}`) }, CodeSchema},
		"no number":         {func(e *Event) { e.Data = json.RawMessage(`{}`) }, CodeSchema},
		"another spec":      {func(e *Event) { e.SpecVersion = "2.0" }, CodeInvalid},
		"both":              {func(e *Event) { e.Live = true }, CodeInvalid},
		"neither":           {func(e *Event) { e.Sequence = 0 }, CodeInvalid},
		"no outbox":         {func(e *Event) { e.Outbox = "" }, CodeInvalid},
		"a hostile id":      {func(e *Event) { e.ID = "a\nb" }, CodeInvalid},
		"a hostile subject": {func(e *Event) { e.Subject = "a\x00b" }, CodeInvalid},
	} {
		v := e
		c.change(&v)
		body, err := Encode([]Event{v}, Zstd)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(body, Zstd); code(err) != c.want || (c.want == "") != (err == nil) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestSignatures(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte("the exact bytes")
	h := http.Header{}
	Sign(h, private, "msg_1", now, body)
	s, key, err := Verify(h, []ed25519.PublicKey{other, public}, body)
	if err != nil || key != 1 || s.ID != "msg_1" || !s.At.Equal(now) {
		t.Errorf("%+v, %d, %v", s, key, err)
	}
	for name, change := range map[string]func(http.Header){
		"id":           func(h http.Header) { h.Set(HeaderID, "msg_2") },
		"time":         func(h http.Header) { h.Set(HeaderTimestamp, "1") },
		"no time":      func(h http.Header) { h.Del(HeaderTimestamp) },
		"no signature": func(h http.Header) { h.Del(HeaderSignature) },
		"shared":       func(h http.Header) { SignShared(h, "whsec_AAAA", "msg_1", now, body) },
	} {
		v := h.Clone()
		change(v)
		if _, _, err := Verify(v, []ed25519.PublicKey{public}, body); code(err) != CodeBadSignature {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Verify(h, []ed25519.PublicKey{public}, []byte("the exact byteS")); err == nil {
		t.Error("another body is taken")
	}
}

// TestSharedSignatureFitsTheStandard is the example that the libraries of Standard Webhooks are tested with.
func TestSharedSignatureFitsTheStandard(t *testing.T) {
	h := http.Header{}
	SignShared(h, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got := h.Get(HeaderSignature); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, encoding := range []string{"", Gzip, Zstd} {
		body, err := Encode(batch(f, 2), encoding)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, encoding)
	}
	f.Fuzz(func(t *testing.T, body []byte, encoding string) {
		events, err := Decode(body, encoding)
		if err != nil {
			if code(err) == "" {
				t.Errorf("an error without a code: %v", err)
			}
			return
		}
		if _, err := Encode(events, ""); err != nil && code(err) != CodeTooLarge {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
