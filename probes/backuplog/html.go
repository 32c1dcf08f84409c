package backuplog

import (
	"io"
	"strings"

	"golang.org/x/net/html"
)

// maxPart bounds the text that is made of a page or a part of a mail.
const maxPart = 2 << 20

// pageText makes lines of a page: one a row, tabs between its cells. Scripts, styles and what is not shown are dropped; nothing
// is ever fetched or run.
func pageText(r io.Reader) string {
	z := html.NewTokenizer(io.LimitReader(r, 8<<20))
	z.SetMaxBuf(256 << 10)
	var b strings.Builder
	hidden := 0
	for b.Len() < maxPart {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(b.String())
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Join(strings.Fields(string(z.Text())), " "))
				b.WriteByte(' ')
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "noscript", "template":
				hidden++
			case "br", "p", "div", "tr", "table", "li", "h1", "h2", "h3", "h4", "pre", "hr":
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "noscript", "template":
				hidden = max(0, hidden-1)
			case "td", "th":
				b.WriteByte('\t')
			case "tr", "p", "div", "table", "li", "h1", "h2", "h3", "h4", "pre", "title":
				b.WriteByte('\n')
			}
		}
	}
	return tidy(b.String())
}

// tidy drops empty lines and cells, and the spaces around what is left. A line that breaks off inside a cell goes on.
func tidy(s string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		var cells []string
		for c := range strings.SplitSeq(line, "\t") {
			if c = strings.TrimSpace(c); c != "" {
				cells = append(cells, c)
			}
		}
		if len(cells) > 0 {
			out.WriteString(strings.Join(cells, "\t"))
			out.WriteByte('\n')
		}
	}
	return out.String()
}
