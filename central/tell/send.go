package tell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/message"
	"siteward/central"
)

// body is what a hook gets. Fields are only ever added.
type body struct {
	Type      string          `json:"type"` // "siteward.alarm.opened.v1", "siteward.incident.v1"
	Timestamp time.Time       `json:"timestamp"`
	Data      *central.Notice `json:"data"`
}

func (t *Teller) send(ctx context.Context, h *central.Hook, n *central.Notice) error {
	if address, ok := strings.CutPrefix(h.URL, "mailto:"); ok {
		return t.mail(ctx, h, address, n)
	}
	kind := string(n.Kind)
	if n.Alarm != nil || n.Kind == central.HookTest {
		kind = "siteward." + kind + ".v1"
	}
	b, err := json.Marshal(body{Type: kind, Timestamp: n.At.UTC(), Data: n})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(b))
	if err != nil {
		return errors.New("the address of the hook cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Siteward-Central")
	message.SignShared(req.Header, h.Secret, n.ID, t.now(), b)
	res, err := t.client.Do(req)
	if err != nil {
		return channel.Scrub(err, h.URL)
	}
	defer res.Body.Close()                                      //nolint:errcheck // read or not, it is done with
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4<<10)) // so that the connection is used again
	if res.StatusCode >= 300 {
		return &answered{res.Status}
	}
	return nil
}

// answered is a refusal by HTTP.
type answered struct{ status string }

func (e *answered) Error() string { return "it answered " + e.status }

// because says without a language why a hook was not told.
func (t *Teller) because(h *central.Hook, err error) *message.Words {
	m := appliance.Message{Key: "central.hook_unreached"}
	if strings.HasPrefix(h.URL, "mailto:") {
		m.Key = "central.hook_mail_failed"
		if t.relay.Host == "" {
			m.Key = "central.hook_no_relay"
		}
	}
	if e, ok := errors.AsType[*answered](err); ok {
		m.Key, m.Args = "central.hook_answered", map[string]any{"status": e.status}
	}
	return message.WordsOf(m)
}

// mail sends a notice to a mailbox.
func (t *Teller) mail(ctx context.Context, h *central.Hook, address string, n *central.Notice) error {
	m := channel.Message{ID: n.ID, Thread: string(n.Site), Subject: "[Siteward] " + n.Text, Text: n.Text, Severity: appliance.StateWarning}
	if n.Alarm != nil {
		m.Thread, m.Severity = n.Alarm.ID, n.Alarm.State
		if len(n.Alarm.Names) > 0 {
			m.Text += "\n\n" + strings.Join(n.Alarm.Names, "\n")
		}
	}
	_, err := t.relay.Mail(ctx, h.Name, address, m)
	return err
}
