package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

// Format writes a site file that Parse reads back as the same. Everything is written out, also what could be left to
// defaults, so that the file keeps its meaning when a default changes.
func Format(f *File) []byte {
	w := &writer{}
	w.line(0, "siteward: %d", FormatVersion)
	if f.TakeOver {
		w.line(0, "take_over: true")
	}
	if f.Site != nil && len(f.Site.Set) > 0 {
		w.line(0, "site:")
		for _, key := range siteKeys {
			if v, ok := f.Site.Set[key]; ok {
				w.line(1, "%s: %s", key, quoted(v))
			}
		}
		w.depth++
		w.daysOff(f.Site.DaysOff)
		w.receiversOff(f.Site.ReceiversOff)
		w.depth--
	}
	if f.Contract != nil {
		w.line(0, "contract:")
		w.depth++
		w.contract(f.Contract.Contract)
		w.depth--
	}
	if f.Mail != nil {
		w.line(0, "mail:")
		w.depth++
		w.mail(*f.Mail)
		w.depth--
	}
	entries(w, "credentials", f.Credentials, (*writer).credential)
	if len(f.Devices) == 0 {
		w.line(0, "devices: []")
	} else {
		w.line(0, "devices:")
	}
	for _, d := range f.Devices {
		w.item(func() { w.device(d); w.checks(d.Checks) })
	}
	entries(w, "sources", f.Sources, (*writer).source)
	entries(w, "backup_jobs", f.Jobs, (*writer).backupJob)
	entries(w, "contacts", f.Contacts, (*writer).contact)
	entries(w, "routes", f.Routes, (*writer).route)
	entries(w, "windows", f.Windows, (*writer).window)
	entries(w, "consumers", f.Consumers, (*writer).consumer)
	return []byte(w.String())
}

// entries writes a section that is a list.
func entries[T any](w *writer, key string, list []T, write func(*writer, T)) {
	if len(list) > 0 {
		w.line(0, "%s:", key)
	}
	for _, v := range list {
		w.item(func() { write(w, v) })
	}
}

// writer writes lines of YAML; depth is its indentation in steps of two blanks.
type writer struct {
	strings.Builder
	depth int
	dash  bool // the next line begins a list entry
}

