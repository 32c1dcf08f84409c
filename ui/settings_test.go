package ui_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/access/accesstest"
	"siteward/ui/apptest"
)

// settingsPages are the pages of the settings with who may see them.
var settingsPages = map[string][]appliance.Role{
	"/settings":                                  {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/site":                             {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/jobs":                             {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/store":                            {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/audit":                            {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/credentials":                      {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/credentials/new":                  {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/credentials/1":                    {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/credentials/2?snmp_version=3":     {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/credentials/2/delete":             {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/file":                             {appliance.RoleAdministrator},
	"/settings/users":                            {appliance.RoleAdministrator},
	"/settings/users/new":                        {appliance.RoleAdministrator},
	"/settings/users/1":                          {appliance.RoleAdministrator},
	"/settings/users/1/delete":                   {appliance.RoleAdministrator},
	"/settings/tokens":                           {appliance.RoleAdministrator},
	"/settings/formats":                          {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/formats/new":                      {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/formats/new?from=borg":            {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/profile":                                   appliance.Roles,
	"/settings/credentials/new?snmp_version=ssh": {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources":                          {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/new":                      {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/new?kind=sftp":            {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/new?kind=push":            {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/new?kind=mail":            {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/new?kind=syslog":          {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/new?kind=command":         {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/1":                        {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/2":                        {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/3":                        {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/sources/2/edit":                   {appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/provider":                         {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/provider/offers":                  {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/provider/offers/1":                {appliance.RoleKeyUser, appliance.RoleTechnician, appliance.RoleAdministrator},
	"/settings/provider/connect":                 {appliance.RoleKeyUser, appliance.RoleAdministrator},
	"/settings/provider/disconnect":              {appliance.RoleKeyUser, appliance.RoleAdministrator},
	"/settings/sources/4/delete":                 {appliance.RoleTechnician, appliance.RoleAdministrator},
}

func TestSettingsInEveryLanguageForEveryRole(t *testing.T) {
	b := apptest.Server(t)
	b.App.SetHealth(unwell(b.App.Health(t.Context())))
	connected(t, b)
	offered(b)
	for _, lang := range appliance.Languages {
		b.App.Speak(lang)
		for path, may := range settingsPages {
			for _, role := range appliance.Roles {
				want := http.StatusForbidden
				for _, r := range may {
					if r == role {
						want = http.StatusOK
					}
				}
				w := b.Get(role, path)
				if w.Code != want {
					t.Errorf("%s %s as %s: %d", lang, path, role, w.Code)
				}
				body := strings.ReplaceAll(w.Body.String(), "[.htmx-request_&]", "") // a class, no missing word
				if want == http.StatusOK && (!strings.Contains(body, `<html lang="`+lang+`"`) || strings.Count(body, "<h1") != 1 || strings.Contains(body, "[")) {
					t.Errorf("%s %s as %s: language, headline or a missing word", lang, path, role)
				}
			}
		}
	}
}

// must fails the test unless the answer has the status, and gives its body.
func must(t *testing.T, w interface {
	Result() *http.Response
}, status int, says ...string) string {
	t.Helper()
	res := w.Result()
	var b strings.Builder
	buf := make([]byte, 1<<20)
	for {
		n, err := res.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			break
		}
	}
	if res.StatusCode != status {
		t.Fatalf("status %d, want %d: %.600s", res.StatusCode, status, b.String())
	}
	for _, s := range says {
		if !strings.Contains(b.String(), s) {
			t.Errorf("does not say %q", s)
		}
	}
	return b.String()
}

func TestSettingsVerdict(t *testing.T) {
	b := apptest.Server(t)
	well := b.App.Health(t.Context())
	// One job of the sample site has failed; everything else is well.
	must(t, b.Get(appliance.RoleTechnician, "/settings"), 200, "1 thing about Siteward itself needs attention", "Thin out old readings: the last run ended with an error")
	b.App.SetHealth(unwell(well))
	body := must(t, b.Get(appliance.RoleAdministrator, "/settings"), 200, "5 things about Siteward itself need attention", "Nothing is being stored", "damaged in 2 places",
		"not allowed to ping", "net.ipv4.ping_group_range", "older than two days", "12 checks ran late, 3 were left out")
	if strings.Index(body, "Nothing is being stored") > strings.Index(body, "not allowed to ping") {
		t.Error("the worst does not come first")
	}
	h := well
	h.WatchdogOK = false
	b.App.SetHealth(h)
	must(t, b.Get(appliance.RoleTechnician, "/settings/store"), 200, "The store does not answer")
	h = well
	h.Store.BackedUp = h.Store.BackedUp.AddDate(-1, 0, 0)
	b.App.SetHealth(h)
	must(t, b.Get(appliance.RoleTechnician, "/settings/store"), 200, "The last backup of the store is older than two days")
	// A technician sees neither people nor tokens, and no button that would be refused.
	body = must(t, b.Get(appliance.RoleTechnician, "/settings"), 200)
	for _, hidden := range []string{"/settings/users", "/settings/tokens", "/settings/file"} {
		if strings.Contains(body, hidden) {
			t.Errorf("a technician is led to %s", hidden)
		}
	}
	for path, hidden := range map[string]string{"/settings/site": "<button class=\"btn btn-primary\"", "/settings/store": "/settings/store/"} {
		if strings.Contains(must(t, b.Get(appliance.RoleTechnician, path), 200, "Only administrators can change this."), hidden) {
			t.Errorf("%s offers a technician what he may not do", path)
		}
	}
}

func TestSiteForm(t *testing.T) {
	b := apptest.Server(t)
	form := url.Values{"name": {"Praxis am Ring"}, "language": {"de"}, "time_zone": {"Europe/Vienna"}, "holiday_region": {"AT"}, "hotline": {"01 555"}, "provider": {"Nordlicht IT"},
		"day_start": {"06:00"}, "days_off": {"12-24 Heiligabend\r\n+ 2026-10-31 Reformation\r\n\r\n"}}
	must(t, b.Post(appliance.RoleAdministrator, "/settings/site", form), 303)
	site, err := b.App.Site(t.Context())
	if err != nil || site.Name != "Praxis am Ring" || site.TimeZone != "Europe/Vienna" || site.HolidayRegion != "AT" || site.Created.IsZero() {
		t.Errorf("%+v %v", site, err)
	}
	if want := (appliance.DayOff{Day: "2026-10-31", Name: "Reformation", Work: true}); site.DayStart != "06:00" || len(site.DaysOff) != 2 || site.DaysOff[1] != want {
		t.Errorf("days: %q %+v", site.DayStart, site.DaysOff)
	}
	must(t, b.Get(appliance.RoleAdministrator, "/settings/site"), 200, "12-24 Heiligabend\n&#43; 2026-10-31 Reformation")
	b.App.Speak("en")
	form.Set("name", "")
	form.Set("time_zone", "Europe/Nowhere")
	body := must(t, b.Post(appliance.RoleAdministrator, "/settings/site", form), 422, `href="#name"`, "Name of the site is missing", `aria-invalid="true"`, `value="Europe/Nowhere"`)
	if strings.Contains(body, "validate.") {
		t.Error("a key is shown")
	}
}

// TestSiteFileLocksItsFields: what the file declares is shown and not asked, until it is taken over.
func TestSiteFileLocksItsFields(t *testing.T) {
	b := apptest.Server(t)
	b.App.Speak("en")
	admin := appliance.RoleAdministrator
	file := url.Values{"text": {"siteward: 1\nsite:\n  hotline: \"030 555 0199\"\n  language: en\n"}, "name": {"net.yaml"}}
	must(t, b.Post(admin, "/settings/file", file), 422, "was entered by a person")
	file.Set("take_over", "1")
	file.Set("seen", seenField.FindStringSubmatch(must(t, b.Post(admin, "/settings/file", file), 200))[1])
	file.Set("do", "apply")
	must(t, b.Post(admin, "/settings/file", file), 303)
	page := must(t, b.Get(admin, "/settings/site"), 200, "Declared in net.yaml", "English", "030 555 0199", `action="/settings/site/takeover"`, `id="provider"`)
	if strings.Contains(page, `id="hotline"`) || strings.Contains(page, `id="language"`) {
		t.Error("what the file declares is asked")
	}
	form := url.Values{"name": {"Praxis am Ring"}, "time_zone": {"Europe/Vienna"}, "holiday_region": {"AT"}, "hotline": {"1"}, "language": {"nl"}}
	must(t, b.Post(admin, "/settings/site", form), 303)
	if site, _ := b.App.Site(t.Context()); site.Hotline != "030 555 0199" || site.Language != "en" || site.Name != "Praxis am Ring" {
		t.Errorf("%+v", site)
	}
	must(t, b.Post(admin, "/settings/site/takeover", nil), 303)
	must(t, b.Get(admin, "/settings/site"), 200, `id="hotline"`, `id="language"`)
}

func TestSettingsLists(t *testing.T) {
	b := apptest.Server(t)
	if _, err := b.Gate.Tokens.Create(accesstest.CLI, "=HYPERLINK(1)", appliance.RoleViewer, apptest.Present.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	for path, c := range map[string]struct {
		heads string
		rows  int
	}{
		"/settings/users.csv":                                  {"id,name,full_name,role,language,disabled,created,signed_in", 4},
		"/settings/users.csv?q=tech":                           {"id,name,full_name,role,language,disabled,created,signed_in", 1},
		"/settings/tokens.csv":                                 {"id,name,role,by,created,expires,used", 1},
		"/settings/formats.csv?q=borg":                         {"name,title,product,own,by,saved", 1},
		"/settings/credentials.csv":                            {"id,name,snmp_version,user,owner,devices,device_names", 3},
		"/settings/jobs.csv?sort=-took":                        {"name,schedule,began,took_seconds,next,error,failed", 4},
		"/settings/audit.csv":                                  {"seq,time,by,object,text", 4},
		"/settings/audit.csv?by=m.muster":                      {"seq,time,by,object,text", 2},
		"/settings/audit.csv?by=m.muster&object=scanner-1":     {"seq,time,by,object,text", 1},
		"/settings/audit.csv?by=m.muster&object=scanner-1&q=x": {"seq,time,by,object,text", 0},
	} {
		body := must(t, b.Get(appliance.RoleAdministrator, path), 200)
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(rows) != c.rows+1 || strings.Join(rows[0], ",") != c.heads {
			t.Errorf("%s: %v\n%s", path, err, body)
		}
		if strings.Contains(body, "not for your eyes") || strings.Contains(body, ",=") {
			t.Errorf("%s: a secret or a formula: %s", path, body)
		}
	}
	must(t, b.Get(appliance.RoleAdministrator, "/settings/users?q=nobody-at-all"), 200, "Nothing found", "Show all")
	must(t, b.Get(appliance.RoleTechnician, "/settings/audit?by=s.techniker"), 200, "By s.techniker", "/settings/audit.csv?by=s.techniker")
	body := must(t, b.Get(appliance.RoleAdministrator, "/settings/users?sort=-role", "HX-Request", "true", "HX-Target", "div#list", "HX-Request-Type", "partial"), 200, `<div id="list"`)
	if strings.Contains(body, "<html") || strings.Index(body, "administrator") > strings.Index(body, "viewer") {
		t.Errorf("a fragment in order was asked for: %.300s", body)
	}
}

// TestJobsSpeak: names and schedules of the household are said in the reader's language.
func TestJobsSpeak(t *testing.T) {
	b := apptest.Server(t)
	for lang, says := range map[string][]string{
		"en": {"Forget ended sessions", "every 1\u202fh", "every day at 02:40"},
		"de": {"Beendete Sitzungen vergessen", "im Abstand von 1\u202fh", "jeden Tag um 02:40\u00a0Uhr", "no space left on device"},
		"nl": {"Beëindigde sessies vergeten", "om de 1\u202fu", "elke dag om 02:40\u00a0uur"},
	} {
		b.App.Speak(lang)
		must(t, b.Get(appliance.RoleTechnician, "/settings/jobs"), 200, says...)
	}
}

func TestAuditPages(t *testing.T) {
	b := apptest.Server(t)
	b.App.Fill(250)
	body := must(t, b.Get(appliance.RoleAdministrator, "/settings/audit"), 200, "Show older changes")
	seen := strings.Count(body, "<tr>") - 1
	for range 5 {
		i := strings.Index(body, "/settings/audit?before=")
		if i < 0 {
			break
		}
		next := body[i : i+strings.IndexByte(body[i:], '"')]
		body = must(t, b.Get(appliance.RoleAdministrator, strings.ReplaceAll(next, "&amp;", "&")), 200)
		seen += strings.Count(body, "<tr>") - 1
	}
	if seen != 254 {
		t.Errorf("%d changes on all pages, want 254", seen)
	}
}

func TestSettingsWithHostileNames(t *testing.T) {
	b := apptest.Server(t)
	b.App.MakeHostile()
	connected(t, b)
	offered(b)
	u := appliance.User{Name: "eve", FullName: apptest.Hostile, Role: appliance.RoleViewer}
	if err := b.Gate.Users.Create(t.Context(), accesstest.CLI, &u, accesstest.Password); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Gate.Tokens.Create(accesstest.CLI, apptest.Hostile, appliance.RoleViewer, apptest.Present.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	c := appliance.Credential{Name: apptest.Hostile, SNMPVersion: "2c", Community: appliance.Secret{File: apptest.Hostile}}
	if err := b.App.SaveCredential(t.Context(), accesstest.CLI, &c); err != nil {
		t.Fatal(err)
	}
	h := b.App.Health(t.Context())
	h.Store.Damage = []string{apptest.Hostile}
	b.App.SetHealth(h)
	pages := []string{"/settings/users/" + u.ID.String(), "/settings/users/" + u.ID.String() + "/delete", "/settings/credentials/" + c.ID.String(), "/settings/audit?by=" + url.QueryEscape(apptest.Hostile)}
	for path := range settingsPages {
		pages = append(pages, path)
	}
	for _, path := range pages {
		if body := must(t, b.Get(appliance.RoleAdministrator, path), 200); strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
			t.Errorf("%s: a name became a part of the page", path)
		}
	}
	body := must(t, b.Post(appliance.RoleAdministrator, "/settings/file", url.Values{"text": {"devices: [" + apptest.Hostile}, "name": {apptest.Hostile}}), 422)
	if strings.Contains(body, "<script>alert") {
		t.Error("the text of a file became a part of the page")
	}
}

func TestSettingsFormsNeedTheirToken(t *testing.T) {
	b := apptest.Server(t)
	b.SignIn(appliance.RoleAdministrator)
	for _, path := range []string{"/settings/site", "/settings/file", "/settings/users/new", "/settings/users/1", "/settings/users/1/password", "/settings/users/1/delete",
		"/settings/tokens/new", "/settings/tokens/1/delete", "/settings/formats/new", "/settings/formats/try", "/settings/credentials/new", "/settings/credentials/1", "/settings/credentials/1/delete",
		"/settings/store/verify", "/profile/password", "/profile/sessions/end"} {
		if w := b.Post(appliance.RoleAdministrator, path, url.Values{}, "X-CSRF-Token", "wrong"); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if done := b.App.Done(); len(done) > 0 {
		t.Errorf("changed: %v", done)
	}
}
