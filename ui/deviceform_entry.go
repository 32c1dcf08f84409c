package ui

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/ui/view"
)

// The ways of asking a new device.
const (
	askSNMP = "snmp" // and ping
	askPing = "ping"
	askHTTP = "http"
	askTCP  = "tcp"

	askNUT     = "nut"
	askApcupsd = "apcupsd"
)

// The choices that make a new credential of what is typed.
const (
	newCommunity = "new-2c"
	newUser      = "new-3"
)

// deviceEntry is what somebody typed into the form of a device, and what it means.
type deviceEntry struct {
	form       view.Form
	secrets    secrets
	device     appliance.Device
	checks     []appliance.Check
	credential *appliance.Credential // typed, not stored yet
}

// deviceFields maps fields of the domain to those of the form.
var deviceFields = map[string]string{"http.url": "url", "tcp.port": "port", "snmp.credential": "credential", "snmp_version": "credential", "nut.ups": "nut_ups"}

func (s *Server) readDevice(c echo.Context) (*deviceEntry, *Lang) {
	e := &deviceEntry{form: formOf(c, "name", "address", "kind", "place", "purpose", "ask", "credential", "user", "auth_protocol",
		"priv_protocol", "url", "port", "tls", "nut_ups", "nut_login", "nut_tls", "kept", "version")}
	waiting := s.typed.of(actor(c).Name, e.form.Value("kept"), s.App.Now())
	e.secrets = secrets{c.FormValue("community"), c.FormValue("auth"), c.FormValue("priv")}.or(waiting)
	v := e.form.Value
	e.device = appliance.Device{Name: v("name"), Address: v("address"), Kind: appliance.Kind(v("kind")), Place: v("place"), Purpose: v("purpose")}
	if params, err := c.FormParams(); err == nil {
		for _, p := range params["parents"] {
			if id, err := appliance.ParseID(p); err == nil {
				e.device.Parents = append(e.device.Parents, id)
			}
		}
	}
	e.readAsking()
	return e, s.render.Lang(s.language(c, access.Who(c.Request().Context()).User))
}

// readAsking makes the checks that the chosen way of asking means.
func (e *deviceEntry) readAsking() {
	v := e.form.Value
	kind := e.device.Kind
	var own appliance.Check
	switch v("ask") {
	case askSNMP:
		own = config.NewCheck(appliance.ProbeSNMP)
		own.SNMP = &appliance.SNMPSettings{}
		if id, err := appliance.ParseID(v("credential")); err == nil {
			own.SNMP.Credential = id
		} else {
			e.readCredential()
		}
	case askHTTP:
		e.readPage()
		own = config.NewCheck(appliance.ProbeHTTP)
		own.HTTP = &appliance.HTTPSettings{URL: e.form.Value("url"), Redirects: 5}
		kind = cmp.Or(kind, appliance.KindService)
	case askNUT:
		own = config.NewCheck(appliance.ProbeNUT)
		login, _ := appliance.ParseID(v("nut_login"))
		own.NUT = &appliance.NUTSettings{UPS: v("nut_ups"), Credential: login, TLS: v("nut_tls") != "", SkipVerify: v("nut_tls") != ""}
		kind = cmp.Or(kind, appliance.KindUPS)
	case askApcupsd:
		own = config.NewCheck(appliance.ProbeApcupsd)
		kind = cmp.Or(kind, appliance.KindUPS)
	case askTCP:
		port, _ := strconv.Atoi(v("port"))
		own = config.NewCheck(appliance.ProbeTCP)
		own.TCP = &appliance.TCPSettings{Port: port, TLS: v("tls") != ""}
		kind = cmp.Or(kind, appliance.KindService)
	}
	if v("ask") != askSNMP && v("ask") != askPing {
		e.device.Kind = kind
	}
	e.checks = append(e.checks, config.DefaultChecks(cmp.Or(kind, appliance.KindOther), false)...)
	if own.Probe != "" {
		e.checks = append(e.checks, own)
	} else if len(e.checks) == 0 { // a service that is asked by ping
		e.checks = append(e.checks, config.NewCheck(appliance.ProbePing))
	}
}

// readPage lets the address of the device and that of its page stand for each other.
func (e *deviceEntry) readPage() {
	if e.form.Value("url") == "" && e.device.Address != "" {
		e.form.Values["url"] = (&url.URL{Scheme: "https", Host: hostInURL(e.device.Address), Path: "/"}).String()
	}
	if u, err := url.Parse(e.form.Value("url")); err == nil && e.device.Address == "" {
		e.device.Address = u.Hostname()
		e.form.Values["address"] = e.device.Address
	}
}

func hostInURL(address string) string {
	if strings.Count(address, ":") > 1 {
		return "[" + address + "]"
	}
	return address
}

func (e *deviceEntry) readCredential() {
	v := e.form.Value
	switch v("credential") {
	case newCommunity:
		e.credential = &appliance.Credential{SNMPVersion: "2c", Community: appliance.Secret{Value: e.secrets.community}}
	case newUser:
		k := &appliance.Credential{SNMPVersion: "3", User: v("user"), AuthProtocol: v("auth_protocol"), PrivProtocol: v("priv_protocol")}
		if k.AuthProtocol != "" {
			k.Auth.Value = e.secrets.auth
		}
		if k.PrivProtocol != "" {
			k.Priv.Value = e.secrets.priv
		}
		e.credential = k
	}
}

// judgeChecks says what is wrong with the way of asking.
func (e *deviceEntry) judgeChecks(l *Lang) {
	if e.credential != nil {
		k := *e.credential
		k.Name = "typed" // it gets its name when it is stored
		l.blame(e, config.ValidateCredential(k))
	}
	for _, c := range e.checks {
		if c.SNMP != nil && e.credential != nil {
			snmp := *c.SNMP
			snmp.Credential = 1
			c.SNMP = &snmp
		}
		l.blame(e, config.ValidateCheck(c))
	}
}

// blame puts sentences beside the fields they are about. A name and an address that do not exist in the form cannot be wrong.
func (l *Lang) blame(e *deviceEntry, errs []*appliance.Error) {
	labels := l.deviceLabels()
	for _, err := range errs {
		field := cmp.Or(deviceFields[err.Field], err.Field)
		e.form.Fail(field, l.wrong("deviceform", field, labels[field], err.Message))
	}
}

// wrong says what is wrong with a field: in a sentence of the form's own where there is one, else with the field's label before
// the domain's sentence.
func (l *Lang) wrong(area, field, label string, m appliance.Message) string {
	if rule, ok := strings.CutPrefix(m.Key, "validate."); ok {
		if key := area + ".wrong_" + field + "_" + rule; l.Has(key) {
			m.Key = key
			return l.Say(m)
		}
		if label != "" {
			return l.T("deviceform.about", "field", label, "text", l.Say(m))
		}
	}
	return l.Say(m)
}

func (l *Lang) deviceLabels() map[string]string {
	labels := map[string]string{}
	for _, f := range []string{"name", "address", "kind", "place", "purpose", "parents", "credential", "community", "user", "auth_protocol",
		"auth", "priv_protocol", "priv", "url", "port", "nut_ups"} {
		labels[f] = l.T("deviceform." + f)
	}
	return labels
}

func fieldOf(err error) string {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		return e.Field
	}
	return ""
}
