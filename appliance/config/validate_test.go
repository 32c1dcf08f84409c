package config

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

func said(errs []*appliance.Error) string {
	var list []string
	for _, e := range errs {
		list = append(list, e.Field+" "+strings.TrimPrefix(e.Message.Key, "validate."))
	}
	return strings.Join(list, ", ")
}

func goodDevice() appliance.Device {
	return appliance.Device{ID: 3, Name: "sw-core", Kind: appliance.KindSwitch, Address: "192.0.2.2", Parents: []appliance.ID{1},
		Ports: map[string]appliance.PortRole{"Gi0/1": appliance.PortUplink}}
}

func TestValidateDevice(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*appliance.Device)
		want string
	}{
		{"good", func(*appliance.Device) {}, ""},
		{"nothing", func(d *appliance.Device) { *d = appliance.Device{} }, "name empty, kind empty, address empty"},
		{"service without address", func(d *appliance.Device) { d.Kind, d.Address = appliance.KindService, "" }, ""},
		{"host name", func(d *appliance.Device) { d.Address = "sw_core-1.example." }, ""},
		{"IPv6", func(d *appliance.Device) { d.Address = "fe80::1%eth0" }, ""},
		{"kind", func(d *appliance.Device) { d.Kind = "swich" }, "kind choice"},
		{"URL", func(d *appliance.Device) { d.Address = "http://192.0.2.2/" }, "address address_url"},
		{"port", func(d *appliance.Device) { d.Address = "192.0.2.2:161" }, "address address_port"},
		{"port of a name", func(d *appliance.Device) { d.Address = "sw.example:161" }, "address address_port"},
		{"port of IPv6", func(d *appliance.Device) { d.Address = "[2001:db8::1]:161" }, "address address_port"},
		{"network", func(d *appliance.Device) { d.Address = "192.0.2.0/24" }, "address address_mask"},
		{"number too big", func(d *appliance.Device) { d.Address = "192.168.1.300" }, "address address_malformed"},
		{"number missing", func(d *appliance.Device) { d.Address = "192.168.1" }, "address address_malformed"},
		{"blank within", func(d *appliance.Device) { d.Address = "sw core" }, "address address_malformed"},
		{"any", func(d *appliance.Device) { d.Address = "0.0.0.0" }, "address address_unusable"},
		{"everybody", func(d *appliance.Device) { d.Address = "255.255.255.255" }, "address address_unusable"},
		{"multicast", func(d *appliance.Device) { d.Address = "ff02::1" }, "address address_unusable"},
		{"line break", func(d *appliance.Device) { d.Name = "sw\ncore" }, "name control"},
		{"right to left", func(d *appliance.Device) { d.Name = "sw\u202ecore" }, "name control"},
		{"blank", func(d *appliance.Device) { d.Name = " sw" }, "name blanks"},
		{"long", func(d *appliance.Device) { d.Place = strings.Repeat("ü", 101) }, "place too_long"},
		{"through itself", func(d *appliance.Device) { d.Parents = []appliance.ID{3} }, "parents parent_self"},
		{"parent twice", func(d *appliance.Device) { d.Parents = []appliance.ID{1, 1} }, "parents duplicate"},
		{"role", func(d *appliance.Device) { d.Ports["Gi0/2"] = "vital" }, "ports[Gi0/2] port_role"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := goodDevice()
			c.edit(&d)
			if got := said(ValidateDevice(d)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func f(x float64) *float64 { return &x }

func TestValidateCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*appliance.Check)
		want string
	}{
		{"good", func(*appliance.Check) {}, ""},
		{"nothing", func(c *appliance.Check) { *c = appliance.Check{} }, "name empty, probe empty, interval interval, timeout timeout_short"},
		{"probe", func(c *appliance.Check) { c.Probe = "gopher" }, "probe choice"},
		{"too often", func(c *appliance.Check) { c.Interval = appliance.Duration(time.Second) }, "interval interval"},
		{"too seldom", func(c *appliance.Check) { c.Interval = appliance.Duration(25 * time.Hour) }, "interval interval"},
		{"longer than its interval", func(c *appliance.Check) { c.Timeout = c.Interval }, "timeout timeout_long"},
		{"other settings", func(c *appliance.Check) { c.TCP = &appliance.TCPSettings{Port: 0} }, "tcp other_probe"},
		{"ping size", func(c *appliance.Check) { c.Ping = &appliance.PingSettings{Count: 21, Size: 5} }, "ping.count number, ping.size ping_size"},
		{"snmp without settings", func(c *appliance.Check) { c.Probe = appliance.ProbeSNMP }, "snmp settings"},
		{"snmp", func(c *appliance.Check) {
			c.Probe, c.SNMP = appliance.ProbeSNMP, &appliance.SNMPSettings{Port: 70000, Profile: "../x"}
		}, "snmp.port port, snmp.credential no_credential, snmp.profile profile"},
		{"tcp", func(c *appliance.Check) {
			c.Probe, c.TCP = appliance.ProbeTCP, &appliance.TCPSettings{SkipVerify: true}
		}, "tcp.port port, tcp.skip_verify without_tls"},
		{"http", func(c *appliance.Check) {
			c.Probe, c.HTTP = appliance.ProbeHTTP, &appliance.HTTPSettings{URL: "https://a.example/", Status: []int{200, 700}, Match: "(", Redirects: 11}
		}, "http.status status, http.match pattern, http.redirects number"},
		{"http scheme", func(c *appliance.Check) {
			c.Probe, c.HTTP = appliance.ProbeHTTP, &appliance.HTTPSettings{URL: "ftp://a.example/", Method: "PUT"}
		}, "http.url url_scheme, http.method method"},
		{"http password", func(c *appliance.Check) {
			c.Probe, c.HTTP = appliance.ProbeHTTP, &appliance.HTTPSettings{URL: "http://me:secret@a.example/"}
		}, "http.url url_secret"},
		{"http no host", func(c *appliance.Check) {
			c.Probe, c.HTTP = appliance.ProbeHTTP, &appliance.HTTPSettings{URL: "a.example/status", Method: "HEAD", Match: "x"}
		}, "http.url url_malformed, http.match pattern_head"},
		{"limits", func(c *appliance.Check) {
			c.Limits = []appliance.Limit{
				{Metric: "ping.rtt", Warning: f(1), Critical: f(0.5)},
				{Metric: "ping.rtt", Off: true},
				{Metric: "Ping RTT", Warning: f(math.NaN()), Hysteresis: -1},
				{Metric: "ups.charge_percent", Below: true, Warning: f(20), Critical: f(50)},
				{Metric: "ups.runtime"},
			}
		}, "limits[0].critical limit_order, limits[1] limit_twice, limits[2].metric metric, limits[2].warning not_a_number, limits[2].hysteresis hysteresis, limits[3].critical limit_order, limits[4] limit_empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := NewCheck(appliance.ProbePing)
			c.edit(&check)
			if got := said(ValidateCheck(check)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestValidateCredential(t *testing.T) {
	file := appliance.Secret{File: "secrets/x"}
	for _, c := range []struct {
		name string
		c    appliance.Credential
		want string
	}{
		{"v2c", appliance.Credential{Name: "a", SNMPVersion: "2c", Community: appliance.Secret{Value: "public"}}, ""},
		{"v3", appliance.Credential{Name: "a", SNMPVersion: "3", User: "u", AuthProtocol: "SHA-256", Auth: file, PrivProtocol: "AES-128", Priv: file}, ""},
		{"v3 noAuth", appliance.Credential{Name: "a", SNMPVersion: "3", User: "u"}, ""},
		{"nothing", appliance.Credential{}, "name empty, snmp_version snmp_version"},
		{"v1 with user", appliance.Credential{Name: "a", SNMPVersion: "1", User: "u"}, "community empty, user only_v3"},
		{"v3 with community", appliance.Credential{Name: "a", SNMPVersion: "3", Community: file}, "community not_v3, user empty"},
		{"priv without auth", appliance.Credential{Name: "a", SNMPVersion: "3", User: "u", PrivProtocol: "AES-128", Priv: file}, "auth auth_missing"},
		{"protocol without password", appliance.Credential{Name: "a", SNMPVersion: "3", User: "u", AuthProtocol: "SHA-256"}, "auth protocol_secret"},
		{"unknown protocol", appliance.Credential{Name: "a", SNMPVersion: "3", User: "u", AuthProtocol: "SHA256", Auth: file}, "auth_protocol choice"},
		{"short", appliance.Credential{Name: "a", SNMPVersion: "3", User: "u", AuthProtocol: "SHA-1", Auth: appliance.Secret{Value: "1234567"}}, "auth secret_short"},
		{"two places", appliance.Credential{Name: "a", SNMPVersion: "2c", Community: appliance.Secret{Value: "x", File: "y"}}, "community secret_one"},
		{"someone else's variable", appliance.Credential{Name: "a", SNMPVersion: "2c", Community: appliance.Secret{Env: "PATH"}}, "community secret_env"},
	} {
		t.Run(c.name, func(t *testing.T) {
			errs := ValidateCredential(c.c)
			if got := said(errs); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, e := range errs {
				if strings.Contains(e.Error(), "1234567") {
					t.Errorf("the sentence holds the secret: %s", e)
				}
			}
		})
	}
}

func TestValidateSite(t *testing.T) {
	good := appliance.Site{Name: "Praxis", Language: "de", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}
	if errs := ValidateSite(good); len(errs) > 0 {
		t.Errorf("got %s", said(errs))
	}
	bad := appliance.Site{Language: "fr", TimeZone: "Berlin", HolidayRegion: "Bayern"}
	if got := said(ValidateSite(bad)); got != "name empty, language choice, time_zone time_zone, holiday_region holiday_region" {
		t.Errorf("got %s", got)
	}
}

func TestValidateDaysOfTheSite(t *testing.T) {
	s := appliance.Site{Name: "Praxis", Language: "de", TimeZone: "Europe/Berlin", DayStart: "06:00",
		DaysOff: []appliance.DayOff{{Day: "12-24"}, {Day: "02-29"}, {Day: "2026-10-31", Work: true}}}
	if errs := ValidateSite(s); len(errs) > 0 {
		t.Errorf("got %s", said(errs))
	}
	s.DayStart, s.DaysOff = "6", []appliance.DayOff{{Day: "24.12."}, {Day: "2026-02-30"}}
	if got := said(ValidateSite(s)); got != "day_start day_start, days_off days_off, days_off days_off" {
		t.Errorf("got %s", got)
	}
}

func TestDefaultChecksAreValid(t *testing.T) {
	for _, kind := range appliance.Kinds {
		for _, c := range DefaultChecks(kind, true) {
			if c.SNMP != nil {
				c.SNMP.Credential = 1
			}
			if errs := ValidateCheck(c); len(errs) > 0 {
				t.Errorf("%s: %s", kind, said(errs))
			}
		}
	}
	if n := len(DefaultChecks(appliance.KindSwitch, false)); n != 1 {
		t.Errorf("a switch without credential has %d checks, want the ping", n)
	}
}

// The sentences of the code and of the three languages belong together: same keys, same places, same English.
func TestSentencesInAllLanguages(t *testing.T) {
	place := regexp.MustCompile(`{{\.\w+}}`)
	for _, tag := range appliance.Languages {
		raw, err := os.ReadFile(filepath.Join(peer.Root(), "embed", "locales", tag, "validate.json"))
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]string
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatal(err)
		}
		for key, english := range sentences {
			said := file["validate."+key]
			a, b := place.FindAllString(english, -1), place.FindAllString(said, -1)
			slices.Sort(a)
			slices.Sort(b)
			if said == "" || !slices.Equal(slices.Compact(a), slices.Compact(b)) || tag == "en" && said != english {
				t.Errorf("%s: %s is %q", tag, key, said)
			}
		}
		if len(file) != len(sentences) {
			t.Errorf("%s has %d sentences, the code %d", tag, len(file), len(sentences))
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"30s", "5m", "1h30m", "1d", "-1d", "9999999d", "1.5d", "d", "", "1e9h", "NaNd", "1dd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := ParseDuration(s)
		if !ok {
			return
		}
		if again, ok := ParseDuration(d.String()); !ok || again != d {
			t.Errorf("%q is %v, which reads back as %v %v", s, d, again, ok)
		}
	})
}
