package config

import (
	"fmt"
	"strings"

	"siteward/appliance"
)

// siteKeys are those of the section site, in the order they are written.
var siteKeys = []string{"name", "language", "time_zone", "holiday_region", "day_start", "hotline", "provider"}

func siteField(s *appliance.Site, key string) *string {
	return map[string]*string{
		"name": &s.Name, "language": &s.Language, "time_zone": &s.TimeZone,
		"holiday_region": &s.HolidayRegion, "day_start": &s.DayStart, "hotline": &s.Hotline, "provider": &s.Provider,
	}[key]
}

func (p *reader) site(n *node, path string) {
	before := len(p.problems)
	out := &FileSite{At: n.at, Set: map[string]string{}}
	f := fields{}
	for _, key := range siteKeys {
		f[key] = func(n *node, path string) {
			var s string
			p.text(&s)(n, path)
			out.Set[key] = s
		}
	}
	f["days_off"], f["receivers_off"] = p.daysOff(out), p.receiversOff(out)
	p.mapping(n, path, f)
	probe := appliance.Site{Name: "x", Language: "en", TimeZone: "UTC"} // what is not set is not judged here
	out.apply(&probe)
	p.rules(path, before, ValidateSite(probe))
	p.file.Site = out
}

func (s *FileSite) apply(to *appliance.Site) {
	for key, value := range s.Set {
		*siteField(to, key) = value
	}
	if s.DaysOff != nil {
		to.DaysOff = s.DaysOff
	}
	if s.ReceiversOff != nil {
		to.ReceiversOff = s.ReceiversOff
	}
}

func (p *reader) credential(n *node, path string) {
	before := len(p.problems)
	c := FileCredential{At: n.at, Kept: map[string]bool{}}
	f := fields{
		"name":          p.text(&c.Name),
		"snmp_version":  p.text(&c.SNMPVersion),
		"kind":          p.text(&c.Kind),
		"user":          p.text(&c.User),
		"context":       p.text(&c.Context),
		"auth_protocol": p.text(&c.AuthProtocol),
		"priv_protocol": p.text(&c.PrivProtocol),
	}
	for _, s := range c.secrets() {
		f[s.field+"_file"] = p.text(&s.secret.File)
		f[s.field+"_env"] = p.text(&s.secret.Env)
		f[s.field+"_kept"] = func(n *node, path string) {
			var kept bool
			p.flag(&kept)(n, path)
			if kept {
				c.Kept[s.field] = true
			}
		}
	}
	p.mapping(n, path, f)
	if n.kind == isMap {
		p.rules(path, before, validateFileCredential(c, p, path))
		p.file.Credentials = append(p.file.Credentials, c)
	}
}

type secretField struct {
	field  string
	secret *appliance.Secret
}

func (c *FileCredential) secrets() []secretField { return secretsOf(&c.Credential) }

func secretsOf(c *appliance.Credential) []secretField {
	return []secretField{{"community", &c.Community}, {"auth", &c.Auth}, {"priv", &c.Priv},
		{"password", &c.Password}, {"key", &c.Key}, {"passphrase", &c.Passphrase}}
}

// validateFileCredential judges with a stand-in for secrets that the appliance keeps, and gives the places of a secret
// to its field.
func validateFileCredential(c FileCredential, p *reader, path string) []*appliance.Error {
	probe := FileCredential{Credential: c.Credential}
	for _, s := range probe.secrets() {
		if c.Kept[s.field] {
			s.secret.Value = "kept-by-the-appliance"
		}
		for _, suffix := range []string{"_file", "_env", "_kept"} {
			if at, ok := p.places[join(path, s.field+suffix)]; ok {
				p.places[join(path, s.field)] = at
			}
		}
	}
	errs := ValidateCredential(probe.Credential)
	for _, e := range errs {
		if e.Message.Key == "validate.empty" && e.Field == "community" {
			e.Message.English = "is missing; name the file that holds it with community_file, or an environment variable with community_env"
		}
	}
	return errs
}

