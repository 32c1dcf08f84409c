package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
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

// browser keeps cookies and fills in the token of forms.
type browser struct {
	*http.Client
	t   *testing.T
	url string
}

func open(t *testing.T, b *bench) *browser {
	t.Helper()
	srv := httptest.NewServer(b.Server)
	t.Cleanup(srv.Close)
	return browse(t, srv.URL)
}

func browse(t *testing.T, url string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{Client: &http.Client{Jar: jar, Timeout: time.Minute}, t: t, url: url}
}

var hidden = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (w *browser) page(r *http.Response, err error) (int, string, string) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close() //nolint:errcheck // read only
	var s strings.Builder
	if err := r.Write(&s); err != nil {
		w.t.Fatal(err)
	}
	return r.StatusCode, r.Request.URL.Path, s.String()
}

func (w *browser) see(path string) (int, string, string) {
	w.t.Helper()
	return w.page(w.Get(w.url + path))
}

func (w *browser) send(from, to string, form url.Values) (int, string, string) {
	w.t.Helper()
	_, _, body := w.see(from)
	m := hidden.FindStringSubmatch(body)
	if m == nil {
		w.t.Fatalf("%s has no form: %.300s", from, body)
	}
	form.Set("csrf", m[1])
	return w.page(w.PostForm(w.url+to, form))
}

func TestFirstAdministratorAndSecondFactor(t *testing.T) {
	b := newBench(t, nil)
	w := open(t, b)
	link, err := b.Server.SetupLink()
	if err != nil || link == "" {
		t.Fatalf("link %q, %v", link, err)
	}
	link = strings.TrimPrefix(link, "http://127.0.0.1")
	status, path, _ := w.send(link, link, url.Values{"name": {"anna"}, "language": {"en"}, "password": {accesstest.Password}})
	if status != 200 || path != "/profile/factor" {
		t.Fatalf("after the set-up: %d at %s", status, path)
	}
	if status, path, _ := browse(t, w.url).see(link); status != 200 || path != "/signin" {
		t.Errorf("the link was used, and leads to %s: %d", path, status)
	}
	u, err := b.Gate.Users.Find("anna")
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := b.Server.People.Extra(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	code := func() string {
		c, err := totp.GenerateCode(x.Secret, b.now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	_, _, body := w.send("/profile/factor", "/profile/factor", url.Values{"code": {"000000"}})
	if !strings.Contains(body, "This code is not right") {
		t.Error("a wrong code is taken")
	}
	_, _, body = w.send("/profile/factor", "/profile/factor", url.Values{"code": {code()}})
	recovery := regexp.MustCompile(`<li>([a-z0-9]{5}-[a-z0-9]{5})</li>`).FindAllStringSubmatch(body, -1)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}

	login := url.Values{"name": {"anna"}, "password": {accesstest.Password}}
	two := browse(t, w.url)
	if _, path, _ = two.send("/signin", "/signin", login); path != "/signin/code" {
		t.Fatalf("after the password: %s", path)
	}
	if _, path, _ = two.see("/"); path != "/signin" {
		t.Errorf("half a sign-in opens %s", path)
	}
	if status, _, _ = two.send("/signin/code", "/signin/code", url.Values{"code": {code()}}); status != 422 {
		t.Errorf("a code works twice: %d", status)
	}
	b.now = b.now.Add(time.Minute)
	if status, path, _ = two.send("/signin/code", "/signin/code", url.Values{"code": {code()}}); status != 200 || path != "/" {
		t.Errorf("with the next code: %d at %s", status, path)
	}
	for i, want := range []string{"/", "/signin/code"} {
		three := browse(t, w.url)
		three.send("/signin", "/signin", login)
		if _, path, _ = three.send("/signin/code", "/signin/code", url.Values{"code": {recovery[0][1]}}); path != want {
			t.Errorf("recovery code, time %d: %s, want %s", i+1, path, want)
		}
	}
}

func TestSignInThroughAService(t *testing.T) {
	service, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Shutdown() })
	now := time.Now()
	var b *bench
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Server.ServeHTTP(w, r) }))
	b = newBench(t, func(c *web.Config) {
		c.URL = "http://" + srv.Listener.Addr().String()
		c.OIDC = web.OIDC{Name: "Example ID", Issuer: service.Issuer(), ClientID: service.Config().ClientID, Secret: service.Config().ClientSecret}
	})
	b.now = now
	srv.Start()
	t.Cleanup(srv.Close)
	u := appliance.User{Name: "anna@example.org", Role: people.Reader}
	if err := b.Gate.Users.Save(accesstest.CLI, &u); err != nil {
		t.Fatal(err)
	}
	visit := func(subject, mail string, confirmed bool) (int, string) {
		t.Helper()
		service.QueueUser(&mockoidc.MockUser{Subject: subject, Email: mail, EmailVerified: confirmed})
		status, path, _ := browse(t, srv.URL).see("/signin/service?next=/together")
		return status, path
	}
	if status, _ := visit("a-1", "anna@example.org", false); status != 403 {
		t.Errorf("a mail address that is not confirmed: %d", status)
	}
	if status, path := visit("a-1", "Anna@example.org", true); status != 200 || path != "/together" {
		t.Errorf("her first sign-in: %d at %s", status, path)
	}
	if status, _ := visit("a-2", "anna@example.org", true); status != 403 {
		t.Errorf("another subject with her address: %d", status)
	}
	if status, path := visit("a-1", "new@example.org", true); status != 200 || path != "/together" {
		t.Errorf("she has another address: %d at %s", status, path)
	}
	if status, _ := visit("b-1", "bert@example.org", true); status != 403 {
		t.Errorf("a stranger: %d", status)
	}
	for _, q := range []string{"", "?state=x&code=y", "?error=access_denied"} {
		if status, _, _ := browse(t, srv.URL).see("/signin/callback" + q); status != 403 {
			t.Errorf("callback%s without a visit: %d", q, status)
		}
	}
}
