package ui_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestTicketPagesInAllLanguages(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		for path, viewer := range map[string]int{"/tickets": 403, "/tickets?of=all": 403, "/tickets?of=solved&q=nothing": 403, "/tickets.csv": 403, "/tickets/new": 403, "/tickets/1": 403, "/tickets/2": 403, "/tickets/3": 403,
			"/tickets/4": 403, "/tickets/5": 403, "/tickets/promise?category=error&impact=all": 403, "/contract": 403} {
			if w := b.Get(appliance.RoleViewer, path); w.Code != viewer {
				t.Errorf("%s as viewer: %d", path, w.Code)
			}
			for _, role := range appliance.Roles[1:] {
				if w := b.Get(role, path); w.Code != http.StatusOK {
					t.Errorf("%s %s as %s: %d %s", lang, path, role, w.Code, w.Body)
				}
			}
		}
		if w := b.Get(appliance.RoleAdministrator, "/settings/contract"); w.Code != http.StatusOK {
			t.Errorf("the form of the contract: %d %s", w.Code, w.Body)
		}
	}
}

// TestInternalNotesStayInternal: no page and no file of a key user holds what technicians say among themselves.
func TestInternalNotesStayInternal(t *testing.T) {
	b := apptest.Server(t)
	const secret = "Serial number wanted"
	for _, path := range []string{"/tickets", "/tickets/3", "/tickets.csv?of=all", "/", "/logbook"} {
		if body := b.Get(appliance.RoleKeyUser, path).Body.String(); strings.Contains(body, secret) {
			t.Errorf("%s shows an internal note", path)
		}
	}
	if !strings.Contains(b.Get(appliance.RoleTechnician, "/tickets/3").Body.String(), secret) {
		t.Error("technicians do not see it either")
	}
}

// send posts a form with files.
func send(tb testing.TB, b *apptest.Bench, role appliance.Role, path string, fields url.Values, files map[string]io.Reader) *httptest.ResponseRecorder {
	tb.Helper()
	r, w := io.Pipe()
	m := multipart.NewWriter(w)
	go func() {
		for k, v := range fields {
			_ = m.WriteField(k, v[0])
		}
		for name, src := range files {
			part, err := m.CreateFormFile("files", name)
			if err != nil {
				break
			}
			if _, err := io.Copy(part, src); err != nil {
				break
			}
		}
		_ = m.Close()
		_ = w.Close()
	}()
	req := httptest.NewRequest(http.MethodPost, path, r)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return b.Send(role, req)
}

