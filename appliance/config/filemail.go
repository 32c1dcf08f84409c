package config

import "siteward/appliance"

// FileMail is the section mail: the server that mails are handed to.
type FileMail struct {
	At Position
	appliance.MailRelay
	Kept bool // the password that the appliance holds already
}

func (p *reader) mail(n *node, path string) {
	before := len(p.problems)
	m := &FileMail{At: n.at}
	p.mapping(n, path, fields{
		"host": p.text(&m.Host), "port": p.whole(&m.Port), "security": p.text((*string)(&m.Security)), "user": p.text(&m.User), "from": p.text(&m.From),
		"password_file": p.text(&m.Password.File), "password_env": p.text(&m.Password.Env), "password_kept": p.flag(&m.Kept),
	})
	if n.kind != isMap {
		return
	}
	if m.Security == "" {
		m.Security = appliance.MailStartTLS
	}
	if m.Port == 0 {
		m.Port = map[appliance.MailSecurity]int{appliance.MailTLS: 465, appliance.MailPlain: 25}[m.Security]
	}
	if m.Port == 0 {
		m.Port = 587
	}
	probe := m.MailRelay
	if m.Kept {
		probe.Password.Value = keptSecret
	}
	p.secretPlaces(path, "password")
	p.must(m.Host != "", n, path, "needs the name of the mail server as host; leave the whole section out when no mail can be sent")
	p.rules(path, before, ValidateMailRelay(probe))
	p.file.Mail = m
}

// must says of an object what it lacks.
func (p *reader) must(ok bool, n *node, path, format string, args ...any) {
	if !ok {
		p.wrong(n, path, format, args...)
	}
}

// keptSecret stands for a secret that the appliance holds, while an object is looked at.
const keptSecret = "kept-by-the-appliance" //nolint:gosec // G101: it is none

// secretPlaces lets a secret be found in the file wherever it stands.
func (p *reader) secretPlaces(path, field string) {
	for _, suffix := range []string{"_file", "_env", "_kept"} {
		if at, ok := p.places[join(path, field+suffix)]; ok {
			p.places[join(path, field)] = at
		}
	}
}

func exportMail(r appliance.MailRelay) FileMail {
	m := FileMail{MailRelay: r, Kept: r.Password.Value != ""}
	if m.Kept {
		m.Password = appliance.Secret{}
	}
	return m
}

func (w *writer) mail(m FileMail) {
	w.word("host", m.Host)
	w.whole("port", m.Port)
	w.word("security", string(m.Security))
	w.word("user", m.User)
	w.held("password", m.Password, m.Kept)
	w.word("from", m.From)
}

// held writes where a secret stands, never the secret.
func (w *writer) held(field string, s appliance.Secret, kept bool) {
	w.word(field+"_file", s.File)
	w.word(field+"_env", s.Env)
	w.flag(field+"_kept", kept)
}

// mail plans the change of the mail server. One that the file owned and declares no longer stays, and belongs to people again.
func (p *planner) mail() {
	old := p.cur.Mail
	if p.f.Mail == nil {
		if old.Owner == p.f.Name && old.Host != "" {
			freed := old
			freed.Owner = ""
			p.changes = append(p.changes, Change{Verb: Update, Noun: "mail server", Name: clip(old.Host), Lines: []string{"- (of this file)"}, do: func(a *applier) error { return a.tx.PutMailRelay(freed) }})
		}
		return
	}
	m := *p.f.Mail
	r := m.MailRelay
	r.Owner = p.f.Name
	if m.Kept {
		if r.Password = old.Password; r.Password.Value == "" {
			p.say(m.At, appliance.CodeInvalid, "password_kept", "the appliance holds no password of a mail server; name a file with password_file or enter it in the interface")
		}
	}
	before := ""
	if old.Host != "" {
		before = lined(exportMail(old), (*writer).mail)
	}
	p.put(m.At, "mail server", clip(m.Host), old.Owner, before, lined(m, (*writer).mail), old.Host == "", func(a *applier) error { return a.tx.PutMailRelay(r) })
}
