package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// checkForm is a form of a check that can be stored, with some fields changed.
func checkForm(pairs ...string) url.Values {
	f := url.Values{"form": {"check"}, "probe": {"http"}, "http-url": {"https://intranet.example/"}, "http-method": {"GET"}, "interval": {"5 min"}, "timeout": {"20 s"}, "version": {"1"}, "limits": {"1"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

func TestAddCheckOfEachProbe(t *testing.T) {
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	for _, c := range []struct {
		name string
		form url.Values
		want func(appliance.Check) bool
	}{
		{"web page", checkForm("name", "intranet", "http-status", "200, 401", "http-match", "Wel.ome", "http-redirects", "3", "http-skip_verify", "1"), func(c appliance.Check) bool {
			return c.Name == "intranet" && c.HTTP.URL == "https://intranet.example/" && len(c.HTTP.Status) == 2 && c.HTTP.Match == "Wel.ome" && c.HTTP.Redirects == 3 && c.HTTP.SkipVerify &&
				c.Interval == appliance.Duration(5*time.Minute) && c.Timeout == appliance.Duration(20*time.Second)
		}},
		{"port", checkForm("probe", "tcp", "tcp-port", "25", "tcp-send", `EHLO x\r\n`, "tcp-expect", "250", "timeout", ""), func(c appliance.Check) bool {
			return c.Name == "port 25" && c.TCP.Port == 25 && c.TCP.Send == "EHLO x\r\n" && c.TCP.Expect == "250" && c.Timeout == appliance.Duration(10*time.Second) && c.HTTP == nil
		}},
		{"snmp", checkForm("probe", "snmp", "snmp-credential", "1", "snmp-port", "1161", "snmp-profile", "ups-mib", "attempts", "5", "timeout", ""), func(c appliance.Check) bool {
			return c.Name == "snmp 2" && c.SNMP.Credential == 1 && c.SNMP.Port == 1161 && c.SNMP.Profile == "ups-mib" && c.Attempts == 5
		}},
		{"ping", checkForm("probe", "ping", "ping-count", "5", "ping-size", "1400", "interval", "1,5 min", "timeout", "500 ms"), func(c appliance.Check) bool {
			return c.Name == "ping 2" && c.Ping.Count == 5 && c.Ping.Size == 1400 && c.Interval == appliance.Duration(90*time.Second) && c.Timeout == appliance.Duration(500*time.Millisecond)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if w := b.Post(tech, "/devices/1/checks/new", c.form); w.Code != http.StatusSeeOther {
				t.Fatalf("%d %s", w.Code, problemsIn(w.Body.String()))
			}
			v, _ := app.Device(t.Context(), 1)
			if got := v.Checks[len(v.Checks)-1]; !c.want(got) {
				t.Errorf("stored %+v", got)
			}
		})
	}
}

func TestLimitsAsTheyAreTyped(t *testing.T) {
	app := apptest.New()
	b := apptest.ServerOf(t, app)
	for _, c := range []struct {
		lang string
		form []string
		want appliance.Limit
	}{
		{"de", []string{"metric", "storage.used_percent", "warning", "82,5 %", "critical", "95", "instance", "/var"}, appliance.Limit{Metric: "storage.used_percent", Instance: "/var", Warning: number(82.5), Critical: number(95)}},
		{"nl", []string{"metric", "ups.runtime", "warning", "1 u", "critical", "5 min"}, appliance.Limit{Metric: "ups.runtime", Below: true, Warning: number(3600), Critical: number(300)}},
		{"en", []string{"metric", "if.in", "warning", "80", "of", "if.speed", "hysteresis", "5 %"}, appliance.Limit{Metric: "if.in", Of: "if.speed", Warning: number(80), Hysteresis: 5}},
		{"de", []string{"metric", "storage.free", "warning", "1.500 MB", "direction", "below"}, appliance.Limit{Metric: "storage.free", Below: true, Warning: number(1.5e9)}},
		{"en", []string{"metric", "ping.rtt", "off", "1"}, appliance.Limit{Metric: "ping.rtt", Off: true}},
	} {
		app.Speak(c.lang)
		form := checkForm("probe", "ping", "name", strings.Join(c.form, " "))
		for i := 0; i < len(c.form); i += 2 {
			form.Set("limit-0-"+c.form[i], c.form[i+1])
		}
		if w := b.Post(tech, "/devices/1/checks/new", form); w.Code != http.StatusSeeOther {
			t.Errorf("%v: %d %s", c.form, w.Code, problemsIn(w.Body.String()))
			continue
		}
		v, _ := app.Device(t.Context(), 1)
		stored := v.Checks[len(v.Checks)-1]
		if got := stored.Limits[0]; !sameLimit(got, c.want) {
			t.Errorf("%v: %+v", c.form, got)
		}
		// The form shows the limit again, and storing that changes nothing.
		page := b.Get(tech, "/checks/"+stored.ID.String()+"/edit").Body.String()
		again := checkForm("probe", "ping", "name", stored.Name)
		for _, name := range []string{"metric", "instance", "warning", "critical", "of", "hysteresis"} {
			again.Set("limit-0-"+name, htmlText(valueOf(strings.ReplaceAll(page, `" type="text" value="`, `" value="`), "limit-0-"+name)))
		}
		if c.want.Below {
			again.Set("limit-0-direction", "below")
		}
		if c.want.Off {
			again.Set("limit-0-off", "1")
		}
		if w := b.Post(tech, "/checks/"+stored.ID.String()+"/edit", again); w.Code != http.StatusSeeOther {
			t.Errorf("%v again: %d %s", c.form, w.Code, problemsIn(w.Body.String()))
		}
		if got, _ := app.Check(t.Context(), stored.ID); len(got.Limits) != 1 || !sameLimit(got.Limits[0], c.want) {
			t.Errorf("%v again: %+v", c.form, got.Limits)
		}
	}
}

func htmlText(s string) string { return strings.NewReplacer("&#43;", "+", "&#34;", `"`).Replace(s) }

func number(f float64) *float64 { return &f }

func sameLimit(a, b appliance.Limit) bool {
	same := func(x, y *float64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return same(a.Warning, b.Warning) && same(a.Critical, b.Critical) && a.Metric == b.Metric && a.Instance == b.Instance && a.Below == b.Below &&
		a.Of == b.Of && a.Hysteresis == b.Hysteresis && a.Off == b.Off
}

func TestCheckFormSaysEachMistake(t *testing.T) {
	app := apptest.New()
	app.Speak("nl")
	b := apptest.ServerOf(t, app)
	for _, c := range []struct {
		field string
		form  url.Values
		says  string
	}{
		{"name", checkForm("name", strings.Repeat("x", 101)), "Naam van de controle:"},
		{"probe", checkForm("probe", ""), "Kies hoe er gevraagd wordt"},
		{"interval", checkForm("interval", "5 s"), "10 s tot 24 u"},
		{"interval", checkForm("interval", "soon"), "is geen tijd"},
		{"timeout", checkForm("timeout", "10 min"), "minder dan de tussentijd van 5 min"},
		{"timeout", checkForm("timeout", "1 ms"), "ten minste 100 ms"},
		{"attempts", checkForm("attempts", "21"), "tussen 0 en 20"},
		{"attempts", checkForm("attempts", "often"), "geen geheel getal"},
		{"recoveries", checkForm("recoveries", "-1"), "tussen 0 en 20"},
		{"ping-count", checkForm("probe", "ping", "ping-count", "99"), "Echo"},
		{"ping-size", checkForm("probe", "ping", "ping-size", "9"), "24 en 1400"},
		{"snmp-credential", checkForm("probe", "snmp", "snmp-credential", ""), "Kies toegangsgegevens"},
		{"snmp-port", checkForm("probe", "snmp", "snmp-credential", "1", "snmp-port", "70000"), "geen poort"},
		{"snmp-profile", checkForm("probe", "snmp", "snmp-credential", "1", "snmp-profile", "Nope Nope"), "Profiel:"},
		{"tcp-port", checkForm("probe", "tcp", "tcp-port", ""), "1 tot 65535"},
		{"tcp-skip_verify", checkForm("probe", "tcp", "tcp-port", "1", "tcp-skip_verify", "1"), "alleen met TLS zin"},
		{"http-url", checkForm("http-url", ""), "Vul het adres van de pagina in"},
		{"http-url", checkForm("http-url", "https://u:p@intranet.example/"), "wachtwoord"},
		{"http-method", checkForm("http-method", "POST"), "GET of HEAD"},
		{"http-status", checkForm("http-status", "999"), "999"},
		{"http-status", checkForm("http-status", "fine"), "geen geheel getal"},
		{"http-match", checkForm("http-match", "("), "RE2"},
		{"http-match", checkForm("http-match", "x", "http-method", "HEAD"), "HEAD"},
		{"http-redirects", checkForm("http-redirects", "11"), "tussen 0 en 10"},
		{"limit-0-metric", checkForm("limit-0-metric", "Disk", "limit-0-warning", "1"), "Getal:"},
		{"limit-0-warning", checkForm("limit-0-metric", "http.duration"), "zegt niets"},
		{"limit-0-warning", checkForm("limit-0-metric", "http.duration", "limit-0-warning", "much"), "geen getal met een eenheid"},
		{"limit-0-critical", checkForm("limit-0-metric", "http.duration", "limit-0-critical", "5 V"), "gemeten"},
		{"limit-0-critical", checkForm("limit-0-metric", "http.duration", "limit-0-warning", "5 s", "limit-0-critical", "1 s"), "boven die voor waarschuwing"},
		{"limit-0-hysteresis", checkForm("limit-0-metric", "http.duration", "limit-0-warning", "5 s", "limit-0-hysteresis", "-1"), "negatief"},
		{"limit-2-warning", checkForm("limits", "3", "limit-0-metric", "http.duration", "limit-0-warning", "1 s", "limit-2-metric", "http.duration", "limit-2-warning", "1 s"), "twee grenzen"},
	} {
		w := b.Post(tech, "/devices/1/checks/new", c.form)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `<a href="#`+c.field+`">`) || !strings.Contains(problemsIn(body), c.says) {
			t.Errorf("%s: %d, want %q, got %s", c.field, w.Code, c.says, problemsIn(body))
		}
		if !strings.Contains(body, `id="`+c.field+`-error"`) || !strings.Contains(body, `id="`+c.field+`"`) {
			t.Errorf("%s: nothing stands beside the field", c.field)
		}
	}
}

func TestLimitRows(t *testing.T) {
	b := apptest.Server(t)
	edit := "/checks/" + b.App.CheckOf("srv-files", "snmp").String() + "/edit"
	page := b.Get(tech, edit).Body.String()
	if !strings.Contains(page, `name="add" value="storage.used_percent"`) || !strings.Contains(page, "warning from 85 %, critical from 95 %") {
		t.Error("the numbers that the check reads are not offered")
	}
	form := url.Values{"probe": {"snmp"}, "snmp-credential": {"1"}, "interval": {"1 min"}, "timeout": {"15 s"}, "version": {"1"}, "limits": {"0"}, "add": {"storage.used_percent"}}
	page = b.Post(tech, edit, form).Body.String()
	if !strings.Contains(page, `id="limit-0-warning" name="limit-0-warning" type="text" value="85 %"`) {
		t.Error("a limit of one's own does not begin with the usual one")
	}
	form.Del("add")
	form.Set("limits", "2")
	form.Set("limit-0-metric", "cpu.load_percent")
	form.Set("limit-1-metric", "ups.runtime")
	form.Set("remove", "0")
	page = b.Post(tech, edit, form).Body.String()
	if strings.Contains(page, `value="cpu.load_percent" aria`) || !strings.Contains(page, `id="limit-0-metric" name="limit-0-metric" type="text" value="ups.runtime"`) || strings.Contains(page, `id="limit-1-metric"`) {
		t.Error("the wrong row went away")
	}
	if done := b.App.Done(); len(done) > 0 {
		t.Errorf("small buttons stored %v", done)
	}
}

func TestEditCheckOvertakenOwnedAndDeleted(t *testing.T) {
	b := apptest.Server(t)
	id := b.App.CheckOf("www.praxis-am-markt.example", "web page")
	c, _ := b.App.Check(t.Context(), id)
	c.Interval = appliance.Duration(10 * time.Minute)
	if err := b.App.SaveCheck(t.Context(), appliance.Actor{}, &c); err != nil {
		t.Fatal(err)
	}
	path := "/checks/" + id.String()
	w := b.Post(tech, path+"/edit", checkForm("name", "web page", "interval", "2 min"))
	body := w.Body.String()
	if w.Code != http.StatusConflict || !strings.Contains(body, `value="2 min"`) || !strings.Contains(body, "now stored is “10 min”") {
		t.Errorf("overtaken: %d %s", w.Code, problemsIn(body))
	}
	if w := b.Post(tech, path+"/edit", checkForm("name", "web page", "interval", "2 min", "version", valueOf(body, "version"))); w.Code != http.StatusSeeOther {
		t.Errorf("again: %d %s", w.Code, problemsIn(w.Body.String()))
	}
	if w := b.Post(tech, path+"/delete", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "series of readings") {
		t.Errorf("no question before deleting: %d", w.Code)
	}
	if w := b.Post(tech, path+"/delete?sure=1", nil); w.Code != http.StatusSeeOther || b.App.CheckOf("www.praxis-am-markt.example", "web page") != 0 {
		t.Errorf("delete: %d", w.Code)
	}
	owned := "/checks/" + b.App.CheckOf("srv-praxis", "snmp").String() + "/edit"
	if body := b.Get(tech, owned).Body.String(); !strings.Contains(body, `action="/devices/2/takeover"`) || strings.Contains(body, `value="save">Save`) && !strings.Contains(body, " disabled>") {
		t.Error("a check of the site file can be changed")
	}
	if w := b.Post(tech, owned, checkForm("probe", "snmp", "snmp-credential", "1")); w.Code != http.StatusConflict {
		t.Errorf("a check of the site file was stored: %d", w.Code)
	}
}

func TestTryCheck(t *testing.T) {
	b := apptest.Server(t)
	form := checkForm("device", "9", "http-match", "x")
	w := b.Post(tech, "/devices/try", form, "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#check-form")
	if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "<html") || !strings.Contains(body, "The page comes in") || !strings.Contains(body, `value="https://intranet.example/"`) {
		t.Errorf("%d %.300s", w.Code, body)
	}
	if len(b.App.Done()) > 0 {
		t.Error("a test stored something")
	}
}

func TestCheckFormInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	root := b.Listen(tech)
	browser.Goto(t, root+"/devices/1/checks/new", uitest.Look{}).Glance("check-new")
	p := browser.Goto(t, root+"/checks/31/edit", uitest.Look{})
	p.Do(chromedp.Click(`button[name=add][value="storage.used_percent"]`))
	p.Until(`document.getElementById("limit-0-warning")?.value === "85 %"`)
	p.Tour("check-edit")
}

// TestFirstDeviceInChromium goes the way from the test button to a watched device, and looks at the answer on the way.
func TestFirstDeviceInChromium(t *testing.T) {
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	root := b.Listen(tech)
	p := browser.Goto(t, root+"/devices/new", uitest.Look{})
	p.Do(chromedp.SetValue("#credential", "new-2c"), chromedp.SendKeys("#community", "s3cret-c0mmunity"), chromedp.SendKeys("#address", "192.0.2.77"))
	p.Do(chromedp.Click("[name=do][value=try]"))
	p.Until(`document.querySelectorAll("#tried .note").length === 2`)
	p.Until(`document.getElementById("name").value === "srv-praxis 2" && document.getElementById("kind").value === "server"`)
	p.Glance("device-tried")
	p.See(uitest.Look{Width: 1280})
	p.Do(chromedp.SetValue("#name", "srv-neu"), chromedp.Click("button.btn-primary"))
	p.Until(`location.pathname.startsWith("/devices/") && location.pathname !== "/devices/new"`)
	if app.Find("srv-neu") == 0 {
		t.Error("the device is not there")
	}
	p = browser.Goto(t, root+"/devices/new", uitest.Look{})
	p.Do(chromedp.SendKeys("#address", "192.0.2.99"), chromedp.Click("[name=do][value=try]"))
	p.Until(`document.querySelectorAll("#tried .note-crit").length === 2`)
	p.Glance("device-silent")
	p = browser.Goto(t, root+"/devices/new", uitest.Look{})
	p.Do(chromedp.Click("button.btn-primary"))
	p.Until(`document.getElementById("errors") !== null && document.activeElement.id === "errors"`)
	for _, v := range p.Axe() { // the console tells of the status 422
		t.Errorf("device-mistake: %s", v)
	}
}
