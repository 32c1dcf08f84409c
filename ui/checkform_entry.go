package ui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/ui/view"
)

// lang is the language of who asks, for handlers that need it before there is a frame.
func (s *Server) lang(c echo.Context) *Lang {
	return s.render.Lang(s.language(c, access.Who(c.Request().Context()).User))
}

// checkEntry is what somebody typed into the form of a check, and what it means.
type checkEntry struct {
	form  view.Form
	check appliance.Check
	rows  int         // of limits in the form
	rowOf map[int]int // row of each limit of the check
}

// maxLimitRows bounds what one request may ask for; config allows as many limits.
const maxLimitRows = 200

var checkFieldNames = []string{"name", "interval", "timeout", "attempts", "recoveries", "ping-count", "ping-size", "snmp-port", "snmp-credential", "snmp-context",
	"snmp-profile", "tcp-port", "tcp-tls", "tcp-skip_verify", "tcp-send", "tcp-expect", "http-url", "http-method", "http-status", "http-match",
	"http-match_not", "http-skip_verify", "http-redirects", "nut-port", "nut-ups", "nut-credential", "nut-tls", "nut-skip_verify", "apcupsd-port"}

var limitFieldNames = []string{"metric", "instance", "warning", "critical", "direction", "of", "hysteresis", "off"}

func limitField(row int, name string) string { return fmt.Sprintf("limit-%d-%s", row, name) }

// readCheck takes the form, and what it does not carry from the stored check.
func (l *Lang) readCheck(c echo.Context, stored appliance.Check, device appliance.DeviceView) *checkEntry {
	e := &checkEntry{form: formOf(c, append(slices.Clone(checkFieldNames), "probe", "version")...), rowOf: map[int]int{}}
	rows, _ := strconv.Atoi(c.FormValue("limits"))
	e.rows = min(max(rows, 0), maxLimitRows)
	for row := range e.rows {
		for _, name := range limitFieldNames {
			field := limitField(row, name)
			e.form.Values[field] = strings.TrimSpace(c.FormValue(field))
		}
	}
	e.check = stored
	e.check.Device = device.ID
	if stored.ID == 0 {
		e.check.Probe = appliance.ProbeKind(e.form.Value("probe"))
	}
	e.form.Values["probe"] = string(e.check.Probe)
	if stored.ID != 0 {
		e.check.Version, _ = strconv.ParseUint(e.form.Value("version"), 10, 64)
	}
	e.check.Interval, e.check.Timeout = e.span(l, "interval", config.DefaultInterval), e.span(l, "timeout", config.TimeoutOf(e.check.Probe))
	e.check.Attempts, e.check.Recoveries = e.number(l, "attempts"), e.number(l, "recoveries")
	e.readSettings(l)
	e.readLimits(l)
	e.check.Name = cmp.Or(e.form.Value("name"), freeCheckName(e.check, device.Checks))
	return e
}

// readSettings reads the fields of the check's probe and leaves out those of the others.
func (e *checkEntry) readSettings(l *Lang) {
	v := e.form.Value
	c := &e.check
	c.Ping, c.SNMP, c.TCP, c.HTTP, c.NUT, c.Apcupsd = nil, nil, nil, nil, nil, nil
	switch c.Probe {
	case appliance.ProbePing:
		c.Ping = &appliance.PingSettings{Count: e.number(l, "ping-count"), Size: e.number(l, "ping-size")}
	case appliance.ProbeSNMP:
		id, _ := appliance.ParseID(v("snmp-credential"))
		c.SNMP = &appliance.SNMPSettings{Port: e.number(l, "snmp-port"), Credential: id, Context: v("snmp-context"), Profile: v("snmp-profile")}
	case appliance.ProbeNUT:
		id, _ := appliance.ParseID(v("nut-credential"))
		c.NUT = &appliance.NUTSettings{Port: e.number(l, "nut-port"), UPS: v("nut-ups"), Credential: id, TLS: v("nut-tls") != "", SkipVerify: v("nut-skip_verify") != ""}
	case appliance.ProbeApcupsd:
		c.Apcupsd = &appliance.ApcupsdSettings{Port: e.number(l, "apcupsd-port")}
	case appliance.ProbeTCP:
		c.TCP = &appliance.TCPSettings{Port: e.number(l, "tcp-port"), TLS: v("tcp-tls") != "", SkipVerify: v("tcp-skip_verify") != "",
			Send: unescape(v("tcp-send")), Expect: unescape(v("tcp-expect"))}
	case appliance.ProbeHTTP:
		c.HTTP = &appliance.HTTPSettings{URL: v("http-url"), Method: v("http-method"), Status: e.statuses(l), Match: v("http-match"), MatchNot: v("http-match_not"),
			SkipVerify: v("http-skip_verify") != "", Redirects: e.number(l, "http-redirects")}
	}
}

// number reads a whole number; nothing is 0, which means the default.
func (e *checkEntry) number(l *Lang, field string) int {
	s := e.form.Value(field)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		e.form.Fail(field, l.T("checkform.wrong_number", "field", l.checkLabel(field), "value", s))
	}
	return n
}

func (e *checkEntry) statuses(l *Lang) []int {
	var out []int
	for _, s := range strings.FieldsFunc(e.form.Value("http-status"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			e.form.Fail("http-status", l.T("checkform.wrong_number", "field", l.checkLabel("http-status"), "value", s))
			return nil
		}
		out = append(out, n)
	}
	return out
}