func TestAFaultIsReported(t *testing.T) {
	b := apptest.Server(t)
	form := b.Get(appliance.RoleKeyUser, "/tickets/new").Body.String()
	if !strings.Contains(form, "You hear from us by 09:41") || !strings.Contains(form, "are left in the contingent") {
		t.Error("before sending nobody says what is promised")
	}
	if all := b.Get(appliance.RoleKeyUser, "/tickets/promise?category=error&impact=all").Body.String(); !strings.Contains(all, "begins to work on it by 12:41") {
		t.Errorf("%s", all)
	}
	fields := url.Values{"text": {"The scanner is silent."}, "category": {"error"}, "impact": {"several"}, "since": {"today"}, "once": {"a"}}
	w := send(t, b, appliance.RoleKeyUser, "/tickets/new", fields, map[string]io.Reader{"scan.png": strings.NewReader("\x89PNG\r\n\x1a\n0000")})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := b.Get(appliance.RoleKeyUser, w.Header().Get("Location")).Body.String()
	for _, want := range []string{"The scanner is silent", "scan.png", "2 High", "Confirmed by"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	again := send(t, b, appliance.RoleKeyUser, "/tickets/new", fields, nil)
	if all, _ := b.App.Tickets(t.Context(), appliance.TicketFilter{}); again.Code != http.StatusSeeOther || len(all) != 6 {
		t.Errorf("sent twice: %d, %d tickets", again.Code, len(all))
	}
	if w := b.Post(appliance.RoleKeyUser, "/tickets/new", url.Values{"category": {"error"}, "impact": {"one"}, "once": {"b"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="text-error"`) {
		t.Errorf("without a sentence: %d", w.Code)
	}
}

func TestBadAttachments(t *testing.T) {
	b := apptest.Server(t)
	fields := func(once string) url.Values {
		return url.Values{"text": {"See the picture."}, "category": {"error"}, "impact": {"one"}, "once": {once}}
	}
	svg := send(t, b, appliance.RoleKeyUser, "/tickets/new", fields("svg"), map[string]io.Reader{"logo.svg": strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)})
	if svg.Code != http.StatusUnprocessableEntity || !strings.Contains(svg.Body.String(), `id="files-error"`) {
		t.Errorf("a program in a picture: %d", svg.Code)
	}
	src := &counted{r: io.LimitReader(zeros{}, 1<<30)}
	if w := send(t, b, appliance.RoleKeyUser, "/tickets/new", fields("big"), map[string]io.Reader{"big.png": src}); w.Code != http.StatusRequestEntityTooLarge || src.n > 2*appliance.MaxTicketPost {
		t.Errorf("a file of 1 GB: %d after %d MB", w.Code, src.n>>20)
	}
	if w := send(t, b, appliance.RoleKeyUser, "/settings/site", fields("other"), map[string]io.Reader{"big.png": &counted{r: io.LimitReader(zeros{}, 2<<20)}}); w.Code == http.StatusSeeOther {
		t.Errorf("2 MB for another page: %d", w.Code)
	}
	file := b.Get(appliance.RoleKeyUser, "/tickets/files/1")
	h := file.Header()
	if file.Code != http.StatusOK || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", file.Code, h)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) { n, err := c.r.Read(b); c.n += n; return n, err }

func TestATicketIsWorkedOn(t *testing.T) {
	b := apptest.Server(t)
	do := func(role appliance.Role, path string, fields url.Values, want int) string {
		t.Helper()
		w := b.Post(role, path, fields)
		if w.Code != want {
			t.Errorf("%s %v: %d, want %d", path, fields, w.Code, want)
		}
		return w.Body.String()
	}
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"confirm"}}, 303)
	do(appliance.RoleKeyUser, "/tickets/2", url.Values{"do": {"take"}}, 403)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"wait:customer"}}, 422)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"wait:customer"}, "text": {"Which room?"}}, 303)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"priority"}, "priority": {"1"}}, 422)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"priority"}, "priority": {"1"}, "reason": {"It burns."}}, 303)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"merge"}, "into": {"T-99"}}, 422)
	do(appliance.RoleTechnician, "/tickets/3", url.Values{"do": {"merge"}, "into": {"t-2"}}, 303)
	do(appliance.RoleTechnician, "/tickets/4", url.Values{"do": {"solve"}, "text": {"done"}}, 422)
	do(appliance.RoleTechnician, "/tickets/4", url.Values{"do": {"check:done"}, "item": {"0"}}, 303)
	do(appliance.RoleTechnician, "/tickets/4", url.Values{"do": {"check:done"}, "item": {"1"}}, 422)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"item"}}, 422)
	do(appliance.RoleTechnician, "/tickets/2", url.Values{"do": {"item"}, "task": {"Call the <carrier>"}}, 303)
	do(appliance.RoleTechnician, "/tickets/5", url.Values{"do": {"solve"}, "text": {"Disk replaced."}, "minutes": {"45"}}, 303)
	do(appliance.RoleKeyUser, "/tickets/5", url.Values{"do": {"reopen"}, "text": {"Slow again."}}, 303)
	page := b.Get(appliance.RoleKeyUser, "/tickets/2").Body.String()
	for _, want := range []string{"It burns.", "T-3", "label printer", "Call the &lt;carrier&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if csv := b.Get(appliance.RoleTechnician, "/tickets.csv?of=all").Body.String(); strings.Count(csv, "\n") != 6 {
		t.Errorf("%s", csv)
	}
}

func TestTicketFormulaInCSV(t *testing.T) {
	b := apptest.Server(t)
	if _, err := b.App.OpenTicket(t.Context(), appliance.Actor{Name: "k.empfang", Role: appliance.RoleKeyUser}, appliance.Ticket{Title: `=HYPERLINK("http://evil")`, Category: appliance.TicketError, Impact: appliance.ImpactOne}, "x", nil); err != nil {
		t.Fatal(err)
	}
	if csv := b.Get(appliance.RoleTechnician, "/tickets.csv").Body.String(); !strings.Contains(csv, `'=HYPERLINK`) {
		t.Errorf("%s", csv)
	}
}

func TestTheContractIsEntered(t *testing.T) {
	b := apptest.Server(t)
	b.App.NoContract()
	if page := b.Get(appliance.RoleKeyUser, "/contract").Body.String(); !strings.Contains(page, "No contract is entered yet") {
		t.Error("nobody says that there is none")
	}
	if page := b.Get(appliance.RoleKeyUser, "/tickets/new").Body.String(); !strings.Contains(page, "Nothing is promised for this") {
		t.Error("the report promises something")
	}
	form := url.Values{"preset": {""}}
	for _, c := range []string{"error", "request", "question"} {
		for _, i := range []string{"one", "several", "all"} {
			form.Set("table_"+c+"_"+i, "3")
		}
	}
	form.Set("target_3_confirm", "60")
	if w := b.Post(appliance.RoleAdministrator, "/settings/contract", form); w.Code != 422 || !strings.Contains(w.Body.String(), `id="preset-error"`) {
		t.Errorf("without hours: %d", w.Code)
	}
	form.Set("preset", "own")
	form.Set("day_1", "08:00-12:00 13:00-17:00")
	form.Set("contingents", "2026-01-01 2026-12-31 1200\n2025-01-01 2027-12-31 90 monthly")
	form.Set("availability", "99,5")
	form.Set("months_restore", "12")
	form.Set("first_restore", "2026-06-01")
	if w := b.Post(appliance.RoleAdministrator, "/settings/contract", form); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	c, _ := b.App.Contract(t.Context())
	if c.Hours.Week[1][1].To != 17*60 || len(c.Contingents) != 2 || !c.Contingents[1].Monthly || c.Availability != 99.5 || len(c.Recurring) != 1 || c.Targets[2].Confirm != 60 {
		t.Errorf("%+v", c)
	}
	page := b.Get(appliance.RoleKeyUser, "/contract").Body.String()
	for _, want := range []string{"Mon 08:00–12:00 13:00–17:00, not on public holidays", "99.5", "Restore test, every 12 months"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for field, bad := range map[string]string{"day_2": "8-17", "contingents": "2026-01-01 x 5", "availability": "many", "target_1_confirm": "soon", "table_error_one": "x"} {
		wrong := url.Values{}
		for k, v := range form {
			wrong[k] = v
		}
		wrong.Set(field, bad)
		if w := b.Post(appliance.RoleAdministrator, "/settings/contract", wrong); w.Code != 422 || !bytes.Contains(w.Body.Bytes(), []byte(`id="`+field+`-error"`)) {
			t.Errorf("%s %q: %d", field, bad, w.Code)
		}
	}
}

func TestTicketsInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	browser := uitest.Open(t)
	for _, c := range []struct {
		name, path, lang string
		role             appliance.Role
	}{
		{"tickets", "/tickets?of=all", "de", appliance.RoleTechnician}, {"ticket-staff", "/tickets/5", "en", appliance.RoleTechnician}, {"ticket-list", "/tickets/4", "de", appliance.RoleTechnician},
		{"ticket-waits", "/tickets/3", "nl", appliance.RoleKeyUser}, {"ticket-form", "/tickets/new", "de", appliance.RoleKeyUser}, {"contract", "/contract", "nl", appliance.RoleKeyUser}, {"contract-form", "/settings/contract", "de", appliance.RoleAdministrator},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, b.Listen(c.role)+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}

// TestAFaultIsReportedInChromium: the promise follows the choice, and after two clicks and a sentence the ticket is there with its clocks.
func TestAFaultIsReportedInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	p := uitest.Open(t).Goto(t, b.Listen(appliance.RoleKeyUser)+"/tickets/new", uitest.Look{Width: 390})
	p.Until(`document.querySelector("#promise").textContent.includes("You hear from us by")`)
	p.Do(chromedp.Click(`input[name=impact][value=all]`))
	p.Until(`document.querySelector("#promise").textContent.includes("begins to work on it by 12:41")`)
	p.Do(chromedp.SendKeys(`#text`, "Nobody can print."), chromedp.Click(`#report button.btn-primary`))
	p.Until(`location.pathname === "/tickets/6" && document.querySelector("h1")?.textContent.includes("Nobody can print") === true`)
	p.Until(`document.body.textContent.includes("Restored by")`)
}

// TestATicketAboutSomething: rounds, spot checks, backups, devices and incidents lead to a ticket that says what it is about.
func TestATicketAboutSomething(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	accounting := job(t, b, "File server").ID.String()
	for path, want := range map[string]string{"/round": "about=round-3", "/eventchecks/spot/1": "/tickets/new?text=", "/backups/" + accounting: "about=backup-" + accounting, "/devices/4": "/tickets/new?device=4", "/incidents/3": "about=incident-3"} {
		if w := b.Get(appliance.RoleTechnician, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, no way to a ticket", path, w.Code)
		}
	}
	w := b.Post(appliance.RoleTechnician, "/tickets/new", url.Values{"text": {"It is full."}, "category": {"error"}, "impact": {"one"}, "about": {"incident-3,backup-" + accounting + ",nonsense-4"}, "device": {"4"}, "once": {"x"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	page := b.Get(appliance.RoleKeyUser, w.Header().Get("Location")).Body.String()
	for _, want := range []string{`href="/incidents/3"`, `href="/backups/` + accounting + `"`, `href="/devices/4"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	at := w.Header().Get("Location")
	windows, err := b.App.Windows(t.Context())
	if err != nil || len(windows) == 0 {
		t.Fatal("no windows", err)
	}
	win := windows[0].ID.String()
	if got := b.Get(appliance.RoleTechnician, at).Body.String(); !strings.Contains(got, `value="window-`+win+`"`) {
		t.Error("the ticket cannot be connected with the window")
	}
	if w := b.Post(appliance.RoleTechnician, at, url.Values{"do": {"link"}, "device": {"window-" + win}}); w.Code != http.StatusSeeOther {
		t.Errorf("connect: %d", w.Code)
	}
	if w := b.Post(appliance.RoleTechnician, at, url.Values{"do": {"link"}, "device": {"nonsense-1"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("connect with nonsense: %d", w.Code)
	}
	if got := b.Get(appliance.RoleKeyUser, at).Body.String(); !strings.Contains(got, `href="/maintenance/`+win+`"`) {
		t.Error("the ticket does not name the window")
	}
	if got := b.Get(appliance.RoleTechnician, "/maintenance/"+win).Body.String(); !strings.Contains(got, "It is full") || !strings.Contains(got, "about=window-"+win) {
		t.Error("the window does not name its ticket")
	}
	if got := b.Get(appliance.RoleTechnician, "/backups/"+accounting).Body.String(); !strings.Contains(got, "It is full") {
		t.Error("the backup job does not name its ticket")
	}
	if got := b.Get(appliance.RoleKeyUser, "/incidents/3").Body.String(); !strings.Contains(got, "It is full") {
		t.Error("the incident does not name its ticket")
	}
}
