package channel

import (
	"bytes"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message/mail"
)

// compose writes a mail as it goes over the line: text and HTML, what goes along, and where it belongs.
func (r Relay) compose(name, address string, m Message) ([]byte, error) {
	var h mail.Header
	h.SetDate(r.Now())
	h.SetAddressList("From", []*mail.Address{{Name: "Siteward", Address: r.From}})
	h.SetAddressList("To", []*mail.Address{{Name: oneLine(name, maxSubject), Address: oneLine(address, maxSubject)}})
	h.SetSubject(oneLine(m.Subject, maxSubject))
	h.SetMessageID(m.ID + "@" + domainOf(r.From))
	if m.Thread != "" { // a root that was never sent, so that it does not matter which mail came first
		h.SetMsgIDList("References", []string{m.Thread + "@" + domainOf(r.From)})
		h.SetMsgIDList("In-Reply-To", []string{m.Thread + "@" + domainOf(r.From)})
	}
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834: no machine should answer
	h.Set("X-Auto-Response-Suppress", "All")
	var b bytes.Buffer
	if len(m.Files) == 0 {
		body, err := mail.CreateInlineWriter(&b, h)
		if err != nil {
			return nil, err
		}
		if err := writeBody(body, m); err != nil {
			return nil, err
		}
		err = body.Close() // writes the last boundary
		return b.Bytes(), err
	}
	w, err := mail.CreateWriter(&b, h)
	if err != nil {
		return nil, err
	}
	body, err := w.CreateInline()
	if err != nil {
		return nil, err
	}
	if err := writeBody(body, m); err != nil {
		return nil, err
	}
	if err := body.Close(); err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if err := attach(w, f.Name, f.Type, f.Data); err != nil {
			return nil, err
		}
	}
	err = w.Close() // writes the last boundary
	return b.Bytes(), err
}

func writeBody(w *mail.InlineWriter, m Message) error {
	for _, part := range []struct{ kind, text string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		if part.text == "" {
			continue
		}
		var h mail.InlineHeader
		h.SetContentType(part.kind, map[string]string{"charset": "utf-8"})
		h.Set("Content-Transfer-Encoding", "quoted-printable")
		p, err := w.CreatePart(h)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(p, part.text); err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return err
		}
	}
	return nil
}

func attach(w *mail.Writer, name, kind string, data []byte) error {
	var h mail.AttachmentHeader
	media, params, err := mime.ParseMediaType(oneLine(kind, maxSubject))
	if err != nil {
		media, params = "application/octet-stream", nil
	}
	h.SetContentType(media, params)
	h.SetFilename(oneLine(name, maxSubject))
	p, err := w.CreateAttachment(h)
	if err != nil {
		return err
	}
	if _, err := p.Write(data); err != nil {
		return err
	}
	return p.Close()
}

// domainOf is what stands behind the @ of identifiers.
func domainOf(address string) string {
	if _, domain, ok := strings.Cut(address, "@"); ok && domain != "" {
		return oneLine(domain, maxSubject)
	}
	return "siteward.invalid"
}
