package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/pquerna/otp/totp"

	"siteward/appliance"
	"siteward/appliance/access/accesstest"
	"siteward/central/people"
	"siteward/central/web"
)

// TestEachFormNeedsItsToken posts to every route with an administrator's cookies alone, as another site's page would.
func TestEachFormNeedsItsToken(t *testing.T) {
	b := sample(t)
	session := accesstest.SignIn(t, b.Gate, people.Administrator)
	asked := 0
	for _, r := range b.Server.Pages() {
		if r.Method != http.MethodPost {
			continue
		}
		asked++
		req := httptest.NewRequest(http.MethodPost, strings.NewReplacer(":site", "s-bad", ":month", "2026-11", ":kind", "silent", ":n", "1", ":id", "2", ":code", "x").Replace(r.Path), strings.NewReader("name=x"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range session.Cookies {
			req.AddCookie(c)
		}
		w := httptest.NewRecorder()
		b.Server.ServeHTTP(w, req)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s without its token: %d", r.Path, w.Code)
		}
	}
	if asked < 20 {
		t.Errorf("%d forms", asked)
	}
}

// TestCookiesAreHeldToTLS signs in with a second factor and looks at every cookie on the way; the session is another one afterwards.
func TestCookiesAreHeldToTLS(t *testing.T) {
	b := newBench(t, func(c *web.Config) { c.URL, c.Secure = "https://central.example", true })
	b.people()
	code := factor(t, b, "reader")
	cookies := map[string]*http.Cookie{}
	ask := func(method, path string, form url.Values) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, "https://central.example"+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		b.Server.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			if !c.Secure || !c.HttpOnly || c.SameSite < http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s %s sets %s", method, path, c.Raw)
			}
			cookies[c.Name] = c
		}
		return w
	}
	send := func(path string, form url.Values) *httptest.ResponseRecorder {
		t.Helper()
		m := hidden.FindStringSubmatch(ask("GET", path, nil).Body.String())
		if m == nil {
			t.Fatalf("%s has no form", path)
		}
		form.Set("csrf", m[1])
		return ask("POST", path, form)
	}
	const session = "__Host-siteward"
	cookies[session] = &http.Cookie{Name: session, Value: "chosen-by-somebody-else"}
	send("/signin", url.Values{"name": {"reader"}, "password": {accesstest.Password}})
	if w := send("/signin/code", url.Values{"code": {code()}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("signing in: %d", w.Code)
	}
	if w := ask("GET", "/", nil); w.Code != http.StatusOK {
		t.Fatalf("signed in: %d", w.Code)
	}
	if v := cookies[session].Value; v == "" || v == "chosen-by-somebody-else" {
		t.Errorf("whoever chose the session before is signed in, too: %q", v)
	}
	b.now = b.now.Add(400 * 24 * time.Hour)
	if w := ask("GET", "/", nil); w.Code != http.StatusSeeOther {
		t.Errorf("a session lasts for a year: %d", w.Code)
	}
}

