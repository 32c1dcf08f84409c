package daemon_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/appliance/control"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
	"siteward/embed"
	"siteward/probes/probetest/agent"
)

// cheap passwords keep the tests quick.
var cheap = access.Argon{Memory: 64, Time: 1, Lanes: 1}

const password = "trap onder blauwe fietsbel"

var byTest = appliance.Actor{Name: "tester", Role: appliance.RoleAdministrator, Via: "web"}

// clock is the present of a site: the machine's, and what a test adds.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Round(0).Add(time.Duration(c.ahead.Load())) }
func (c *clock) set(t time.Time)         { c.ahead.Store(int64(time.Until(t))) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// site is an appliance in a folder of its own, on real sockets.
type site struct {
	*daemon.Daemon
	t        *testing.T
	url      string
	dir      string
	clock    *clock
	announce *output
	log      *output
	client   *http.Client
	cancel   context.CancelFunc
	done     chan error
}

// output is a buffer that may be read while it is written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// open builds an appliance that does not run yet. change may alter its options.
func open(t *testing.T, dir string, change ...func(*daemon.Options)) (*site, error) {
	t.Helper()
	s := &site{t: t, dir: dir, clock: &clock{}, announce: &output{}, log: &output{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String()
	o := daemon.Options{Data: dir, Listener: l, Now: s.clock.now, PasswordCost: cheap, Announce: s.announce, Workers: 4,
		About: appliance.About{Version: "test"}, Store: store.Options{SkipVerify: true},
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelInfo}))}
	for _, f := range change {
		f(&o)
	}
	if s.Daemon, err = daemon.Open(t.Context(), o); err != nil {
		_ = l.Close()
		return nil, err
	}
	jar, _ := cookiejar.New(nil)
	s.client = &http.Client{Jar: jar, Transport: &http.Transport{}, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(s.client.CloseIdleConnections)
	return s, nil
}

// run lets it serve, until stop or the end of the test.
func (s *site) run() *site {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.done = cancel, make(chan error, 1)
	up := make(chan string, 1)
	s.Serving = func(url string) { up <- url }
	go func() { s.done <- s.Run(ctx) }()
	select {
	case s.url = <-up:
	case err := <-s.done:
		s.t.Fatalf("it does not run: %v", err)
	case <-time.After(20 * time.Second):
		s.t.Fatal("it does not come up")
	}
	s.t.Cleanup(func() { s.stop() })
	return s
}

// stop ends it and says how long that took.
func (s *site) stop() time.Duration {
	s.t.Helper()
	if s.cancel == nil {
		return 0
	}
	began := time.Now()
	s.cancel()
	s.cancel = nil
	if err := <-s.done; err != nil {
		s.t.Errorf("run: %v", err)
	}
	if err := s.Close(); err != nil {
		s.t.Errorf("close: %v", err)
	}
	s.client.CloseIdleConnections()
	return time.Since(began)
}

func start(t *testing.T, change ...func(*daemon.Options)) *site {
	t.Helper()
	return restart(t, t.TempDir(), change...)
}

func restart(t *testing.T, dir string, change ...func(*daemon.Options)) *site {
	t.Helper()
	s, err := open(t, dir, change...)
	if err != nil {
		t.Fatal(err)
	}
	return s.run()
}

// settled is a site that is set up: Apotheke am Tor, with a user of each role, named like it.
func settled(t *testing.T, change ...func(*daemon.Options)) *site {
	t.Helper()
	s := start(t, change...)
	s.settle()
	return s
}

func (s *site) settle() {
	s.t.Helper()
	err := s.SaveSite(s.t.Context(), byTest, appliance.Site{Name: "Apotheke am Tor", Language: "en", TimeZone: "Europe/Berlin", HolidayRegion: "DE"})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, role := range appliance.Roles {
		if err := s.Ops().AddUser(s.t.Context(), appliance.User{Name: string(role), Role: role, Language: "en"}, password); err != nil {
			s.t.Fatal(err)
		}
	}
}

// page gets one, and gives its status and text.
func (s *site) page(path string) (int, string) {
	s.t.Helper()
	res, err := s.client.Get(s.at(path))
	if err != nil {
		s.t.Fatal(err)
	}
	return body(s.t, res)
}

func (s *site) at(path string) string {
	if strings.HasPrefix(path, "http") {
		return path
	}
	return s.url + path
}

func body(t *testing.T, res *http.Response) (int, string) {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// post fills in the form of a page and sends it to action.
func (s *site) post(page, action string, values url.Values) *http.Response {
	s.t.Helper()
	_, text := s.page(page)
	m := csrf.FindStringSubmatch(text)
	if m == nil {
		s.t.Fatalf("%s has no form:\n%.600s", page, text)
	}
	values.Set("csrf", m[1])
	res, err := s.client.PostForm(s.at(action), values)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (s *site) signIn(role appliance.Role) {
	s.t.Helper()
	res := s.post("/signin", "/signin", url.Values{"name": {string(role)}, "password": {password}})
	if res.StatusCode != http.StatusSeeOther {
		_, text := body(s.t, res)
		s.t.Fatalf("sign in as %s: %d\n%.400s", role, res.StatusCode, text)
	}
}

// until waits for a condition that something else brings about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(end) {
			t.Fatalf("in a minute not: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// recording is one of the demo's, changed by objects.
func recording(t *testing.T, name string, objects ...agent.Object) *agent.Recording {
	t.Helper()
	f, err := embed.Demo.Open(name + agent.Suffix)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := agent.Parse("public", f)
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) == 0 {
		return rec
	}
	all := map[agent.OID]agent.Value{}
	for o, v := range rec.All() {
		all[o] = v
	}
	for _, o := range objects {
		all[o.OID] = o.Value
	}
	var list []agent.Object
	for o, v := range all {
		list = append(list, agent.Object{OID: o, Value: v})
	}
	return agent.NewRecording("public", list)
}

// device is a simulated device and its two checks. They are due once an hour: tests run them by hand.
type device struct {
	appliance.Device
	agent *agent.Device
	snmp  appliance.ID
}

func (s *site) device(name string, rec *agent.Recording, change ...func(*appliance.Device, *appliance.Check)) device {
	s.t.Helper()
	run, err := agent.Start("127.0.0.1:0", agent.Options{}, rec)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(run.Close)
	dev := appliance.Device{Name: name, Kind: appliance.KindSwitch, Address: "127.0.0.1"}
	c := config.NewCheck(appliance.ProbeSNMP)
	c.Interval, c.Timeout = appliance.Duration(time.Hour), appliance.Duration(2*time.Second)
	c.SNMP = &appliance.SNMPSettings{Port: int(run.Addr.Port()), Credential: s.community()}
	for _, f := range change {
		f(&dev, &c)
	}
	if err := s.AddDevice(s.t.Context(), byTest, &dev, []appliance.Check{c}); err != nil {
		s.t.Fatal(err)
	}
	view, err := s.Device(s.t.Context(), dev.ID)
	if err != nil || len(view.Checks) != 1 {
		s.t.Fatalf("device %+v, %v", view, err)
	}
	return device{dev, run.Device("public"), view.Checks[0].ID}
}

// community is the credential "public", made once.
func (s *site) community() appliance.ID {
	s.t.Helper()
	all, err := s.Credentials(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	if len(all) > 0 {
		return all[0].ID
	}
	c := appliance.Credential{Name: "public", SNMPVersion: "2c", Community: appliance.Secret{Value: "public"}}
	if err := s.SaveCredential(s.t.Context(), byTest, &c); err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

// ask runs a check so many times.
func (s *site) ask(check appliance.ID, times int) appliance.Reading {
	s.t.Helper()
	var r appliance.Reading
	for range times {
		var err error
		r, err = s.RunNow(s.t.Context(), byTest, check)
		if appliance.CodeOf(err) == appliance.CodeUnavailable { // the clock was set during the run
			r, err = s.RunNow(s.t.Context(), byTest, check)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return r
}

func (s *site) state(check appliance.ID, item string) appliance.StateRecord {
	s.t.Helper()
	states, err := s.States(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, st := range states {
		if st.Check == check && st.Item == item {
			return st
		}
	}
	return appliance.StateRecord{State: appliance.StateNoData}
}

func (s *site) is(check appliance.ID, item string, want appliance.State) appliance.StateRecord {
	s.t.Helper()
	got := s.state(check, item)
	if got.State != want {
		s.t.Errorf("%s of check %s is %s, want %s: %s", item, check, got.State, want, got.Evidence.Why.English)
	}
	return got
}

// journal gives the keys of the events, oldest first.
func (s *site) journal(f appliance.EventFilter) []string {
	s.t.Helper()
	events, err := s.Events(s.t.Context(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	var keys []string
	for i := len(events) - 1; i >= 0; i-- {
		keys = append(keys, events[i].Message.Key)
	}
	return keys
}

func applied(name string) control.ApplyOptions { return control.ApplyOptions{Name: name} }

func ticks(d time.Duration) agent.Value { return agent.TimeTicks(uint32(d / (10 * time.Millisecond))) }

func emptyJar() http.CookieJar {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return jar
}
