package ui_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/ui/apptest"
)

var boxes = regexp.MustCompile(`(?:form)?action="/states/(\d+)/(?:un)?acknowledge"|<tr data-href="/devices/(\d+)"`)

// TestProblemsFileHasTheRowsShown compares the file with the page, row by row.
func TestProblemsFileHasTheRowsShown(t *testing.T) {
	b := apptest.Server(t)
	for query, rows := range map[string]int{"": 6, "state=critical": 2, "state=warning&sort=device": 4, "q=reception": 2, "q=sw-&state=warning": 1, "taken=no": 5, "taken=yes": 1,
		"sort=since": 6, "sort=-since": 6, "sort=measured": 6, "sort=owner": 6, "sort=state": 6, "q=S.+Techniker": 1, "q=nothing+like+it": 0, "state=nonsense": 0} {
		var shown []string
		body := b.Get(appliance.RoleTechnician, "/problems?"+query).Body.String()
		for _, m := range boxes.FindAllStringSubmatch(body, -1) {
			if m[2] != "" {
				shown = append(shown, m[2])
			}
		}
		file, err := csv.NewReader(b.Get(appliance.RoleTechnician, "/problems.csv?"+query).Body).ReadAll()
		if err != nil || len(file) == 0 || file[0][0] != "state" {
			t.Fatalf("%s: %v %v", query, err, file)
		}
		var listed []string
		for _, row := range file[1:] {
			listed = append(listed, b.App.Find(row[1]).String())
		}
		if !slices.Equal(shown, listed) || len(listed) != rows {
			t.Errorf("%s: page %v, file %v, want %d rows", query, shown, listed, rows)
		}
	}
}

func TestProblemsFileCannotBeAFormula(t *testing.T) {
	b := apptest.Server(t)
	d, err := b.App.Device(t.Context(), b.App.Find("sw-empfang"))
	if err != nil {
		t.Fatal(err)
	}
	d.Name = `=HYPERLINK("x")`
	if err := b.App.SaveDevice(t.Context(), appliance.Actor{}, &d.Device); err != nil {
		t.Fatal(err)
	}
	if body := b.Get(appliance.RoleViewer, "/problems.csv").Body.String(); !strings.Contains(body, `"'=HYPERLINK(""x"")"`) {
		t.Error(body)
	}
}

func TestProblemsWithoutAny(t *testing.T) {
	for name, c := range map[string]struct {
		app  *apptest.App
		path string
		says string
	}{
		"good news":             {calm(t), "/problems", "No problems"},
		"filter leaves nothing": {apptest.New(), "/problems?q=zz&state=warning", "Filter: contains “zz”, Warning"},
		"nothing watched":       {bare(t), "/problems", "No devices yet"},
	} {
		body := apptest.ServerOf(t, c.app).Get(appliance.RoleTechnician, c.path).Body.String()
		if !strings.Contains(body, c.says) || strings.Contains(body, "<thead") {
			t.Errorf("%s: %q is missing, or there is an empty table", name, c.says)
		}
	}
}

