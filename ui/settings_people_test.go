package ui_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/access/accesstest"
	"siteward/ui/apptest"
)

// signsIn tries name and password at the sign-in page, as a browser without cookies does.
func signsIn(t *testing.T, b *apptest.Bench, name, password string) bool {
	t.Helper()
	page := b.Get("", "/signin")
	token := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page.Body.String())
	r := httptest.NewRequest("POST", "/signin", strings.NewReader(url.Values{"name": {name}, "password": {password}, "csrf": {token[1]}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range page.Result().Cookies() {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.Server.ServeHTTP(w, r)
	return w.Code == http.StatusSeeOther
}

func userNamed(t *testing.T, b *apptest.Bench, name string) appliance.User {
	t.Helper()
	u, err := b.Gate.Users.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestPersonComesAndGoes(t *testing.T) {
	b := apptest.Server(t)
	admin := appliance.RoleAdministrator
	form := url.Values{"name": {"j.doe"}, "full_name": {"J. Doe"}, "role": {"keyuser"}, "language": {"nl"}, "password": {"too short"}}
	body := must(t, b.Post(admin, "/settings/users/new", form), 422, "at least 12 characters", `href="#password"`, `value="j.doe"`, `value="keyuser" checked`)
	if strings.Contains(body, "too short") {
		t.Error("the password is sent back")
	}
	form.Set("password", accesstest.Password)
	must(t, b.Post(admin, "/settings/users/new", form), 303)
	if !signsIn(t, b, "j.doe", accesstest.Password) {
		t.Fatal("the new person cannot sign in")
	}
	must(t, b.Post(admin, "/settings/users/new", form), 422, "Somebody is called j.doe already")

	u := userNamed(t, b, "j.doe")
	path := "/settings/users/" + u.ID.String()
	must(t, b.Get(admin, path), 200, "J. Doe", `name="version" value="`)
	edit := url.Values{"name": {"j.doe"}, "full_name": {"Jo Doe"}, "role": {"technician"}, "version": {"1"}}
	must(t, b.Post(admin, path, edit), 422, "Jo Doe") // somebody else changed it: signing in did
	edit.Set("version", versionOf(t, b, path))
	must(t, b.Post(admin, path, edit), 303)
	if u := userNamed(t, b, "j.doe"); u.Role != appliance.RoleTechnician || u.FullName != "Jo Doe" || u.Language != "" {
		t.Errorf("%+v", u)
	}
	must(t, b.Post(admin, path+"/password", url.Values{"password": {"password1234"}}), 422, "tried first")
	must(t, b.Post(admin, path+"/password", url.Values{"password": {"lantaarn achter natte heg"}}), 303)
	if signsIn(t, b, "j.doe", accesstest.Password) || !signsIn(t, b, "j.doe", "lantaarn achter natte heg") {
		t.Error("the new password does not count")
	}
	edit.Set("version", versionOf(t, b, path))
	edit.Set("disabled", "1")
	must(t, b.Post(admin, path, edit), 303)
	if signsIn(t, b, "j.doe", "lantaarn achter natte heg") {
		t.Error("who is switched off can sign in")
	}
	must(t, b.Get(admin, "/settings/users"), 200, "Switched off", "4 people can sign in")
	must(t, b.Get(admin, path+"/delete"), 200, "Delete the account of Jo Doe?", "Delete j.doe")
	must(t, b.Post(admin, path+"/delete", nil), 303)
	must(t, b.Get(admin, path), 404)
	if _, err := b.Gate.Users.Find("j.doe"); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("still there: %v", err)
	}
}

func versionOf(t *testing.T, b *apptest.Bench, path string) string {
	t.Helper()
	m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.Get(appliance.RoleAdministrator, path).Body.String())
	if m == nil {
		t.Fatal("the form has no version")
	}
	return m[1]
}

func TestLastAdministratorStays(t *testing.T) {
	b := apptest.Server(t)
	admin := appliance.RoleAdministrator
	u := userNamed(t, b, "administrator")
	path := "/settings/users/" + u.ID.String()
	b.SignIn(admin)
	const says = "This is the last administrator who can sign in"
	edit := url.Values{"name": {u.Name}, "role": {"viewer"}, "version": {versionOf(t, b, path)}}
	must(t, b.Post(admin, path, edit), 422, says, `href="#role"`)
	edit.Set("role", "administrator")
	edit.Set("disabled", "1")
	must(t, b.Post(admin, path, edit), 422, says)
	must(t, b.Post(admin, path+"/delete", nil), 422, says, "Keep it")
	must(t, b.Get(admin, path), 200, "This is your own account")
	// One's own password is changed where the present one is asked.
	if w := b.Post(admin, path+"/password", url.Values{"password": {"lantaarn achter natte heg"}}); w.Code != 303 || w.Header().Get("Location") != "/profile" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	if !signsIn(t, b, "administrator", accesstest.Password) {
		t.Error("the administrator is locked out")
	}
}

func TestTokenIsShownOnce(t *testing.T) {
	b := apptest.Server(t)
	admin := appliance.RoleAdministrator
	form := url.Values{"name": {"grafana"}, "role": {"viewer"}, "expires": {"2027-06-30"}}
	w := b.Post(admin, "/settings/tokens/new", form)
	body := must(t, w, 200, "The token grafana is made", "the only time")
	secret := regexp.MustCompile(`sw_[A-Za-z0-9_-]{43}`).FindString(body)
	if secret == "" || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Set-Cookie") != "" {
		t.Fatalf("secret %q, headers %v", secret, w.Header())
	}
	tok, err := b.Gate.Tokens.Check(secret)
	if err != nil || tok.Role != appliance.RoleViewer || tok.Expires.In(apptest.Present.Location()).Format("2006-01-02 15:04") != "2027-06-30 23:59" {
		t.Errorf("%+v %v", tok, err)
	}
	for _, path := range []string{"/settings/tokens", "/settings/tokens.csv", "/settings/tokens/1/delete", "/settings/audit", "/settings"} {
		if strings.Contains(b.Get(admin, path).Body.String(), secret) {
			t.Errorf("%s shows the secret", path)
		}
	}
	for _, e := range b.Memory.Events() {
		if strings.Contains(e.Message.English, secret) {
			t.Error("the journal has the secret")
		}
	}
	for says, change := range map[string][2]string{
		"is called grafana already": {"name", "grafana"},
		"This day is over":          {"expires", "2026-11-01"},
		"two years at most":         {"expires", "2031-01-01"},
		"Enter the day until which": {"expires", "soon"},
		"A token needs a name":      {"name", ""},
		"Choose a role":             {"role", "god"},
	} {
		wrong := url.Values{"name": {"other"}, "role": {"viewer"}, "expires": {"2027-06-30"}}
		wrong.Set(change[0], change[1])
		must(t, b.Post(admin, "/settings/tokens/new", wrong), 422, says, `href="#`+change[0]+`"`)
	}
	path := "/settings/tokens/" + tok.ID.String() + "/delete"
	must(t, b.Get(admin, path), 200, "Delete the token grafana?")
	must(t, b.Post(admin, path, nil), 303)
	if _, err := b.Gate.Tokens.Check(secret); err == nil {
		t.Error("the deleted token is good")
	}
	must(t, b.Post(admin, path, nil), 404)
}

func TestProfile(t *testing.T) {
	b := apptest.Server(t)
	for _, role := range appliance.Roles {
		must(t, b.Get(role, "/profile"), 200, string(role))
	}
	role := appliance.RoleKeyUser
	must(t, b.Post(role, "/profile/password", url.Values{"current": {"wrong"}, "password": {"lantaarn achter natte heg"}}), 422, "The present password is not right", `href="#current"`)
	must(t, b.Post(role, "/profile/password", url.Values{"current": {accesstest.Password}, "password": {"short"}}), 422, "at least 12", `href="#password"`)
	elsewhere := accesstest.SignIn(t, b.Gate, role)
	w := b.Post(role, "/profile/password", url.Values{"current": {accesstest.Password}, "password": {"lantaarn achter natte heg"}})
	must(t, w, 303)
	if !signsIn(t, b, "keyuser", "lantaarn achter natte heg") {
		t.Error("the new password does not count")
	}
	asks := func(cookies []*http.Cookie) int {
		r := httptest.NewRequest("GET", "/profile", nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		b.Server.ServeHTTP(w, r)
		return w.Code
	}
	if asks(elsewhere.Cookies) != 303 || asks(w.Result().Cookies()) != 200 {
		t.Error("the session here must go on, the other one end")
	}
	technician := appliance.RoleTechnician
	elsewhere = accesstest.SignIn(t, b.Gate, technician)
	w = b.Post(technician, "/profile/sessions/end", nil)
	must(t, w, 303)
	if asks(elsewhere.Cookies) != 303 || asks(w.Result().Cookies()) != 200 {
		t.Error("only the other session must end")
	}
	w = b.Post(appliance.RoleViewer, "/profile", url.Values{"language": {"de"}, "theme": {"night"}, "next": {"/profile"}})
	if w.Code != 303 || w.Header().Get("Location") != "/profile" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	must(t, b.Get(appliance.RoleViewer, "/profile"), 200, `lang="de" data-theme="night"`)
}
