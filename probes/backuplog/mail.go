package backuplog

import (
	"bytes"
	"context"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"

	"siteward/appliance"
)

// Bounds of a mail: the library has none.
const (
	maxMail    = 48 << 20
	maxParts   = 60
	maxNesting = 6
	maxPacked  = 64 << 20 // that all attachments together unpack to
)

// isMail says whether a text begins with the header of a mail.
func isMail(head []byte) bool {
	if bytes.HasPrefix(head, []byte("From ")) { // mbox
		if i := bytes.IndexByte(head, '\n'); i > 0 {
			head = head[i+1:]
		}
	}
	fields := 0
	for line := range bytes.SplitSeq(head, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 || fields > 40 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) == 0 || len(name) > 50 || bytes.ContainsAny(name, " \t") {
			return false
		}
		switch strings.ToLower(string(name)) {
		case "received", "return-path", "message-id", "mime-version", "from", "to", "subject", "date", "content-type", "delivered-to":
			fields++
		}
	}
	return fields >= 3
}

// readMail reads the parts of a mail, each with the subject before it, and takes those that tell most. What a mail says is
// settled, and a run that names no time ended when the mail was written.
func readMail(ctx context.Context, r io.Reader, o Options) (Result, error) {
	raw := io.LimitReader(r, maxMail)
	m, err := message.ReadWithOptions(raw, &message.ReadOptions{MaxHeaderBytes: 256 << 10})
	if m == nil {
		_, _ = io.Copy(io.Discard, r)
		return Result{Resume: o.Offset}, ctx.Err() //nolint:nilerr // a mail that is none tells nothing
	}
	_ = err // an unknown encoding: the text is taken as it is
	p := &mailReader{ctx: ctx, o: o, room: maxPacked}
	p.subject, _ = m.Header.Text("Subject")
	p.date, _ = mail.ParseDate(m.Header.Get("Date"))
	if notFirstHand(m, p.subject) {
		return Result{Encoding: "mail", Resume: o.Offset}, ctx.Err()
	}
	if p.o.Name == "" {
		p.o.Name = clipText(p.subject)
	}
	p.o.Final, p.o.Offset = true, 0
	p.walk(m, 0)
	n, err := io.Copy(io.Discard, raw)
	_ = n
	res := p.best()
	res.Encoding = "mail"
	if err != nil && ctx.Err() != nil {
		return res, ctx.Err()
	}
	return res, nil
}

// notFirstHand says that people answer a message here, or that it came back: what they quote was another night's verdict.
func notFirstHand(m *message.Entity, subject string) bool {
	kind, _, _ := m.Header.ContentType()
	head, _, found := strings.Cut(subject, ":")
	answer := found && slices.Contains([]string{"re", "aw", "antw", "antwort", "sv"}, strings.ToLower(strings.TrimSpace(head)))
	return answer || kind == "multipart/report" || m.Header.Get("Auto-Submitted") == "auto-replied"
}

type mailReader struct {
	ctx     context.Context
	o       Options
	subject string
	date    time.Time
	parts   int
	room    int64 // that attachments may still unpack to
	results []Result
}

func (p *mailReader) walk(m *message.Entity, depth int) {
	if depth > maxNesting || p.ctx.Err() != nil {
		return
	}
	if mr := m.MultipartReader(); mr != nil {
		for p.parts < maxParts {
			part, err := mr.NextPart()
			if part == nil {
				return
			}
			if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return
			}
			p.walk(part, depth+1)
		}
		return
	}
	p.parts++
	kind, params, _ := m.Header.ContentType()
	_, disposition, _ := m.Header.ContentDisposition()
	name := strings.ToLower(disposition["filename"] + " " + params["name"])
	switch {
	case kind == "text/html":
		p.text(pageText(m.Body))
	case kind == "message/rfc822":
		if inner, _ := message.Read(io.LimitReader(m.Body, maxPart)); inner != nil {
			p.walk(inner, depth+1)
		}
	case strings.HasPrefix(kind, "text/"), kind == "":
		b, _ := io.ReadAll(io.LimitReader(m.Body, maxPart))
		p.text(string(b))
	case kind == "application/json", kind == "application/xml", kind == "application/gzip", kind == "application/x-gzip", slices.ContainsFunc([]string{".log", ".txt", ".gz", ".zst", ".bz2", ".xml", ".json", ".csv"}, func(end string) bool {
		return strings.HasSuffix(strings.TrimSpace(name), end)
	}):
		p.attached(m.Body)
	}
}

// attached reads a log that came with a mail, as it is or packed.
func (p *mailReader) attached(r io.Reader) {
	if p.room <= 0 {
		return
	}
	o := p.o
	o.Limit = p.room
	res, n, err := readCounted(p.ctx, r, o)
	p.room -= n
	if err == nil {
		p.results = append(p.results, res)
	}
}

// text reads a part with the subject before it: the verdict often stands there only.
func (p *mailReader) text(s string) {
	subject := strings.Join(strings.Fields(p.subject), " ")
	res, err := readText(p.ctx, strings.NewReader("Subject: "+subject+"\n\n"+s+"\n"), p.o)
	if err == nil {
		p.results = append(p.results, res)
	}
}

// ending is how the last run of a part went.
func (r *Result) ending() int {
	if r.Product == "" || len(r.Runs) == 0 {
		return 0
	}
	return severity(r.Runs[len(r.Runs)-1].Status)
}

// best takes of several forms of one message the one that tells most: runs with a verdict, then amounts. Where parts do not
// agree on how it ended, the worse one is believed.
func (p *mailReader) best() Result {
	best, worth := Result{}, -1
	for _, r := range p.results {
		w := len(r.Events)
		for _, run := range r.Runs {
			w += 10
			if severity(run.Status) > 0 {
				w += 100
			}
			if run.Bytes != nil {
				w++
			}
			if !run.Started.IsZero() {
				w += 2
			}
			if run.Job != "" {
				w += 3
			}
		}
		if r.Product != "" && w > worth {
			best, worth = r, w
		}
	}
	for _, r := range p.results {
		if best.ending() > 0 && r.ending() > best.ending() {
			best = r
		}
	}
	for i := range best.Runs {
		r := &best.Runs[i]
		if r.Finished.IsZero() && r.Status != appliance.RunIncomplete && r.Status != appliance.RunRunning {
			r.Finished = p.date
		}
	}
	for i := range best.Events {
		if best.Events[i].At.IsZero() {
			best.Events[i].At = p.date
		}
	}
	return best
}