func (e *checkEntry) span(l *Lang, field string, def appliance.Duration) appliance.Duration {
	s := e.form.Value(field)
	if s == "" {
		return def
	}
	d, ok := l.readSpan(s)
	if !ok {
		e.form.Fail(field, l.T("checkform.wrong_span", "field", l.checkLabel(field), "value", s, "example", l.spanText(def)))
	}
	return d
}

// freeCheckName names a check after what it asks, when nobody did.
func freeCheckName(c appliance.Check, others []appliance.Check) string {
	name := string(c.Probe)
	if c.TCP != nil && c.TCP.Port > 0 {
		name = "port " + strconv.Itoa(c.TCP.Port)
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(others, func(o appliance.Check) bool { return o.ID != c.ID && strings.EqualFold(o.Name, name) })
	}
	free := name
	for n := 2; taken(free); n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// judge puts sentences beside the fields they are about; what could not even be read was said while reading.
func (e *checkEntry) judge(l *Lang) {
	for _, err := range config.ValidateCheck(e.check) {
		field := e.fieldOf(err.Field)
		m := err.Message
		if d, ok := m.Args["interval"]; ok { // Go's form, which people do not write
			m.Args = map[string]any{"interval": l.spanText(e.check.Interval), "was": d}
		}
		e.form.Fail(field, l.wrong("checkform", wordOf(err.Field), l.checkLabel(field), m))
	}
}

// fieldOf maps "limits[0].warning" to its row's field and "http.url" to "http-url".
func (e *checkEntry) fieldOf(field string) string {
	var i int
	if n, _ := fmt.Sscanf(field, "limits[%d]", &i); n == 1 {
		_, name, ok := strings.Cut(field, "].")
		if !ok {
			name = "warning"
		}
		return limitField(e.rowOf[i], name)
	}
	return strings.ReplaceAll(field, ".", "-")
}

// wordOf is a field without its number, as it stands in keys.
func wordOf(field string) string {
	if _, name, ok := strings.Cut(field, "]."); ok {
		return "limit_" + name
	}
	return strings.ReplaceAll(strings.ReplaceAll(field, ".", "_"), "-", "_")
}

// checkLabel is the label of a form field, "" when it has none.
func (l *Lang) checkLabel(field string) string {
	key := "checkform." + wordOf(field)
	if rest, ok := strings.CutPrefix(field, "limit-"); ok {
		_, name, _ := strings.Cut(rest, "-")
		key = "checkform.limit_" + name
	}
	if !l.Has(key) {
		return ""
	}
	return l.T(key)
}

func (l *Lang) checkLabels(values map[string]string) map[string]string {
	out := map[string]string{}
	for field := range maps.Keys(values) {
		if label := l.checkLabel(field); label != "" {
			out[field] = label
		}
	}
	return out
}

// checkValues is a check as its form shows it.
func (l *Lang) checkValues(c appliance.Check) map[string]string {
	v := map[string]string{"name": c.Name, "probe": string(c.Probe), "version": strconv.FormatUint(c.Version, 10)}
	if c.ID != 0 {
		v["interval"], v["timeout"] = l.spanText(c.Interval), l.spanText(c.Timeout)
	} else {
		v["interval"] = l.spanText(config.DefaultInterval)
	}
	v["attempts"], v["recoveries"] = number0(c.Attempts), number0(c.Recoveries)
	if s := c.Ping; s != nil {
		v["ping-count"], v["ping-size"] = number0(s.Count), number0(s.Size)
	}
	if s := c.SNMP; s != nil {
		v["snmp-port"], v["snmp-credential"], v["snmp-context"], v["snmp-profile"] = number0(s.Port), s.Credential.String(), s.Context, s.Profile
	}
	if s := c.TCP; s != nil {
		v["tcp-port"], v["tcp-tls"], v["tcp-skip_verify"], v["tcp-send"], v["tcp-expect"] = number0(s.Port), ticked(s.TLS), ticked(s.SkipVerify), escape(s.Send), escape(s.Expect)
	}
	if s := c.HTTP; s != nil {
		v["http-url"], v["http-method"], v["http-status"], v["http-match"], v["http-match_not"] = s.URL, cmp.Or(s.Method, "GET"), joined(s.Status), s.Match, s.MatchNot
		v["http-skip_verify"], v["http-redirects"] = ticked(s.SkipVerify), strconv.Itoa(s.Redirects)
	}
	if s := c.NUT; s != nil {
		v["nut-port"], v["nut-ups"], v["nut-tls"], v["nut-skip_verify"] = number0(s.Port), s.UPS, ticked(s.TLS), ticked(s.SkipVerify)
		if s.Credential != 0 {
			v["nut-credential"] = s.Credential.String()
		}
	}
	if s := c.Apcupsd; s != nil {
		v["apcupsd-port"] = number0(s.Port)
	}
	for row, limit := range c.Limits {
		l.putLimit(v, row, limit)
	}
	return v
}

func number0(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func ticked(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func joined(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}

// What is sent over the wire may hold line ends, which one line of a form cannot; they are written as in most languages.
var (
	escaper   = strings.NewReplacer(`\`, `\\`, "\r", `\r`, "\n", `\n`, "\t", `\t`)
	unescaper = strings.NewReplacer(`\\`, `\`, `\r`, "\r", `\n`, "\n", `\t`, "\t")
)

func escape(s string) string   { return escaper.Replace(s) }
func unescape(s string) string { return unescaper.Replace(s) }