func TestAcknowledge(t *testing.T) {
	b := apptest.Server(t)
	check := b.App.CheckOf("ups-1", "snmp").String()
	path := "/states/" + check + "/acknowledge"
	w := b.Post(appliance.RoleTechnician, path, url.Values{"item": {"ups"}, "reason": {"Battery ordered"}, "back": {"/problems?state=warning"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/problems?state=warning" {
		t.Fatalf("%d %s %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	body := follow(b, appliance.RoleTechnician, w)
	for _, s := range []string{"Acknowledged: ups-1, UPS", "Battery ordered", "6 problems, 4 not taken yet"} {
		if !strings.Contains(body, s) {
			t.Errorf("%q is missing", s)
		}
	}
	w = b.Post(appliance.RoleAdministrator, path, url.Values{"item": {"ups"}})
	if body := follow(b, appliance.RoleAdministrator, w); !strings.Contains(body, "technician takes care of it already.") || !strings.Contains(body, "Nothing was changed") {
		t.Error("a second person is not told who was faster")
	}
	w = b.Post(appliance.RoleTechnician, "/states/"+check+"/unacknowledge", url.Values{"item": {"ups"}, "back": {"/"}})
	if body := follow(b, appliance.RoleTechnician, w); w.Header().Get("Location") != "/" || !strings.Contains(body, "6 problems, 5 not taken yet") {
		t.Error("it was not given back")
	}
	if done := b.App.Done(); !slices.Equal(done, []string{"acknowledge " + check + " ups", "unacknowledge " + check + " ups"}) {
		t.Error(done)
	}
}

// TestAcknowledgeByScript follows the redirect as a browser does: with the headers of the script.
func TestAcknowledgeByScript(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(appliance.RoleKeyUser, "/states/"+b.App.CheckOf("ups-1", "snmp").String()+"/acknowledge", url.Values{"item": {"ups"}, "back": {"/"}}, partial...)
	body := follow(b, appliance.RoleKeyUser, w, partial...)
	if !strings.HasPrefix(body, `<div id="list">`) || !strings.Contains(body, "Acknowledged: ups-1, UPS") || !strings.Contains(body, "I no longer take care of it") || !strings.Contains(body, "Two are being worked on.") {
		t.Errorf("%.600s", body)
	}
}

// follow goes where an answer leads, with its message, as a browser would.
func follow(b *apptest.Bench, role appliance.Role, w *httptest.ResponseRecorder, header ...string) string {
	var cookies []string
	for _, c := range b.SignIn(role).Cookies {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	for _, c := range w.Result().Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return b.Get(role, w.Header().Get("Location"), append(slices.Clone(header), "Cookie", strings.Join(cookies, "; "))...).Body.String()
}

func TestAcknowledgeSelected(t *testing.T) {
	b := apptest.Server(t)
	ups, server := b.App.CheckOf("ups-1", "snmp").String(), b.App.CheckOf("srv-praxis", "snmp").String()
	keys := []string{ups + ":ups", server + ":storage/36", server + ":storage/99", "nonsense", ":", "-1:ups"}
	w := b.Post(appliance.RoleTechnician, "/problems/acknowledge", url.Values{"key": keys, "reason": {"On my way"}, "back": {"/problems?sort=device"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/problems?sort=device" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	body := follow(b, appliance.RoleTechnician, w)
	for _, s := range []string{"2 problems acknowledged.", "One had changed in the meantime", "6 problems, 3 not taken yet", "On my way"} {
		if !strings.Contains(body, s) {
			t.Errorf("%q is missing", s)
		}
	}
}

func TestAcknowledgeWithMistakes(t *testing.T) {
	b := apptest.Server(t)
	one := "/states/" + b.App.CheckOf("ups-1", "snmp").String() + "/acknowledge"
	for name, c := range map[string]struct {
		path string
		form url.Values
		says string
	}{
		"no item":          {one, url.Values{}, "The form does not say which problem is meant."},
		"long reason":      {one, url.Values{"item": {"ups"}, "reason": {strings.Repeat("ä", 201)}}, "Shorten the reason to 200 characters."},
		"reason of lines":  {one, url.Values{"item": {"ups"}, "reason": {"a\nb"}}, "Write the reason as one line of plain text."},
		"nothing selected": {"/problems/acknowledge", url.Values{"reason": {"kept <b>"}, "back": {"/problems?q=sw-"}}, "Select at least one problem in the list."},
		"too many":         {"/problems/acknowledge", url.Values{"key": slices.Repeat([]string{"7:x"}, 1001)}, "at most 1,000 problems"},
	} {
		for _, header := range [][]string{nil, partial} {
			w := b.Post(appliance.RoleTechnician, c.path, c.form, header...)
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%s: %d, %q is missing", name, w.Code, c.says)
			}
			if c.form.Get("reason") == "kept <b>" && (!strings.Contains(w.Body.String(), "kept &lt;b&gt;") || !strings.Contains(w.Body.String(), `value="sw-"`)) {
				t.Errorf("%s: reason or filter is lost", name)
			}
		}
	}
	if done := b.App.Done(); len(done) > 0 {
		t.Error(done)
	}
}

func TestAcknowledgeNeedsRoleAndToken(t *testing.T) {
	b := apptest.Server(t)
	path := "/states/" + b.App.CheckOf("ups-1", "snmp").String() + "/acknowledge"
	form := url.Values{"item": {"ups"}}
	for _, p := range []string{path, strings.Replace(path, "/ack", "/unack", 1), "/problems/acknowledge"} {
		if w := b.Post(appliance.RoleViewer, p, form); w.Code != http.StatusForbidden {
			t.Errorf("viewer at %s: %d", p, w.Code)
		}
		if w := b.Post("", p, form); w.Code < 400 {
			t.Errorf("nobody at %s: %d", p, w.Code)
		}
		if w := b.Post(appliance.RoleTechnician, p, form, "X-CSRF-Token", ""); w.Code != http.StatusForbidden {
			t.Errorf("without a token at %s: %d", p, w.Code)
		}
	}
	if w := b.Post(appliance.RoleTechnician, "/states/x/acknowledge", form); w.Code != http.StatusNotFound {
		t.Errorf("a check that is no number: %d", w.Code)
	}
	if done := b.App.Done(); len(done) > 0 {
		t.Error(done)
	}
}

func TestAcknowledgeLeadsNowhereElse(t *testing.T) {
	b := apptest.Server(t)
	path := "/states/" + b.App.CheckOf("ups-1", "snmp").String() + "/acknowledge"
	for back, want := range map[string]string{"": "/problems", "//evil.example/": "/problems", `/\evil.example`: "/problems", "https://evil.example/": "/problems", "javascript:alert(1)": "/problems",
		"/settings": "/problems", "/devices/5?evidence=50:ups": "/devices/5?evidence=50:ups", "/": "/", "/problems?q=a%26b": "/problems?q=a%26b"} {
		w := b.Post(appliance.RoleTechnician, path, url.Values{"item": {"ups"}, "back": {back}})
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("back to %q goes to %q", back, got)
		}
	}
}

func TestAcknowledgeWhileNothingIsStored(t *testing.T) {
	b := apptest.Server(t)
	b.App.Refuse(&appliance.Error{Code: appliance.CodeReadOnly, Message: appliance.Message{Key: "store.read_only.full"}})
	for _, p := range []string{"/states/" + b.App.CheckOf("ups-1", "snmp").String() + "/acknowledge", "/problems/acknowledge"} {
		if w := b.Post(appliance.RoleTechnician, p, url.Values{"item": {"ups"}, "key": {"51:ups"}}); w.Code != http.StatusInsufficientStorage {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

// TestRowsChangeWithTheirData: a row is rendered once, and anew as soon as anything in it has changed.
func TestRowsChangeWithTheirData(t *testing.T) {
	b := apptest.Server(t)
	see := func() string { return b.Get(appliance.RoleTechnician, "/problems").Body.String() }
	if first, again := see(), see(); first != again {
		t.Error("the same data makes another page")
	}
	d, err := b.App.Device(t.Context(), b.App.Find("ups-1"))
	if err != nil {
		t.Fatal(err)
	}
	d.Place = "Cellar"
	if err := b.App.SaveDevice(t.Context(), appliance.Actor{}, &d.Device); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(see(), "Cellar") {
		t.Error("the row shows the old place")
	}
	if keyuser := b.Get(appliance.RoleKeyUser, "/problems").Body.String(); !strings.Contains(keyuser, "The emergency power supply ups-1 needs a new battery.") {
		t.Error("a key user gets the technician's row")
	}
	if viewer := b.Get(appliance.RoleViewer, "/problems").Body.String(); strings.Contains(viewer, "acknowledge") {
		t.Error("a viewer gets buttons")
	}
}

// BenchmarkProblems200 is figure 16: a page of 200 rows, against the same bytes from memory.
func BenchmarkProblems200(b *testing.B) {
	bench := apptest.ServerOf(b, many(b, 200))
	path := "/problems?page=2"
	body := bench.Get(appliance.RoleTechnician, path).Body.Bytes()
	if n := strings.Count(string(body), "<tr data-href"); n != 200 {
		b.Fatalf("%d rows", n)
	}
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			bench.Get(appliance.RoleTechnician, path)
		}
	})
	b.Run("static", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			http.ServeContent(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil), "p.html", apptest.Present, bytes.NewReader(body))
		}
	})
}

// many is a site with that many problems: devices that were not asked since their pause ended.
func many(tb testing.TB, n int) *apptest.App {
	tb.Helper()
	app := bare(tb)
	by := appliance.Actor{Name: "test"}
	for i := range n {
		d := appliance.Device{Name: "device-" + strconv.Itoa(i), Kind: appliance.KindSwitch, Place: "Rack " + strconv.Itoa(i%9), Address: "192.0.2.9"}
		check := appliance.Check{Name: "ping", Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(time.Second)}
		err := errors.Join(app.AddDevice(tb.Context(), by, &d, []appliance.Check{check}), app.PauseDevice(tb.Context(), by, d.ID, "test", time.Time{}), app.ResumeDevice(tb.Context(), by, d.ID))
		if err != nil {
			tb.Fatal(err)
		}
	}
	return app
}

func TestLongListIsShownInParts(t *testing.T) {
	b := apptest.ServerOf(t, many(t, 230))
	for path, c := range map[string]struct {
		rows int
		more string
	}{"/problems": {100, "Show 100 more"}, "/problems?page=2": {200, "Show 30 more"}, "/problems?page=3": {230, ""}, "/problems?page=999": {230, ""}, "/problems?page=-1": {100, "Show 100 more"}} {
		body := b.Get(appliance.RoleKeyUser, path).Body.String()
		if n := strings.Count(body, "<tr data-href"); n != c.rows || !strings.Contains(body, c.more) {
			t.Errorf("%s: %d rows, %q", path, n, c.more)
		}
	}
	if start := b.Get(appliance.RoleKeyUser, "/").Body.String(); strings.Count(start, "<article") != 8 || !strings.Contains(start, "See 222 more problems") {
		t.Error("Start does not stop at eight cards")
	}
}
