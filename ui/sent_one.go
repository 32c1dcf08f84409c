package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/metric"
	"siteward/ui/view"
)

// sentEvents are the events of one page of a delivery.
const sentEvents = 50

func (s *Server) oneSent(c echo.Context) (v appliance.Sent, err error) {
	id, err := idParam(c)
	if err != nil {
		return v, err
	}
	return s.App.SentReport(c.Request().Context(), id)
}

// sentOne shows one delivery in words, each event with what left of it.
func (s *Server) sentOne(c echo.Context) error {
	v, err := s.oneSent(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "sent")
	l := s.render.Lang(frame.Lang)
	page := view.SentOne{ID: v.ID.String(), Headers: v.Headers}
	page.State, page.Word = l.sentVerdict(v)
	if !v.Taken() {
		page.Why = v.Why
	}
	frame.Title = l.T("sent.one", "time", v.At)
	if v.Kind == appliance.ConsumerSamples {
		l.sentSamples(&page, v, pageFrom(c))
		return s.render.Page(c, http.StatusOK, "sent-one", frame, page)
	}
	page.Lines = []view.Line{{Name: l.T("sent.to"), Value: v.To}, {Name: l.T("sent.address"), Value: v.URL, Mono: true}, {Name: l.T("sent.size"), Value: l.Bytes(float64(v.Bytes))},
		{Name: l.T("sent.encoding"), Value: v.Encoding, Mono: true}, {Name: l.T("sent.tries"), Value: l.Int(int64(v.Tries))}}
	if v.Live {
		page.Lines = append(page.Lines, view.Line{Name: l.T("sent.numbers"), Value: l.T("sent.live")})
	} else {
		page.Lines = append(page.Lines, view.Line{Name: l.T("sent.numbers"), Value: fmt.Sprintf("%d–%d", v.First, v.Last)})
	}
	raw, err := message.Raw(v.Body, v.Encoding)
	if err != nil {
		page.Broken = l.T("sent.broken")
	}
	for _, b := range sentPart(&page, raw, pageFrom(c), sentEvents) {
		page.Events = append(page.Events, l.sentEvent(b))
	}
	return s.render.Page(c, http.StatusOK, "sent-one", frame, page)
}

// pageFrom is where a page of a long delivery begins.
func pageFrom(c echo.Context) int {
	from, _ := strconv.Atoi(c.QueryParam("from")) //nolint:errcheck // none is the first
	return from
}

// sentPart is what stands on a page of a long delivery, with the addresses of those before and behind it.
func sentPart[T any](page *view.SentOne, all []T, from, most int) []T {
	from = min(max(from, 0), len(all))
	at := func(n int) string { return "/sent/" + page.ID + "?from=" + strconv.Itoa(n) }
	if from > 0 {
		page.Newer = at(max(0, from-most))
	}
	if from+most < len(all) {
		page.Older = at(from + most)
	}
	return all[from:min(len(all), from+most)]
}

// sentEvent is one event in words. What cannot be read is shown as it is.
func (l *Lang) sentEvent(raw []byte) view.SentEvent {
	out := view.SentEvent{Word: l.T("sent.kind_unknown"), Text: l.T("sent.say_unknown"), JSON: pretty(raw)}
	var e message.Event
	if json.Unmarshal(raw, &e) != nil {
		return out
	}
	out.At = e.Time
	if e.Sequence > 0 {
		out.Number = strconv.FormatUint(e.Sequence, 10)
	}
	v := message.DataOf(e.Type)
	if v == nil || message.Read(e, v) != nil {
		return out
	}
	if word := "sent.kind_" + message.Kind(e.Type); l.Has(word) {
		out.Word = l.T(word)
	}
	if e.Type == message.TypeCheckpoint {
		out.Word = l.T("sent.kind_checkpoint")
	}
	l.sentSay(&out, v)
	return out
}

// pretty is JSON over many lines. Signs that could not be seen, or would turn the text around, stand as escapes.
func pretty(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		b.Reset()
		b.Write(raw)
	}
	return visible(b.String())
}

// visible puts escapes in the place of signs that could not be seen, or would turn the text around.
func visible(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == ' ' || unicode.IsPrint(r):
			out.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&out, `\U%08x`, r)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

// sentBytes gives the exact bytes of a delivery.
func (s *Server) sentBytes(c echo.Context) error {
	v, err := s.oneSent(c)
	if err != nil {
		return err
	}
	if v.Folded > 0 {
		return errFolded
	}
	ending := map[string]string{message.Zstd: ".json.zst", message.Gzip: ".json.gz", metric.ContentEncoding: ".pb.snappy"}[v.Encoding]
	if ending == "" {
		ending = ".json"
	}
	return sentDownload(c, "siteward-sent-"+v.ID.String()+ending, v.Body)
}

// sentJSON gives the same unpacked, over many lines.
func (s *Server) sentJSON(c echo.Context) error {
	v, err := s.oneSent(c)
	if err != nil {
		return err
	}
	if v.Folded > 0 {
		return errFolded
	}
	if v.Kind == appliance.ConsumerSamples {
		return sentNumbersJSON(c, v)
	}
	raw, err := message.Raw(v.Body, v.Encoding)
	if err != nil {
		return appliance.Errorf(appliance.CodeNotFound, "what was sent cannot be unpacked; download the exact bytes")
	}
	b, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return err
	}
	return sentDownload(c, "siteward-sent-"+v.ID.String()+".json", b)
}

func sentDownload(c echo.Context, name string, b []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s"`, name))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, b)
}