// factor switches the second factor of an account on and gives what makes its codes.
func factor(t *testing.T, b *bench, name string) func() string {
	t.Helper()
	u, err := b.Gate.Users.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := b.Server.People.Propose(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		c, err := totp.GenerateCode(secret, b.now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := b.Server.People.Confirm(t.Context(), u, code()); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Minute) // the next code
	return code
}

// TestACodeCannotBeGuessed: whoever knows the password tries codes until he is held up; then the right one does not help either.
func TestACodeCannotBeGuessed(t *testing.T) {
	b := newBench(t, nil)
	b.people()
	code := factor(t, b, "reader")
	w := open(t, b)
	w.send("/signin", "/signin", url.Values{"name": {"reader"}, "password": {accesstest.Password}})
	held := 0
	for range 12 {
		status, _, _ := w.send("/signin/code", "/signin/code", url.Values{"code": {"000000"}})
		if status == http.StatusTooManyRequests {
			held++
		}
	}
	if held < 5 {
		t.Errorf("held up %d times of 12", held)
	}
	if status, path, _ := w.send("/signin/code", "/signin/code", url.Values{"code": {code()}}); status != http.StatusTooManyRequests || path != "/signin/code" {
		t.Errorf("the right code while held up: %d at %s", status, path)
	}
	b.now = b.now.Add(6 * time.Minute) // half a sign-in lasts for five
	if _, path, _ := w.see("/signin/code"); path != "/signin" {
		t.Errorf("half a sign-in of before is still good: %s", path)
	}
}

// TestWhatAServiceSaysIsChecked: the answer to another visit, a service that is not the one that was entered, an account that is
// switched off, and signing out.
func TestWhatAServiceSaysIsChecked(t *testing.T) {
	service, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Shutdown() })
	var b *bench
	at := func(issuer string) *browser {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Server.ServeHTTP(w, r) }))
		b = newBench(t, func(c *web.Config) {
			c.URL = "http://" + srv.Listener.Addr().String()
			c.OIDC = web.OIDC{Name: "Example ID", Issuer: issuer, ClientID: service.Config().ClientID, Secret: service.Config().ClientSecret}
		})
		b.now = time.Now()
		srv.Start()
		t.Cleanup(srv.Close)
		return browse(t, srv.URL)
	}
	w := at(strings.Replace(service.Issuer(), "127.0.0.1", "localhost", 1))
	if status, _, body := w.see("/signin/service"); status != http.StatusServiceUnavailable || !strings.Contains(body, "The sign-in service does not answer") {
		t.Errorf("a service that says it is another: %d %s", status, body)
	}
	w = at(service.Issuer())
	u := appliance.User{Name: "anna@example.org", Role: people.Reader}
	if err := b.Gate.Users.Save(accesstest.CLI, &u); err != nil {
		t.Fatal(err)
	}
	anna := &mockoidc.MockUser{Subject: "a-1", Email: "anna@example.org", EmailVerified: true}
	// begin gives the address at the service, with one of its values changed.
	begin := func(w *browser, change, to string) string {
		t.Helper()
		stay := *w.Client
		stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, err := stay.Get(w.url + "/signin/service")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		to2, err := url.Parse(res.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		q := to2.Query()
		if q.Get("nonce") == "" || q.Get("state") == "" || q.Get("code_challenge_method") != "S256" {
			t.Fatalf("the visit has %v", q)
		}
		if change != "" {
			q.Set(change, to)
		}
		to2.RawQuery = q.Encode()
		return to2.String()
	}
	for _, change := range []string{"nonce", "state", "code_challenge"} {
		service.QueueUser(anna)
		status, _, body := w.page(w.Get(begin(w, change, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")))
		if status != http.StatusForbidden || !strings.Contains(body, "Begin again on the sign-in page") {
			t.Errorf("another %s: %d", change, status)
		}
	}
	service.QueueUser(&mockoidc.MockUser{Subject: "x-1", Email: "nobody@example.org", EmailVerified: true})
	if status, _, body := w.page(w.Get(begin(w, "", ""))); status != http.StatusForbidden || !strings.Contains(body, "An administrator makes one whose sign-in name is your mail address") {
		t.Errorf("a stranger: %d %s", status, body)
	}
	service.QueueUser(anna)
	begin(w, "", "") // the browser of the one who is led astray has a visit of its own
	if status, _, _ := w.page(w.Get(begin(browse(t, w.url), "", ""))); status != http.StatusForbidden {
		t.Errorf("a visit that somebody else began: %d", status)
	}
	service.QueueUser(anna)
	if status, path, _ := w.page(w.Get(begin(w, "", ""))); status != http.StatusOK || path != "/" {
		t.Fatalf("her own visit: %d at %s", status, path)
	}
	if _, path, _ := w.send("/profile", "/signout", url.Values{}); path != "/signin" {
		t.Errorf("after signing out: %s", path)
	}
	if _, path, _ := w.see("/"); path != "/signin" {
		t.Errorf("signed out, and sees %s", path)
	}
	u, err = b.Gate.Users.Find("anna@example.org")
	if err != nil {
		t.Fatal(err)
	}
	u.Disabled = true
	if err := b.Gate.Users.Save(accesstest.CLI, &u); err != nil {
		t.Fatal(err)
	}
	service.QueueUser(anna)
	if status, _, _ := w.page(w.Get(begin(w, "", ""))); status != http.StatusForbidden {
		t.Errorf("an account that is switched off: %d", status)
	}
}
