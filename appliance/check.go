package appliance

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// ProbeKind names the code that runs a check.
type ProbeKind string

// The probes.
const (
	ProbePing ProbeKind = "ping"
	ProbeSNMP ProbeKind = "snmp"
	ProbeTCP  ProbeKind = "tcp"
	ProbeHTTP ProbeKind = "http"

	ProbeNUT     ProbeKind = "nut"     // a server of Network UPS Tools
	ProbeApcupsd ProbeKind = "apcupsd" // apcupsd's network information server
)

// ProbeKinds lists all probes in display order.
var ProbeKinds = []ProbeKind{ProbePing, ProbeSNMP, ProbeTCP, ProbeHTTP, ProbeNUT, ProbeApcupsd}

// Check is one question asked of one device again and again.
type Check struct {
	ID     ID        `json:"id"`
	Device ID        `json:"device"`
	Name   string    `json:"name"` // unique within the device
	Probe  ProbeKind `json:"probe"`

	Interval Duration `json:"interval"` // 10 s to 24 h
	Timeout  Duration `json:"timeout"`  // of one run, shorter than the interval

	// Attempts is how many runs in a row must be bad before a state gets worse, Recoveries how many must be
	// good before it gets better. 0 = the defaults of appliance/monitor.
	Attempts   int `json:"attempts,omitempty"`
	Recoveries int `json:"recoveries,omitempty"`

	SNMP *SNMPSettings `json:"snmp,omitempty"`
	TCP  *TCPSettings  `json:"tcp,omitempty"`
	HTTP *HTTPSettings `json:"http,omitempty"`
	Ping *PingSettings `json:"ping,omitempty"`

	NUT     *NUTSettings     `json:"nut,omitempty"`
	Apcupsd *ApcupsdSettings `json:"apcupsd,omitempty"`

	Limits  []Limit   `json:"limits,omitempty"` // override the defaults of appliance/monitor
	Paused  *Pause    `json:"paused,omitempty"`
	Owner   string    `json:"owner,omitempty"`
	Created time.Time `json:"created"`
	Version uint64    `json:"version"`
}

// PingSettings of a check. Zero values mean 3 echoes of 56 bytes.
type PingSettings struct {
	Count int `json:"count,omitempty"` // 1 to 20
	Size  int `json:"size,omitempty"`  // payload bytes, 0 to 1400
}

// SNMPSettings of a check.
type SNMPSettings struct {
	Port       int    `json:"port,omitempty"` // 161
	Credential ID     `json:"credential"`
	Context    string `json:"context,omitempty"` // v3 contextName, instead of the credential's
	Profile    string `json:"profile,omitempty"` // "" = found by asking

	// Typed is a credential that is not stored yet, instead of Credential. Only App.Try looks at it.
	Typed *Credential `json:"-"`
}

// TCPSettings of a check.
type TCPSettings struct {
	Port       int    `json:"port"`
	TLS        bool   `json:"tls,omitempty"`
	SkipVerify bool   `json:"skip_verify,omitempty"` // with TLS: accept any certificate; its days left are still read
	Send       string `json:"send,omitempty"`
	Expect     string `json:"expect,omitempty"` // text that must occur in the first 4 KiB of the answer
}

// NUTSettings of a check. The device's address is that of the server, which may have several UPSes.
type NUTSettings struct {
	Port       int    `json:"port,omitempty"`       // 3493
	UPS        string `json:"ups,omitempty"`        // as the server names it; "" = the only one
	Credential ID     `json:"credential,omitempty"` // a login, 0 = none; most servers let everybody read
	TLS        bool   `json:"tls,omitempty"`        // STARTTLS
	SkipVerify bool   `json:"skip_verify,omitempty"`
}

// ApcupsdSettings of a check. The device's address is that of the computer on which apcupsd runs.
type ApcupsdSettings struct {
	Port int `json:"port,omitempty"` // 3551
}

// Credential is the number of the credential that the check asks with, 0 when it needs none.
func (c Check) Credential() ID {
	switch {
	case c.SNMP != nil:
		return c.SNMP.Credential
	case c.NUT != nil:
		return c.NUT.Credential
	}
	return 0
}

// HTTPSettings of a check.
type HTTPSettings struct {
	URL        string `json:"url"`
	Method     string `json:"method,omitempty"`      // GET or HEAD
	Status     []int  `json:"status,omitempty"`      // accepted; empty = 200 to 299
	Match      string `json:"match,omitempty"`       // regular expression (RE2) that the body must match
	MatchNot   string `json:"match_not,omitempty"`   // and one that it must not
	SkipVerify bool   `json:"skip_verify,omitempty"` // accept any certificate; its days left are still read
	Redirects  int    `json:"redirects,omitempty"`   // followed, 0 to 10
}

// Limit says from where on a number is a warning or critical.
type Limit struct {
	Metric   string `json:"metric"`             // "storage.used_percent"
	Instance string `json:"instance,omitempty"` // "" = all; else the instance or the label, exactly
	// Below turns the limit round: bad when the number is lower (battery charge, toner, days of a certificate).
	Below    bool     `json:"below,omitempty"`
	Warning  *float64 `json:"warning,omitempty"`
	Critical *float64 `json:"critical,omitempty"`
	// Of makes the limits percent of another metric of the same instance: "if.in" of "if.speed" is utilisation.
	Of string `json:"of,omitempty"`
	// Hysteresis is how far the number must come back behind a limit before the state gets better, in the
	// number's unit (or in percentage points with Of).
	Hysteresis float64 `json:"hysteresis,omitempty"`
	Off        bool    `json:"off,omitempty"` // no judgement of this metric
}

// Duration is a time.Duration that reads and writes as "60s" in JSON and YAML.
type Duration time.Duration

// String is Go's form without what is none: "1m", not "1m0s".
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// UnmarshalJSON reads Go's form, or a number of nanoseconds, as older releases stored them.
func (d *Duration) UnmarshalJSON(b []byte) error {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*d = Duration(n)
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return Errorf(CodeInvalid, "%s is not a duration; write it like 30s, 5m or 1h", b)
	}
	return d.UnmarshalText([]byte(text))
}

// MarshalText writes Go's form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads Go's form.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return Errorf(CodeInvalid, "%q is not a duration; write it like 30s, 5m or 1h", b)
	}
	*d = Duration(v)
	return nil
}
