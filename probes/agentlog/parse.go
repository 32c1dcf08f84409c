package agentlog

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/probes/syslog"
)

// MaxMessages is how many messages of one body are read.
const MaxMessages = 10_000

// maxBroken is after how many values that do not end as JSON the rest is taken line by line: looking for their ends again and again would
// cost the square of what was sent.
const maxBroken = 100

// Parse reads the messages of a body that arrived at now, at most MaxMessages; more says that there were more. Times without a zone are
// taken for loc.
func Parse(body []byte, now time.Time, loc *time.Location) (out []appliance.LogMessage, more bool) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	add := func(value []byte) bool {
		if len(out) >= MaxMessages {
			more = true
			return false
		}
		if m, ok := message(value, now, loc); ok {
			out = append(out, m)
		}
		return true
	}
	for broken := 0; ; {
		body = bytes.TrimLeft(body, " \t\r\n,")
		if len(body) == 0 {
			return out, more
		}
		rest, ok := body, false
		if broken < maxBroken {
			rest, ok = values(body, add)
		}
		if more {
			return out, true
		}
		if body = rest; ok || len(body) == 0 {
			continue
		}
		if body[0] == '{' || body[0] == '[' {
			broken++
		}
		var line []byte // no JSON up to the end of the line
		line, body, _ = bytes.Cut(body, []byte{'\n'})
		if line = bytes.TrimSpace(line); len(line) > 0 && !add(line) {
			return out, true
		}
	}
}

// values hands on the objects at the beginning of a text, those of an array one by one, and gives what follows them. It is not ok when the
// text does not go on as JSON; what was read before that counts.
func values(text []byte, add func([]byte) bool) (rest []byte, ok bool) {
	if text[0] != '{' && text[0] != '[' {
		return text, false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if text[0] == '[' {
		if _, err := d.Token(); err != nil {
			return text, false
		}
		for d.More() {
			var v json.RawMessage
			if d.Decode(&v) != nil {
				return text[d.InputOffset():], false
			}
			if !add(v) {
				return nil, true
			}
		}
		if _, err := d.Token(); err != nil {
			return text[d.InputOffset():], false
		}
		return text[d.InputOffset():], true
	}
	var v json.RawMessage
	if d.Decode(&v) != nil {
		return text, false
	}
	add(v)
	return text[d.InputOffset():], true
}

// message makes one of an object; of anything else, one of syslog.
func message(value []byte, now time.Time, loc *time.Location) (appliance.LogMessage, bool) {
	var object map[string]any
	if value[0] != '{' || decode(value, &object) != nil {
		m := syslog.Parse(value, now, loc)
		m.Via = Via
		return m, strings.TrimSpace(m.Text) != ""
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil || len(object) == 0 {
		return appliance.LogMessage{}, false
	}
	m := fields{object}.message(now, loc)
	m.Raw = syslog.Clean(compact.Bytes())
	if m.Text == "" {
		m.Text = m.Raw
	}
	return m, true
}

// Via is how these messages came.
const Via = "push"

func decode(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber() // numbers of records and times in nanoseconds do not fit a float
	return d.Decode(to)
}
