package config

import (
	"slices"
	"strings"

	"siteward/appliance"
)

// FileSource is an entry of the section sources; its device and its credential are named.
type FileSource struct {
	At Position
	appliance.Source
	DeviceName, CredentialName string
}

func (p *reader) source(n *node, path string) {
	before := len(p.problems)
	s := FileSource{At: n.at}
	var paths, senders, hosts, programs []string
	var server appliance.Server
	var command, mailbox string
	p.mapping(n, path, fields{
		"name": p.text(&s.Name), "kind": p.text((*string)(&s.Kind)), "device": p.text(&s.DeviceName), "product": p.text(&s.Product),
		"time_zone": p.text(&s.TimeZone), "interval": p.duration(&s.Interval), "credential": p.text(&s.CredentialName),
		"paths": p.texts(&paths), "host": p.text(&server.Host), "port": p.whole(&server.Port), "host_key": p.text(&server.HostKey),
		"command": p.text(&command), "mailbox": p.text(&mailbox), "senders": p.texts(&senders), "hosts": p.texts(&hosts), "programs": p.texts(&programs),
	})
	if n.kind != isMap {
		return
	}
	switch s.Kind {
	case appliance.SourceFiles:
		s.Files = &appliance.FilesSettings{Paths: paths}
	case appliance.SourceSFTP:
		s.SFTP = &appliance.SFTPSettings{Server: server, Paths: paths}
	case appliance.SourceCommand:
		s.Command = &appliance.CommandSettings{Server: server, Command: command}
	case appliance.SourceMail:
		s.Mail = &appliance.MailSettings{Mailbox: mailbox, Senders: senders}
	case appliance.SourceSyslog:
		s.Syslog = &appliance.SyslogSettings{Hosts: hosts, Programs: programs}
	}
	p.onlyOf(n, s.Kind)
	probe := s.Source
	if s.CredentialName != "" {
		probe.Credential = 1 // whether there is one of this name is for Plan to say
	}
	p.rules(path, before, ValidateSource(probe))
	p.file.Sources = append(p.file.Sources, s)
}

// sourceKeys are the kinds that a key of the section belongs to; the others belong to all.
var sourceKeys = map[string][]appliance.SourceKind{
	"paths": {appliance.SourceFiles, appliance.SourceSFTP}, "host": {appliance.SourceSFTP, appliance.SourceCommand},
	"port": {appliance.SourceSFTP, appliance.SourceCommand}, "host_key": {appliance.SourceSFTP, appliance.SourceCommand}, "command": {appliance.SourceCommand},
	"mailbox": {appliance.SourceMail}, "senders": {appliance.SourceMail}, "hosts": {appliance.SourceSyslog}, "programs": {appliance.SourceSyslog},
}

// onlyOf says of keys that mean nothing for a kind that they do.
func (p *reader) onlyOf(n *node, kind appliance.SourceKind) {
	for _, pair := range n.pairs {
		if kinds := sourceKeys[pair.key]; len(kinds) > 0 && slices.Contains(appliance.SourceKinds, kind) && !slices.Contains(kinds, kind) {
			p.say(pair.at, appliance.CodeInvalid, pair.key, "means nothing for a source of the kind %s; take it away", kind)
		}
	}
}

func (inv Inventory) exportSources(n names) (out []FileSource) {
	for _, s := range inv.Sources {
		out = append(out, exportSource(s, n))
	}
	slices.SortFunc(out, func(a, b FileSource) int { return byName(a.Name, b.Name) })
	return out
}

func exportSource(s appliance.Source, n names) FileSource {
	return FileSource{Source: s, DeviceName: n.devices[s.Device], CredentialName: n.credentials[s.Credential]}
}

func (w *writer) source(s FileSource) {
	w.line(0, "name: %s", quoted(s.Name))
	w.line(0, "kind: %s", quoted(string(s.Kind)))
	w.word("device", s.DeviceName)
	w.word("product", s.Product)
	w.word("time_zone", s.TimeZone)
	if s.Interval != 0 {
		w.line(0, "interval: %s", s.Interval.String())
	}
	w.word("credential", s.CredentialName)
	switch {
	case s.Files != nil:
		w.words("paths", s.Files.Paths)
	case s.SFTP != nil:
		w.server(s.SFTP.Server)
		w.words("paths", s.SFTP.Paths)
	case s.Command != nil:
		w.server(s.Command.Server)
		w.word("command", s.Command.Command)
	case s.Mail != nil:
		w.word("mailbox", s.Mail.Mailbox)
		w.words("senders", s.Mail.Senders)
	case s.Syslog != nil:
		w.words("hosts", s.Syslog.Hosts)
		w.words("programs", s.Syslog.Programs)
	}
}

func (w *writer) server(s appliance.Server) {
	w.word("host", s.Host)
	w.whole("port", s.Port)
	w.word("host_key", s.HostKey)
}

// sources plans the changes of sources. The secret of a source that is pushed to is made in the interface, and stays.
func (p *planner) sources() {
	for _, want := range p.f.Sources {
		old, known := find(p.cur.Sources, want.Name, func(s appliance.Source) string { return s.Name })
		want.DeviceName, want.CredentialName = spelled(p.names.devices, want.DeviceName), spelled(p.names.credentials, want.CredentialName)
		s := want.Source
		s.ID, s.Version, s.Owner, s.Created, s.Paused, s.Push = old.ID, old.Version, p.f.Name, old.Created, old.Paused, nil
		before := ""
		if known {
			before = lined(exportSource(old, p.names), (*writer).source)
			if old.Kind != s.Kind {
				p.say(want.At, appliance.CodeConflict, "kind", "the source %s is of the kind %s; a source keeps its kind, give this one another name", clip(want.Name), old.Kind)
			}
		}
		if s.Kind.Tokened() {
			s.Push = old.Push
		}
		p.put(want.At, "source", want.Name, old.Owner, before, lined(want, (*writer).source), !known, func(a *applier) error {
			return a.putSource(s, want.DeviceName, want.CredentialName)
		})
	}
}

func (a *applier) putSource(s appliance.Source, device, credential string) error {
	s.Device, s.Credential = a.devices[strings.ToLower(device)], a.credentials[strings.ToLower(credential)]
	if s.ID == 0 {
		s.Created = a.now
	}
	err := a.tx.PutSource(&s)
	a.sources[strings.ToLower(s.Name)] = s.ID
	return err
}
