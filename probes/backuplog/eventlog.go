package backuplog

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// maxEvent bounds one event of Windows as XML.
const maxEvent = 256 << 10

// eventXML reads <Event> as wevtutil and the event viewer export it and makes lines of it:
// "event 190 Veeam Agent: Veeam Agent 'x' finished with Success." It gives the event's length, 0 when it is none, -1 when it may
// not be whole yet.
func (e *engine) eventXML(text []byte, from int64, last bool) int {
	limited := text[:min(len(text), maxEvent)]
	i := bytes.Index(limited, []byte("</Event>"))
	if i < 0 {
		if !last && len(text) < maxEvent {
			return -1
		}
		e.misses += len(limited)
		return 0
	}
	n := i + len("</Event>")
	begin := max(bytes.LastIndex(text[:i], []byte("<Event ")), bytes.LastIndex(text[:i], []byte("<Event>")), 0)
	ev := winEvent{}
	d := xml.NewDecoder(bytes.NewReader(text[begin:n]))
	d.Strict = false
	if d.Decode(&ev) != nil {
		return n
	}
	l := line{at: from, len: int64(n), made: true} // of the whole piece: what stands before it on its line is a heading
	l.time, _ = e.clock.parse(ev.System.Time.At)
	message := ev.Rendering.Message
	if message == "" {
		for _, v := range ev.Data.Values {
			message += strings.TrimSpace(v.Text) + "\n"
		}
	}
	head := "event " + strings.TrimSpace(ev.System.ID) + " " + ev.System.Provider.Name + ": "
	lines := splitLines(message)
	if len(lines) == 0 {
		lines = []string{""}
	}
	for k, part := range lines {
		if k == 0 {
			part = head + part
		}
		l.text, l.whole = clipLong(part), clipLong(part)
		e.synthetic(l)
	}
	return n
}

type winEvent struct {
	System struct {
		Provider struct {
			Name string `xml:"Name,attr"`
		}
		ID   string `xml:"EventID"`
		Time struct {
			At string `xml:"SystemTime,attr"`
		} `xml:"TimeCreated"`
	}
	Data struct {
		Values []struct {
			Text string `xml:",chardata"`
		} `xml:"Data"`
	} `xml:"EventData"`
	Rendering struct {
		Message string
	} `xml:"RenderingInfo"`
}
