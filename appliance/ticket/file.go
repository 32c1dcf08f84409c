package ticket

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"siteward/appliance"
)

// types are what an attachment may be, by what it contains, with the endings of names that go with it. The first is put behind a
// name that has none of them: a file is never called a program.
var types = map[string][]string{
	"image/png":       {".png"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/gif":       {".gif"},
	"image/webp":      {".webp"},
	"image/bmp":       {".bmp"},
	"image/heic":      {".heic", ".heif"},
	"application/pdf": {".pdf"},
	"application/zip": {".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"},
	"text/plain":      {".txt", ".log", ".csv", ".eml", ".md"},
}

// ReadFile takes a file as far as it is allowed to go, and says what it is.
func ReadFile(u appliance.Upload) (appliance.TicketFile, []byte, error) {
	f := appliance.TicketFile{Name: fileName(u.Name)}
	b, err := io.ReadAll(io.LimitReader(u.Data, appliance.MaxTicketFile+1))
	if err != nil {
		return f, nil, fmt.Errorf("read an attachment: %w", err)
	}
	if len(b) > appliance.MaxTicketFile {
		return f, nil, appliance.Invalid("files", "ticket.error.file_large", "a file is larger than 8 MB; make the picture smaller, or send it in parts", map[string]any{"name": f.Name, "max": appliance.MaxTicketFile >> 20})
	}
	if f.Type = kindOf(b); types[f.Type] == nil {
		return f, nil, appliance.Invalid("files", "ticket.error.file_type", "this kind of file is not taken; send a photo, a PDF, a text or a ZIP", map[string]any{"name": f.Name})
	}
	if ends := types[f.Type]; !slices.Contains(ends, strings.ToLower(path.Ext(f.Name))) {
		f.Name += ends[0]
	}
	f.Bytes = int64(len(b))
	return f, b, nil
}

// kindOf looks at the content; the name and what the browser says of it count for nothing. Markup is refused, SVG with it: it may
// hold programs.
func kindOf(b []byte) string {
	if len(b) > 12 && (bytes.HasPrefix(b[4:], []byte("ftypheic")) || bytes.HasPrefix(b[4:], []byte("ftypheix")) || bytes.HasPrefix(b[4:], []byte("ftypmif1"))) {
		return "image/heic"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(b), ";")
	if kind == "text/plain" {
		begin := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")), " \t\r\n")
		if len(begin) == 0 || begin[0] == '<' || bytes.IndexByte(b, 0) >= 0 {
			return ""
		}
	}
	return kind
}

func fileName(s string) string {
	s = Line(path.Base(strings.ReplaceAll(s, `\`, "/")), 100)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"<>:|?*;`, r) || r >= '\u200e' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' { // marks that turn the direction of writing make exe.txt of txt.exe
			return '_'
		}
		return r
	}, s)
	if s = strings.Trim(s, ". "); s == "" || s == "/" {
		return "file"
	}
	return s
}
