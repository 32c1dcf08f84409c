package daemon_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
	"siteward/appliance/daemon"
	"siteward/probes/probetest/agent"
	"siteward/ui"
)

func TestEveryRouteAsksForItsPermission(t *testing.T) {
	t.Parallel()
	s := start(t)
	// The walk says 1 for each parameter, so it deletes the first user.
	must(t, s.Ops().AddUser(t.Context(), appliance.User{Name: "first", Role: appliance.RoleViewer}, password))
	s.settle()
	h, err := s.Handler()
	must(t, err)
	var routes []accesstest.Route
	for _, r := range h.(*ui.Server).Routes() {
		routes = append(routes, accesstest.Route{Method: r.Method, Path: r.Path})
	}
	if len(routes) < 60 {
		t.Fatalf("only %d routes", len(routes))
	}
	browsers := map[appliance.Role]*browser{}
	do := func(role appliance.Role, method, path string) (int, string) {
		if browsers[role] == nil {
			browsers[role] = s.browser(role)
		}
		status, location := browsers[role].do(s, method, path)
		if method != http.MethodGet && endsSessions.MatchString(path) {
			delete(browsers, role)
		}
		if role != "" && path == "/signout" && location == "/signin" {
			return http.StatusOK, "" // where signing out leads to
		}
		return status, location
	}
	accesstest.CheckRoutes(t, access.Routes(), routes, do)
	accesstest.CheckEntries(t, access.Routes(), routes)
}

// endsSessions are the routes after which one has to sign in again.
var endsSessions = regexp.MustCompile(`^/(signout|signin|setup|profile|settings/users)`)

// browser has the cookies of somebody and the token of his forms.
type browser struct {
	cookies []*http.Cookie
	token   string
}

// browser opens one, signed in for a role, for nobody when that is "".
func (s *site) browser(role appliance.Role) *browser {
	s.t.Helper()
	s.client.Jar = emptyJar()
	page := "/signin"
	if role != "" {
		s.signIn(role)
		page = "/profile"
	}
	_, text := s.page(page)
	m := csrf.FindStringSubmatch(text)
	if m == nil {
		s.t.Fatalf("%s has no form for %q", page, role)
	}
	req, _ := http.NewRequest(http.MethodGet, s.url, nil)
	return &browser{s.client.Jar.Cookies(req.URL), m[1]}
}

func (b *browser) do(s *site, method, path string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, nil)
	must(s.t, err)
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	req.Header.Set(access.CSRFHeader, b.token)
	res, err := (&http.Client{Transport: s.client.Transport, CheckRedirect: s.client.CheckRedirect}).Do(req)
	must(s.t, err)
	_ = res.Body.Close() // streams end here
	return res.StatusCode, res.Header.Get("Location")
}

const script = `<script>alert(1)</script>`

func TestTextOfDevicesIsHarmlessOnEveryPage(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.signIn(appliance.RoleAdministrator)
	evil := []agent.Object{{OID: sysName, Value: agent.OctetString(script)}, {OID: sysDescr, Value: agent.OctetString(script)},
		{OID: agent.MustOID("1.3.6.1.2.1.1.6.0"), Value: agent.OctetString(script)}, {OID: agent.MustOID("1.3.6.1.2.1.1.4.0"), Value: agent.OctetString(script)}}
	for port := range 3 {
		arc := uint32(port + 1)
		evil = append(evil, agent.Object{OID: agent.MustOID("1.3.6.1.2.1.31.1.1.1.18").Append(arc), Value: agent.OctetString(script)},
			agent.Object{OID: agent.MustOID("1.3.6.1.2.1.2.2.1.2").Append(arc), Value: agent.OctetString(script)})
	}
	dev := s.device("evil", recording(t, "sw-core", evil...))
	if r := s.ask(dev.snmp, 1); r.Identity == nil || r.Identity.SysName != script {
		t.Fatalf("identity %+v", r.Identity)
	}
	dev.agent.Set(sysName, agent.OctetString(script+"2")) // the journal tells the change
	daemon.Forget(s.Daemon, dev.snmp)
	s.ask(dev.snmp, 1)
	id, check := dev.ID.String(), dev.snmp.String()
	shown := 0
	for _, path := range []string{"/", "/problems", "/devices", "/devices.csv", "/devices/" + id, "/devices/" + id + "/edit", "/checks/" + check,
		"/journal", "/journal.csv", "/search?q=script", "/settings", "/settings/audit", access.APIPrefix + "/devices"} {
		status, text := s.page(path)
		if status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", path, status)
		}
		if html := !strings.Contains(path, ".csv") && !strings.HasPrefix(path, access.APIPrefix); html && strings.Contains(text, "<script>alert") {
			t.Errorf("%s carries the script of the device", path)
		}
		if strings.Contains(text, "&lt;script&gt;") {
			shown++
		}
	}
	if shown == 0 {
		t.Error("no page shows the text at all, so nothing was proven")
	}
}

func TestEvilAgentsHarmNobodyElse(t *testing.T) {
	t.Parallel()
	s := settled(t)
	good := s.device("good", recording(t, "nas-1"))
	var evil []device
	names := agent.FaultNames()
	for _, name := range names {
		d := s.device("evil-"+name, recording(t, "sw-core"))
		d.agent.Misbehave(agent.Fault(name))
		evil = append(evil, d)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.AskAll(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	<-done
	s.is(good.snmp, appliance.ItemAnswer, appliance.StateOK)
	if n := s.samples(good.snmp); n != 1 {
		t.Errorf("%d samples of the good one", n)
	}
	for i, d := range evil {
		st := s.state(d.snmp, appliance.ItemAnswer)
		if st.State == appliance.StateOK && (names[i] == "silent" || names[i] == "truncate" || names[i] == "garbage") {
			t.Errorf("%s counts as an answer: %s", names[i], st.Evidence.Why.English)
		}
	}
	silent := evil[indexOf(names, "silent")]
	s.ask(silent.snmp, 2)
	s.is(silent.snmp, appliance.ItemAnswer, appliance.StateCritical)
}

func indexOf(list []string, want string) int {
	for i, s := range list {
		if s == want {
			return i
		}
	}
	return -1
}
