package ui

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) liveRoutes() { s.echo.GET("/events", s.live) }

const (
	gather   = time.Second      // changes are put together, so that a poll of a hundred devices is one message
	comment  = 20 * time.Second // keeps proxies from closing a quiet stream
	longest  = 30 * time.Minute // of one stream; the browser comes back by itself with a session that is looked at anew
	maxItems = 500              // badges in one message; beyond that the page reloads its list
)

// live is the event stream: what has been stored changes places of the page (docs/ui.md).
func (s *Server) live(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), longest)
	defer cancel()
	changes := s.App.Changes(ctx)
	frame := s.frame(c, "")
	w := c.Response()
	h := w.Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	// Streams outlive the server's write limit; each message has its own.
	out := stream{w: w, control: http.NewResponseController(w)}
	if err := out.send([]byte(": connected\n\n")); err != nil {
		return nil //nolint:nilerr // the reader is gone, which is how streams end
	}
	return s.follow(ctx, changes, &out, frame)
}

func (s *Server) follow(ctx context.Context, changes <-chan appliance.Change, out *stream, frame view.Frame) error {
	alive := time.NewTicker(comment)
	defer alive.Stop()
	flush := time.NewTicker(gather)
	defer flush.Stop()
	var waiting []appliance.Change
	for {
		var err error
		select {
		case <-ctx.Done():
			_ = out.send([]byte("event: bye\ndata:\n\n"))
			return nil
		case ch, open := <-changes:
			if !open {
				return nil
			}
			waiting = append(waiting, ch)
		case <-flush.C:
			if len(waiting) == 0 {
				continue
			}
			err = out.send(s.message(waiting, frame))
			waiting = waiting[:0]
		case <-alive.C:
			err = out.send([]byte(": \n\n"))
		}
		if err != nil {
			return nil //nolint:nilerr // the reader is gone
		}
	}
}

// message turns changes into partials for the places that show them: badges, the time, the number beside Problems. Rows of
// lists may have moved when a state or a setting changed, so those pages fetch their list anew.
func (s *Server) message(changes []appliance.Change, frame view.Frame) []byte {
	l := s.render.Lang(frame.Lang)
	changed := map[appliance.StateKey]bool{}
	reload := false
	for _, c := range changes {
		reload = reload || c.Config || len(c.Items) > 0
		for _, item := range c.Items {
			changed[appliance.StateKey{Check: c.Check, Item: item}] = true
		}
	}
	var b bytes.Buffer
	b.WriteString("data: ")
	frame.AsOf = s.App.Now()
	partial(&b, "asof", `<span class="muted" id="asof"><span class="hidden sm:inline">· </span>`+l.T("page.asof", "time", l.ClockSec(frame.AsOf))+`</span>`)
	partial(&b, "checked", `<span id="checked">`+l.checkedHTML(s.overview().Headline.Checked)+`</span>`)
	if n := len(s.overview().Problems); n > 0 {
		partial(&b, "nav-problems", `<span class="n" id="nav-problems">`+l.Int(int64(n))+`</span>`)
	} else {
		partial(&b, "nav-problems", `<span class="n" id="nav-problems"></span>`)
	}
	if len(changed) <= maxItems {
		s.badges(&b, l, changed)
	}
	b.WriteString("\n\n")
	if reload {
		b.WriteString("event: reload\ndata:\n\n")
	}
	return b.Bytes()
}

func (s *Server) badges(b *bytes.Buffer, l *Lang, changed map[appliance.StateKey]bool) {
	if len(changed) == 0 {
		return
	}
	states, err := s.App.States(noContext)
	if err != nil {
		return
	}
	devices := map[appliance.ID]bool{}
	for _, st := range states {
		if !changed[st.StateKey] {
			continue
		}
		devices[st.Device] = true
		check := st.Check.String()
		html, err := l.Badge(check, st.Item, st.State, st.Ack != nil)
		if err == nil {
			partial(b, BadgeID(check, st.Item), string(html))
		}
	}
	for _, sum := range s.overview().Devices { // as pages show it: soft when somebody takes care
		if !devices[sum.Device] {
			continue
		}
		id := sum.Device.String()
		if html, err := l.Badge(DeviceBadge, id, sum.State, sum.Taken); err == nil {
			partial(b, BadgeID(DeviceBadge, id), string(html))
		}
	}
}

// DeviceBadge is the first part of the id of a device's own badge: {{liveBadge "device" .ID .Worst false}}. Badges of states
// are named by check and item: {{liveBadge .Check .Item .State .Acked}}.
const DeviceBadge = "device"

// partial writes one replacement; the data of a message is one line.
func partial(b *bytes.Buffer, id, html string) {
	fmt.Fprintf(b, `<hx-partial hx-target="#%s" hx-swap="outerHTML">%s</hx-partial>`, id, html)
}

// stream writes messages with a time limit of their own each, so that a reader who stopped reading is let go.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (o *stream) send(b []byte) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	if _, err := o.w.Write(b); err != nil {
		return err
	}
	return o.control.Flush()
}
