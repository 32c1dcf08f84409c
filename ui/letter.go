package ui

import (
	"bytes"
	"html/template"
	"strings"
	"time"

	"siteward/appliance"
)

// Letter is what somebody is told, before it is put into words: one part for each thing.
type Letter struct {
	Site    string
	Base    string // address of the pages
	Hotline string
	Parts   []LetterPart
}

// LetterPart is one thing that somebody is told, and what came before it and was not told yet.
type LetterPart struct {
	State   appliance.State
	Title   appliance.Message
	Lines   []appliance.Message
	Link    string // path, or a whole address
	Answer  bool   // the link is the reader's own: by it he answers without an account
	Earlier []LetterLine
}

// LetterLine is something that happened.
type LetterLine struct {
	At   time.Time
	Text appliance.Message
}

// WrittenLetter is a letter in words.
type WrittenLetter struct{ Subject, Text, HTML, Link string }

// Write puts a letter into words.
func (l *Lang) Write(in Letter) WrittenLetter {
	page := letterPage{Lang: l.Tag, Site: in.Site, Foot: l.T("notice.foot", "site", in.Site)}
	if in.Hotline != "" {
		page.Hotline = l.T("notice.foot_hotline", "phone", in.Hotline)
	}
	for _, p := range in.Parts {
		w := letterPart{Colour: letterColours[p.State], Title: l.Say(p.Title)}
		if p.Link != "" {
			w.Link, w.LinkText = absolute(in.Base, p.Link), l.T("notice.open")
		}
		if p.Answer {
			w.LinkText, w.Ask = l.T("notice.answer"), l.T("notice.answer")+":"
		}
		for _, m := range p.Lines {
			w.Lines = append(w.Lines, l.Say(m))
		}
		for _, e := range p.Earlier {
			w.Earlier = append(w.Earlier, l.When(e.At)+": "+l.Say(e.Text))
		}
		page.Parts = append(page.Parts, w)
	}
	out := WrittenLetter{}
	switch len(page.Parts) {
	case 0:
		return out
	case 1:
		out.Subject, out.Link = page.Parts[0].Title, page.Parts[0].Link
	default:
		out.Subject = l.T("notice.several", "n", len(page.Parts))
		page.Lead = l.T("notice.several_lead")
	}
	if in.Site != "" {
		out.Subject = "[" + in.Site + "] " + out.Subject
	}
	out.Text, out.HTML = page.text(), page.html()
	return out
}

func absolute(base, link string) string {
	if strings.HasPrefix(link, "/") {
		return base + link
	}
	return link
}

// letterColours mark a part; the word for it stands in the title.
var letterColours = map[appliance.State]string{appliance.StateOK: "#1a7f4b", appliance.StateWarning: "#b45309", appliance.StateCritical: "#b91c1c",
	appliance.StateNoData: "#57606a", appliance.StateMaintenance: "#1d4ed8", appliance.StatePaused: "#57606a"}

type letterPage struct {
	Lang, Site, Lead, Foot, Hotline string
	Parts                           []letterPart
}

type letterPart struct {
	Colour, Title, Link, LinkText string
	Ask                           string // before the link of a plain text
	Lines, Earlier                []string
}

func (p letterPage) text() string {
	var b strings.Builder
	line := func(s string) {
		if s != "" {
			b.WriteString(s + "\n")
		}
	}
	if p.Lead != "" {
		line(p.Lead + "\n")
	}
	for _, part := range p.Parts {
		line(part.Title)
		for _, s := range part.Lines {
			line(s)
		}
		for _, s := range part.Earlier {
			line("- " + s)
		}
		line(part.Ask)
		line(part.Link)
		b.WriteString("\n")
	}
	line("--")
	line(p.Foot)
	line(p.Hotline)
	return b.String()
}

// letterHTML has its looks in the elements, because mail programs read no style sheet. It asks nobody for anything.
var letterHTML = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:16px;font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif;font-size:16px;line-height:1.5;color:#1f2328;background:#ffffff">
<div style="max-width:640px">
{{with .Lead}}<p style="margin:0 0 16px">{{.}}</p>{{end}}
{{range .Parts}}<div style="margin:0 0 20px;padding:0 0 0 14px;border-left:5px solid {{.Colour}}">
<p style="margin:0 0 6px;font-size:18px;font-weight:600">{{.Title}}</p>
{{range .Lines}}<p style="margin:0 0 4px">{{.}}</p>
{{end}}{{if .Earlier}}<ul style="margin:6px 0;padding:0 0 0 18px;color:#57606a">{{range .Earlier}}<li>{{.}}</li>{{end}}</ul>
{{end}}{{if .Link}}<p style="margin:10px 0 0"><a href="{{.Link}}" style="color:#0b5cad">{{.LinkText}}</a></p>{{end}}
</div>{{end}}
<p style="margin:24px 0 0;font-size:14px;color:#57606a">{{.Foot}}{{with .Hotline}}<br>{{.}}{{end}}</p>
</div></body></html>
`))

func (p letterPage) html() string {
	var b bytes.Buffer
	if err := letterHTML.Execute(&b, p); err != nil {
		return "" // a plain text is a mail, too
	}
	return b.String()
}
