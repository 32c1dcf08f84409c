package daemon

import (
	"fmt"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/notify"
	"siteward/embed"
	"siteward/ui"
)

func (d *Daemon) openWords() *ui.Words { return ui.OpenWords(embed.Locales, d.location, d.now) }

// letter puts what one recipient is told at once into his language.
func (d *Daemon) letter(to recipient, site appliance.Site, m notify.Message) channel.Message {
	in := ui.Letter{Site: site.Name, Base: d.baseURL(), Hotline: site.Hotline}
	for _, part := range m.Parts {
		in.Parts = append(in.Parts, letterPart(part))
	}
	w := d.letters().In(to.lang).Write(in)
	all := m.All()
	last := all[len(all)-1]
	out := channel.Message{ID: fmt.Sprintf("notice-%d-%d.%d", last.Delivery.Notice, last.N, last.Created.Unix()), Kind: last.Kind, About: last.About,
		Subject: w.Subject, Text: w.Text, HTML: w.HTML, Link: w.Link}
	if len(m.Parts) == 1 {
		out.Thread, out.Files = last.Notice.Thread, last.Notice.Files
	} else {
		out.About = appliance.NoticeAbout{}
	}
	for _, w := range all {
		out.Severity = max(out.Severity, w.Notice.Severity)
	}
	return out
}

// letterPart tells the newest of a thread, and below it what came before and was not told yet.
func letterPart(list []notify.Waiting) ui.LetterPart {
	last := list[len(list)-1]
	p := ui.LetterPart{State: last.Notice.Severity, Title: last.Notice.Title, Lines: last.Notice.Lines, Link: last.Notice.Link}
	if last.Link != "" {
		p.Link, p.Answer = last.Link, true
	}
	for _, w := range list[:len(list)-1] {
		p.Earlier = append(p.Earlier, ui.LetterLine{At: w.Notice.At, Text: w.Notice.Title})
	}
	return p
}
