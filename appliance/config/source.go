package config

import (
	"fmt"
	"path"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

// Bounds of how often a source is read.
const (
	minSourceInterval = time.Minute
	maxSourceInterval = 24 * time.Hour
	minSilence        = 10 * time.Minute // of what comes by itself
	maxSilence        = 31 * 24 * time.Hour
)

var (
	mailbox = lazyregexp.New(`^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$`)
	sender  = lazyregexp.New(`^[^\s@<>]*@[^\s@<>]+$`)
	hostKey = lazyregexp.New(`^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]{20,}( .*)?$`)
)

// ValidateSource says what cannot be right about a source of logs by itself. Whether its files may be read and its
// credential exists is for the daemon to say. Fields: name, kind, product, time_zone, interval, credential, and those of
// its kind: paths, host, port, host_key, command, mailbox, senders, hosts, programs.
func ValidateSource(s appliance.Source) []*appliance.Error {
	var p problems
	p.name(s.Name)
	choice(&p, "kind", s.Kind, appliance.SourceKinds)
	p.must(s.Product == "" || profileName.MatchString(s.Product), "product", "product", "value", clip(s.Product))
	if s.TimeZone != "" {
		_, err := time.LoadLocation(s.TimeZone)
		p.must(err == nil && s.TimeZone != "Local", "time_zone", "time_zone", "value", clip(s.TimeZone))
	}
	every := time.Duration(s.Interval)
	if s.Kind.Comes() {
		p.must(every == 0 || every >= minSilence && every <= maxSilence, "interval", "source_silence")
	} else {
		p.must(every == 0 || every >= minSourceInterval && every <= maxSourceInterval, "interval", "source_interval")
	}
	p.sourceSettings(s)
	return p
}

func (p *problems) sourceSettings(s appliance.Source) {
	for _, k := range []struct {
		kind     appliance.SourceKind
		set      bool
		validate func()
	}{
		{appliance.SourceFiles, s.Files != nil, func() { p.paths(s.Files.Paths) }},
		{appliance.SourceSFTP, s.SFTP != nil, func() { p.server(s, s.SFTP.Server); p.paths(s.SFTP.Paths) }},
		{appliance.SourcePush, true, func() {}},
		{appliance.SourceEvents, true, func() {}},
		{appliance.SourceMail, s.Mail != nil, func() { p.mail(*s.Mail) }},
		{appliance.SourceSyslog, true, func() {
			if s.Syslog != nil {
				p.words("hosts", s.Syslog.Hosts)
				p.words("programs", s.Syslog.Programs)
			}
		}},
		{appliance.SourceCommand, s.Command != nil, func() {
			p.server(s, s.Command.Server)
			if p.must(s.Command.Command != "", "command", "empty") {
				p.word("command", s.Command.Command, 1000)
			}
		}},
	} {
		switch {
		case k.kind != s.Kind:
		case !k.set:
			p.add(string(k.kind), "settings")
		default:
			k.validate()
		}
	}
	asked := s.Kind == appliance.SourceSFTP || s.Kind == appliance.SourceCommand
	p.must(asked || s.Credential == 0, "credential", "source_credential")
}

func (p *problems) paths(paths []string) {
	p.must(len(paths) > 0, "paths", "empty")
	p.must(len(paths) <= 20, "paths", "too_many", "max", 20)
	for i, one := range paths {
		field := fmt.Sprintf("paths[%d]", i)
		_, err := path.Match(one, "")
		p.word(field, one, 1000)
		p.must(path.IsAbs(one) && path.Clean(one) == one && one != "/", field, "path", "value", clip(one))
		p.must(err == nil, field, "path_pattern", "value", clip(one))
		p.must(!strings.Contains(one, "**"), field, "path_stars", "value", clip(one))
	}
}

func (p *problems) server(s appliance.Source, v appliance.Server) {
	p.address("host", v.Host)
	p.must(v.Port >= 0 && v.Port <= 65535, "port", "port")
	p.must(v.HostKey == "" || hostKey.MatchString(v.HostKey), "host_key", "host_key")
	p.must(s.Credential != 0, "credential", "no_ssh_credential")
}

func (p *problems) mail(s appliance.MailSettings) {
	if p.must(s.Mailbox != "", "mailbox", "empty") {
		p.must(mailbox.MatchString(s.Mailbox), "mailbox", "mailbox", "value", clip(s.Mailbox))
	}
	p.must(len(s.Senders) <= 50, "senders", "too_many", "max", 50)
	for i, one := range s.Senders {
		p.must(sender.MatchString(one) && len(one) <= 254, fmt.Sprintf("senders[%d]", i), "sender", "value", clip(one))
	}
}

func (p *problems) words(field string, list []string) {
	p.must(len(list) <= 50, field, "too_many", "max", 50)
	for i, w := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		if p.must(w != "", at, "empty") {
			p.word(at, w, maxWord)
		}
	}
}
