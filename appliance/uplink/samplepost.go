package uplink

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/metric"
)

// sampleFailure is what an engine did not take. It is an error when the same is to be tried again later.
type sampleFailure struct {
	code, why string
	after     time.Duration // to wait at least
	status    int
}

func (f *sampleFailure) Error() string { return f.code + ": " + f.why }

// post sends one request. refused is what the engine will never take, which is not tried again; err is tried again later. A wrong
// password or address refuses nobody's numbers: they wait until it is put right. Whatever comes of it, the next step of the store notes what left.
func (s *SampleSender) post(ctx context.Context, t SampleTarget, body []byte, numbers int) (refused *sampleFailure, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	h := req.Header
	h.Set("Content-Type", metric.ContentType)
	h.Set("Content-Encoding", metric.ContentEncoding)
	h.Set(metric.HeaderVersion, metric.Version)
	h.Set("User-Agent", s.Agent)
	switch {
	case t.User != "":
		req.SetBasicAuth(t.User, t.Secret)
	case t.Secret != "":
		h.Set("Authorization", "Bearer "+t.Secret)
	}
	sent := &appliance.Sent{Enrolment: t.Enrolment, Kind: appliance.ConsumerSamples, To: t.Name, At: s.Now(), URL: t.URL, Encoding: metric.ContentEncoding, Headers: sampleHeaders(h),
		Body: body, Samples: numbers, Tries: 1}
	s.sent = append(s.sent, sent)
	defer func() {
		f, told := errors.AsType[*sampleFailure](err)
		switch {
		case refused != nil:
			sent.Code, sent.Why = refused.code, refused.why
		case told:
			sent.Code, sent.Why = f.code, f.why
		case err != nil && ctx.Err() == nil:
			sent.Code, sent.Why = "unreachable", err.Error()
		}
	}()
	res, err := s.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	sent.Status = res.StatusCode
	said, err := io.ReadAll(io.LimitReader(res.Body, answerBytes))
	if res.StatusCode/100 == 2 {
		return nil, nil //nolint:nilnil // it was taken, whatever it says
	}
	if err != nil {
		return nil, err
	}
	f := &sampleFailure{code: "unavailable", why: firstLine(said, res.StatusCode), status: res.StatusCode, after: retryAfter(res.Header, s.Now())}
	switch res.StatusCode {
	case http.StatusTooManyRequests:
		f.code = "slow_down"
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		f.code = "denied"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusRequestTimeout:
	case http.StatusRequestEntityTooLarge:
		f.code = "too_large"
		return f, nil
	default:
		if res.StatusCode/100 == 4 {
			f.code = "refused"
			return f, nil
		}
	}
	return nil, f
}

// sampleHeaders are those that left, without what nobody may read.
func sampleHeaders(h http.Header) (out []string) {
	for _, name := range []string{"Content-Type", "Content-Encoding", metric.HeaderVersion, "User-Agent", "Authorization"} {
		switch v := h.Get(name); {
		case v == "":
		case name == "Authorization":
			kind, _, _ := strings.Cut(v, " ")
			out = append(out, "authorization: "+kind+" (a secret, which is not kept here)")
		default:
			out = append(out, strings.ToLower(name)+": "+v)
		}
	}
	return out
}

// firstLine is what the other side says, short and printable.
func firstLine(said []byte, status int) string {
	line, _, _ := strings.Cut(strings.TrimSpace(strings.ToValidUTF8(string(said), "\ufffd")), "\n")
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, line)
	r := []rune(line)
	return strings.TrimSpace("HTTP " + strconv.Itoa(status) + " " + string(r[:min(len(r), 300)]))
}

// retryAfter reads how long to wait, in seconds or as a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(0, min(n, 24*3600))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// Try sends one request and says what came of it.
func (s *SampleSender) Try(ctx context.Context, t SampleTarget, request []byte) appliance.ConsumerTest {
	body := metric.Pack(request)
	out := appliance.ConsumerTest{Bytes: len(body)}
	f, err := s.post(ctx, t, body, 1)
	s.noted(s.edit(func(*appliance.UplinkState) {}))
	if later, ok := errors.AsType[*sampleFailure](err); ok {
		f, err = later, nil
	}
	switch {
	case err != nil:
		out.Code, out.Why = "unreachable", err.Error()
	case f != nil:
		out.Status, out.Code, out.Why = f.status, f.code, f.why
	default:
		out.OK, out.Status = true, http.StatusOK
	}
	return out
}
