package config

import (
	"strings"

	"siteward/appliance"
)

// logDeletions are jobs and sources that the file owned and no longer declares.
func (p *planner) logDeletions() {
	for _, j := range p.cur.Jobs {
		if _, wanted := find(p.f.Jobs, j.Name, func(f FileJob) string { return f.Name }); j.Owner == p.f.Name && !wanted {
			p.delete("backup job", j.Name, func(a *applier) error { return a.tx.DeleteBackupJob(j.ID) })
		}
	}
	for _, s := range p.cur.Sources {
		if _, wanted := find(p.f.Sources, s.Name, func(f FileSource) string { return f.Name }); s.Owner == p.f.Name && !wanted {
			p.delete("source", s.Name, func(a *applier) error { return a.tx.DeleteSource(s.ID) })
		}
	}
}

// spelled is a name in the letters in which the site has it: upper and lower case are the same, and no change.
func spelled(names map[appliance.ID]string, name string) string {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n
		}
	}
	return name
}

// logReferences looks at the site as it would be: devices, credentials and sources that are named must be there, credentials must be for
// SSH, and a mailbox has one source.
func (p *planner) logReferences() {
	all := p.presence()
	kinds := map[string]string{}
	for _, c := range p.cur.Credentials {
		all.add("credential", c.Name)
		kinds[strings.ToLower(c.Name)] = c.Kind
	}
	for _, c := range p.f.Credentials {
		all.add("credential", c.Name)
		kinds[strings.ToLower(c.Name)] = c.Kind
	}
	for _, d := range p.cur.Devices {
		all.add("device", d.Name)
	}
	for _, d := range p.f.Devices {
		all.add("device", d.Name)
	}
	boxes := map[string]string{}
	for _, s := range p.cur.Sources {
		all.add("source", s.Name)
		if _, declared := find(p.f.Sources, s.Name, func(f FileSource) string { return f.Name }); s.Mail != nil && !declared && !all.gone["source "+strings.ToLower(s.Name)] {
			boxes[s.Mail.Mailbox] = s.Name
		}
	}
	for _, s := range p.f.Sources {
		all.add("source", s.Name)
		all.named(s.At, "device", "device", s.DeviceName)
		all.named(s.At, "credential", "credential", s.CredentialName)
		if s.CredentialName != "" && all.has("credential", s.CredentialName) && kinds[strings.ToLower(s.CredentialName)] != appliance.CredentialSSH {
			p.say(s.At, appliance.CodeInvalid, "credential", "the credential %q is not for SSH; name one with \"kind: ssh\"", clip(s.CredentialName))
		}
		if s.Mail == nil {
			continue
		}
		if other := boxes[s.Mail.Mailbox]; other != "" {
			p.say(s.At, appliance.CodeInvalid, "mailbox", "the source %s has the mailbox %s already; choose another name", clip(other), clip(s.Mail.Mailbox))
		}
		boxes[s.Mail.Mailbox] = s.Name
	}
	for _, j := range p.f.Jobs {
		all.named(j.At, "device", "device", j.DeviceName)
		for _, source := range j.SourceNames {
			all.named(j.At, "source", "source", source)
		}
	}
}