func (p *reader) device(n *node, path string) {
	before := len(p.problems)
	d := FileDevice{At: n.at}
	var credential string
	var checks *node
	p.mapping(n, path, fields{
		"name":       p.text(&d.Name),
		"kind":       p.text((*string)(&d.Kind)),
		"address":    p.text(&d.Address),
		"place":      p.text(&d.Place),
		"purpose":    p.text(&d.Purpose),
		"parents":    p.texts(&d.ParentNames),
		"ports":      p.ports(&d),
		"coverage":   p.coverage(&d),
		"credential": p.text(&credential),
		"checks":     func(n *node, _ string) { checks = n },
	})
	if n.kind != isMap {
		return
	}
	p.rules(path, before, ValidateDevice(d.Device))
	if checks == nil {
		d.Checks = defaultFileChecks(d, credential)
	} else {
		p.list(func(n *node, path string) { p.check(n, path, &d, credential) })(checks, join(path, "checks"))
	}
	p.file.Devices = append(p.file.Devices, d)
}

func (p *reader) ports(d *FileDevice) func(*node, string) {
	return func(n *node, path string) {
		if n.kind != isMap {
			p.wrong(n, path, "must hold lines like \"Gi0/1: uplink\", and holds %s", kindNames[n.kind])
			return
		}
		d.Ports = map[string]appliance.PortRole{}
		for _, pair := range n.pairs {
			if _, twice := d.Ports[pair.key]; twice {
				p.say(pair.at, appliance.CodeInvalid, clip(pair.key), "stands here twice; keep one")
			}
			var role string
			p.text(&role)(pair.value, join(path, clip(pair.key)))
			d.Ports[pair.key] = appliance.PortRole(role)
			p.places[fmt.Sprintf("%s[%s]", path, clip(pair.key))] = pair.value.at
		}
	}
}

func defaultFileChecks(d FileDevice, credential string) []FileCheck {
	var checks []FileCheck
	for _, c := range DefaultChecks(d.Kind, credential != "") {
		out := FileCheck{At: d.At, Check: c}
		if c.SNMP != nil {
			out.CredentialName = credential
		}
		checks = append(checks, out)
	}
	return checks
}

// duplicates are names that stand twice, in whatever case: the store takes them for the same.
func (p *reader) duplicates() {
	credentials, devices := map[string]Position{}, map[string]Position{}
	for _, c := range p.file.Credentials {
		p.once(credentials, "credential", c.Name, c.At)
	}
	sources, jobs := map[string]Position{}, map[string]Position{}
	for _, s := range p.file.Sources {
		p.once(sources, "source", s.Name, s.At)
	}
	for _, j := range p.file.Jobs {
		p.once(jobs, "backup job", j.Name, j.At)
	}
	contacts, routes, windows := map[string]Position{}, map[string]Position{}, map[string]Position{}
	for _, c := range p.file.Contacts {
		p.once(contacts, "contact", c.Name, c.At)
	}
	for _, r := range p.file.Routes {
		p.once(routes, "route", r.Name, r.At)
	}
	for _, w := range p.file.Windows {
		p.once(windows, "window of this beginning", w.Title+" "+w.Begin, w.At)
	}
	for _, d := range p.file.Devices {
		p.once(devices, "device", d.Name, d.At)
		checks := map[string]Position{}
		for _, c := range d.Checks {
			p.once(checks, "check of "+clip(d.Name), c.Name, c.At)
		}
	}
}

func (p *reader) once(seen map[string]Position, noun, name string, at Position) {
	key := strings.ToLower(name)
	if first, twice := seen[key]; twice && name != "" {
		p.say(at, appliance.CodeInvalid, "name", "there is another %s %q in line %d; give one of them another name", noun, clip(name), first.Line)
		return
	}
	seen[key] = at
}

// circles are devices of the file that are reached through each other.
func (p *reader) circles() {
	links := map[string][]string{}
	for _, d := range p.file.Devices {
		links[d.Name] = d.ParentNames
	}
	if chain := circle(links); chain != nil {
		for _, d := range p.file.Devices {
			if strings.EqualFold(d.Name, chain[0]) {
				p.say(d.At, appliance.CodeInvalid, "parents", "%s", english("parent_cycle", map[string]any{"chain": strings.Join(chain, " → ")}))
				return
			}
		}
	}
}