func (w *writer) line(depth int, format string, args ...any) {
	indent := strings.Repeat("  ", w.depth+depth)
	if w.dash {
		indent, w.dash = indent[2:]+"- ", false
	}
	w.WriteString(indent)
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

// item writes one entry of a list, indented below the key that holds it.
func (w *writer) item(body func()) {
	w.depth += 2
	w.dash = true
	body()
	w.depth -= 2
}

func (w *writer) word(key, value string) {
	if value != "" {
		w.line(0, "%s: %s", key, quoted(value))
	}
}

func (w *writer) whole(key string, value int) {
	if value != 0 {
		w.line(0, "%s: %d", key, value)
	}
}

func (w *writer) words(key string, list []string) {
	if len(list) > 0 {
		w.line(0, "%s: [%s]", key, strings.Join(each(list, quoted), ", "))
	}
}

func (w *writer) flag(key string, value bool) {
	if value {
		w.line(0, "%s: true", key)
	}
}

func (w *writer) number(key string, value *float64) {
	if value != nil {
		w.line(0, "%s: %s", key, strconv.FormatFloat(*value, 'g', -1, 64))
	}
}

func (w *writer) credential(c FileCredential) {
	w.line(0, "name: %s", quoted(c.Name))
	w.word("kind", c.Kind)
	if c.Kind == "" {
		w.line(0, "snmp_version: %q", c.SNMPVersion)
	}
	w.secret(c, "community")
	w.word("user", c.User)
	w.word("context", c.Context)
	w.word("auth_protocol", c.AuthProtocol)
	w.secret(c, "auth")
	w.word("priv_protocol", c.PrivProtocol)
	w.secret(c, "priv")
	w.secret(c, "password")
	w.secret(c, "key")
	w.secret(c, "passphrase")
}

// secret writes where a secret stands, never the secret.
func (w *writer) secret(c FileCredential, field string) {
	for _, s := range c.secrets() {
		if s.field == field {
			w.word(field+"_file", s.secret.File)
			w.word(field+"_env", s.secret.Env)
			w.flag(field+"_kept", c.Kept[field])
		}
	}
}

func (w *writer) device(d FileDevice) {
	w.line(0, "name: %s", quoted(d.Name))
	w.line(0, "kind: %s", quoted(string(d.Kind)))
	w.word("address", d.Address)
	w.word("place", d.Place)
	w.word("purpose", d.Purpose)
	w.words("parents", d.ParentNames)
	if len(d.Ports) > 0 {
		w.line(0, "ports:")
		for _, name := range slices.Sorted(maps.Keys(d.Ports)) {
			w.line(1, "%s: %s", quoted(name), quoted(string(d.Ports[name])))
		}
	}
	w.coverage(d.Coverage)
}

func (w *writer) checks(checks []FileCheck) {
	if len(checks) == 0 {
		w.line(0, "checks: []")
		return
	}
	w.line(0, "checks:")
	for _, c := range checks {
		w.item(func() { w.check(c) })
	}
}

func (w *writer) check(c FileCheck) {
	w.line(0, "name: %s", quoted(c.Name))
	w.line(0, "probe: %s", quoted(string(c.Probe)))
	w.line(0, "interval: %s", c.Interval.String())
	w.line(0, "timeout: %s", c.Timeout.String())
	w.whole("attempts", c.Attempts)
	w.whole("recoveries", c.Recoveries)
	w.settings(c)
	if len(c.Limits) > 0 {
		w.line(0, "limits:")
		for _, l := range c.Limits {
			w.item(func() { w.limit(l) })
		}
	}
}

func (w *writer) settings(c FileCheck) {
	w.section("ping", c.Ping != nil, func(w *writer) { w.whole("count", c.Ping.Count); w.whole("size", c.Ping.Size) })
	w.section("snmp", c.SNMP != nil, func(w *writer) {
		w.word("credential", c.CredentialName)
		w.whole("port", c.SNMP.Port)
		w.word("context", c.SNMP.Context)
		w.word("profile", c.SNMP.Profile)
	})
	w.section("tcp", c.TCP != nil, func(w *writer) {
		w.whole("port", c.TCP.Port)
		w.flag("tls", c.TCP.TLS)
		w.flag("skip_verify", c.TCP.SkipVerify)
		w.word("send", c.TCP.Send)
		w.word("expect", c.TCP.Expect)
	})
	w.section("http", c.HTTP != nil, func(w *writer) {
		w.word("url", c.HTTP.URL)
		w.word("method", c.HTTP.Method)
		if len(c.HTTP.Status) > 0 {
			w.line(0, "status: [%s]", strings.Join(each(c.HTTP.Status, strconv.Itoa), ", "))
		}
		w.word("match", c.HTTP.Match)
		w.word("match_not", c.HTTP.MatchNot)
		w.flag("skip_verify", c.HTTP.SkipVerify)
		w.whole("redirects", c.HTTP.Redirects)
	})
	w.section("nut", c.NUT != nil, func(w *writer) {
		w.word("credential", c.CredentialName)
		w.whole("port", c.NUT.Port)
		w.word("ups", c.NUT.UPS)
		w.flag("tls", c.NUT.TLS)
		w.flag("skip_verify", c.NUT.SkipVerify)
	})
	w.section("apcupsd", c.Apcupsd != nil, func(w *writer) { w.whole("port", c.Apcupsd.Port) })
}

// section writes nested keys; one without any is written as {}.
func (w *writer) section(key string, there bool, body func(*writer)) {
	if !there {
		return
	}
	inner := &writer{depth: w.depth + 1}
	body(inner)
	if inner.Len() == 0 {
		w.line(0, "%s: {}", key)
		return
	}
	w.line(0, "%s:", key)
	w.WriteString(inner.String())
}

func (w *writer) limit(l appliance.Limit) {
	w.line(0, "metric: %s", quoted(l.Metric))
	w.word("instance", l.Instance)
	if l.Below != badWhenLow[l.Metric] {
		w.line(0, "below: %v", l.Below)
	}
	w.word("of", l.Of)
	w.number("warning", l.Warning)
	w.number("critical", l.Critical)
	if l.Hysteresis != 0 {
		w.number("hysteresis", &l.Hysteresis)
	}
	w.flag("off", l.Off)
}

func each[T any](list []T, f func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

var (
	plain    = lazyregexp.New(`^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)
	ipv4     = lazyregexp.New(`^[0-9]{1,3}(\.[0-9]{1,3}){3}$`)
	reserved = []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"}
)

// quoted is a word as YAML reads it back: plain where nobody can mistake it, else in double quotes.
func quoted(s string) string {
	if ipv4.MatchString(s) || plain.MatchString(s) && !slices.Contains(reserved, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}
