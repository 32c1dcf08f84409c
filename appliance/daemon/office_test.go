package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/logbook"
	"siteward/internal/peer"
	"siteward/ui/uitest"
)

// TestAnOfficeReadsItsBackups is a week of an office in Chromium: a technician connects the log of borg, the mails of Veeam and a script,
// accepts the jobs that were learned from them, and one night nobody hears of two of them. The key user reads the daily round, writes what
// was done, signs, and takes the logbook along, which verifies. SITEWARD_SCREENSHOTS names a folder for the pictures of docs/backups.md.
func TestAnOfficeReadsItsBackups(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	t.Cleanup(uitest.Close) // no goroutine may be left
	swaks, curl := peer.Need(t, "swaks"), peer.Need(t, "curl")
	logs, data := t.TempDir(), t.TempDir()
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	s := settled(t, func(o *daemon.Options) {
		o.Logs, o.MailListener, o.MailDomain = []string{logs}, mail, "siteward.example"
	})
	borgLog := filepath.Join(logs, "borg.log")
	ok(t, os.WriteFile(filepath.Join(data, "a"), bytes.Repeat([]byte("a"), 1000), 0o600))
	borgRuns(t, borgLog, data)
	berlin, err := time.LoadLocation("Europe/Berlin")
	ok(t, err)
	now := s.clock.now().In(berlin)
	site, err := s.Site(t.Context())
	ok(t, err)
	site.DayStart = fmt.Sprintf("%02d:00", (now.Hour()+12)%24) // the night is over long after and before everything here, whenever the test runs
	ok(t, s.SaveSite(t.Context(), byTest, site))

	// The technician connects three sources.
	p := browser.Goto(t, s.url+"/signin", uitest.Look{})
	enter(p, appliance.RoleAdministrator)
	connect := func(kind, name, field, value string) {
		t.Helper()
		p.Do(chromedp.Navigate(s.url + "/settings/sources/new?kind=" + kind))
		typeIn(p, "name", name)
		if field != "" {
			typeIn(p, field, value)
		}
		p.Do(chromedp.Click(`main form button.btn-primary`))
		p.Until(`/^\/settings\/sources\/[0-9]+$/.test(location.pathname) && document.querySelector("h1") !== null && document.readyState === "complete"`)
	}
	connect("files", "Borg on the file server", "paths", borgLog)
	connect("mail", "Veeam mails", "mailbox", "veeam")
	p.Do(chromedp.Navigate(s.url + "/settings/sources"))
	if h1 := uitest.Eval[string](p, `document.querySelector("h1").textContent`); strings.Contains(h1, "all read as planned") {
		t.Errorf("nothing has come by mail, and the page says %q", h1)
	}
	connect("push", "Database dump", "", "")
	p.Do(chromedp.Click(`form[action$="/token"] button`))
	p.Until(`document.querySelector("#secret") !== null`)
	token := uitest.Eval[string](p, `document.querySelector("#secret").value`)

	// The nights are told: a mail by SMTP, a push by curl. borg writes its own log.
	tell := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	tell(swaks, "--server", mail.Addr().String(), "--to", "veeam@siteward.example", "--from", "veeam@office.example", "--header", "Subject: [Success] Servers (1 objects)",
		"--header", "Content-Type: text/html; charset=utf-8", "--body", veeamMail(now))
	tell(curl, "-fsS", token+"/start")
	tell(curl, "-fsS", "--data-binary", "-- Dump completed on "+now.Format(time.DateTime)+"\n", token+"/0")
	p.Do(chromedp.Navigate(s.url + "/settings/sources/1"))
	p.Until(`document.querySelector("form[action$='/read'] button") !== null`)
	p.Do(chromedp.Click(`form[action$="/read"] button`))
	p.Until(`document.querySelector(".note-ok") !== null && document.readyState === "complete"`)
	accepted := func(want int) func() bool {
		return func() bool {
			jobs, err := s.BackupJobs(t.Context())
			ok(t, err)
			n := 0
			for _, j := range jobs {
				if j.Status == appliance.JobAccepted {
					n++
				}
			}
			return len(jobs) == 3 && n == want
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			jobs, _ := s.BackupJobs(context.Background())
			sources, _ := s.Sources(context.Background())
			for _, j := range jobs {
				t.Logf("job %s %v: %+v", j.Name, j.Status, j.Standing.Last)
			}
			t.Logf("sources %+v", sources)
		}
	})
	until(t, "three jobs are learned", accepted(0))
	ok(t, s.AddDevice(t.Context(), byTest, &appliance.Device{Name: "srv-files", Kind: appliance.KindServer, Address: "192.0.2.7"}, nil))
	p.Do(chromedp.Navigate(s.url + "/settings/sources"))
	p.Until(`location.pathname === "/settings/sources"`)
	if h1 := uitest.Eval[string](p, `document.querySelector("h1").textContent`); !strings.Contains(h1, "all read as planned") {
		t.Errorf("all have come, and the page says %q", h1)
	}

	// They are accepted, each expected every day an hour from when it ran first.
	jobs, err := s.BackupJobs(t.Context())
	ok(t, err)
	for i, j := range jobs {
		p.Do(chromedp.Navigate(s.url + "/backups/" + j.ID.String() + "/edit"))
		typeIn(p, "kind", "daily")
		typeIn(p, "at", now.Format("15:04"))
		typeIn(p, "grace", "2")
		p.Do(chromedp.Click(`main form button.btn-primary`))
		p.Until(`!location.pathname.endsWith("/edit") && document.readyState === "complete"`)
		until(t, "the job is accepted", accepted(i+1))
	}

	// A day later the script is heard of, the others are not.
	s.clock.advance(24*time.Hour + 10*time.Minute)
	tell(curl, "-fsS", token)
	ok(t, daemon.ReadSource(s.Daemon, t.Context(), 1)) // nothing new; its last run is over
	s.clock.advance(3 * time.Hour)
	ok(t, daemon.ReadSource(s.Daemon, t.Context(), 1))
	until(t, "two results are missing", func() bool {
		ok(t, daemon.LookAtBackups(s.Daemon))
		jobs, err := s.BackupJobs(t.Context())
		ok(t, err)
		missing := 0
		for _, j := range jobs {
			if j.Product == "borg" && j.Standing.LastGood.IsZero() {
				return false // its log said yesterday how it ended
			}
		}
		for _, j := range jobs {
			if j.Standing.Night == appliance.VerdictNoResult {
				missing++
			}
		}
		return missing == 2
	})
	p.Do(chromedp.Navigate(s.url + "/signin")) // a session does not last that long
	enter(p, appliance.RoleAdministrator)
	picture(p, s, "backup-missed", "/backups")
	for _, j := range jobs {
		if j.Product == "borg" {
			picture(p, s, "backup-borg", "/backups/"+j.ID.String())
		}
	}
	picture(p, s, "backup-mail", "/settings/sources/2")

	// The key user reads the round that has just become due and signs.
	wall := s.clock.now().In(berlin)
	ok(t, s.SaveRoundSettings(t.Context(), byTest, appliance.RoundSettings{Minute: max(0, wall.Hour()*60+wall.Minute()-10), Grace: 150, EveryDay: true}))
	ok(t, daemon.WatchRound(s.Daemon, t.Context()))
	p = browser.Goto(t, s.url+"/signin", uitest.Look{})
	enter(p, appliance.RoleKeyUser)
	p.Do(chromedp.Navigate(s.url + "/round"))
	if text := uitest.Eval[string](p, `document.querySelector("#card-backups").textContent`); !strings.Contains(text, "Veeam") && !strings.Contains(text, "Servers") {
		t.Errorf("the round does not name what is missing: %s", text)
	}
	points := uitest.Eval[int](p, `document.querySelectorAll("[data-point]").length`)
	p.Do(chromedp.KeyEvent("2")) // backups are conspicuous
	p.Until(`document.querySelector("#note-backups").checkVisibility()`)
	p.Do(chromedp.SendKeys("#note-backups", "Called the provider: the mail server was down"))
	for i := 1; i < points; i++ {
		uitest.Eval[any](p, `document.activeElement.blur()`)
		p.Until(fmt.Sprintf(`document.querySelector("#round").textContent.includes("%d of %d read")`, i, points))
		p.Do(chromedp.KeyEvent("n"), chromedp.KeyEvent("1"))
	}
	p.Until(fmt.Sprintf(`document.querySelector("#round").textContent.includes("%d of %d read")`, points, points))
	p.Do(chromedp.Click(`button[value=sign]`))
	p.Until(`document.querySelector(".note-ok") !== null && document.querySelector("#h-sign") !== null && document.readyState === "complete"`)
	p.Do(chromedp.Navigate(s.url + "/"))
	if text := uitest.Eval[string](p, `document.querySelector("main").textContent`); !strings.Contains(text, "1 of 3") || !regexp.MustCompile(`Read: [^.]*[0-9]:[0-9]{2} by keyuser`).MatchString(text) {
		t.Errorf("the start page does not say what ran and who read it: %s", text)
	}

	// The logbook holds the signature, and an export of it verifies.
	entries, err := s.LogbookEntries(t.Context(), appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookRound}})
	ok(t, err)
	if len(entries) != 1 || entries[0].By != string(appliance.RoleKeyUser) || !strings.Contains(entries[0].Text, "the mail server was down") {
		t.Errorf("the signature: %+v", entries)
	}
	var export bytes.Buffer
	ok(t, s.Ops().ExportLogbook(t.Context(), &export))
	if r, err := logbook.Verify(&export, logbook.Noted{}, s.clock.now()); err != nil || !r.Fits() || r.Entries < 10 {
		t.Errorf("%+v %v", r, err)
	}
}

// veeamMail is a report as Veeam Backup & Replication sends it.
func veeamMail(at time.Time) string {
	day, from, to := at.Format("Monday, 2 January 2006"), at.Add(-12*time.Minute).Format("15:04:05"), at.Format("15:04:05")
	return `<html><body><table><tr><td>Backup job: Servers</td><td>Success<div class="jobDescription">1 of 1 VMs processed</div></td></tr><tr><td>` + day + " " + from + `</td></tr>` +
		`<tr><td><b>Success</b></td><td>1</td><td><b>Start time</b></td><td>` + from + `</td><td><b>Total size</b></td><td>100 GB</td></tr>` +
		`<tr><td><b>Warning</b></td><td>0</td><td><b>End time</b></td><td>` + to + `</td><td><b>Data read</b></td><td>5 GB</td></tr>` +
		`<tr><td><b>Error</b></td><td>0</td><td><b>Duration</b></td><td>0:12:00</td></tr><tr><td>Details</td></tr><tr><td>Name</td><td>Status</td></tr>` +
		`<tr><td>srv-app</td><td>Success</td></tr></table><p>Veeam Backup &amp; Replication 12.3.0.310</p></body></html>`
}

func enter(p *uitest.Page, role appliance.Role) {
	typeIn(p, "name", string(role))
	typeIn(p, "password", password)
	p.Do(chromedp.Click(`form[action="/signin"] button`))
	p.Until(`location.pathname !== "/signin" && document.readyState === "complete"`)
}

// typeIn puts a value into a field of the page, as typing it does.
func typeIn(p *uitest.Page, name, value string) {
	uitest.Eval[any](p, fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.querySelector("main [name=%s]"))`, value, name))
}

// picture is one of docs/screens, when they are asked for.
func picture(p *uitest.Page, s *site, name, path string) {
	folder := os.Getenv("SITEWARD_SCREENSHOTS")
	if folder == "" {
		return
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(peer.Root(), folder)
	}
	if path != "" {
		p.Do(chromedp.Navigate(s.url + path))
	}
	uitest.Eval[any](p, `scrollTo(0, 0)`)
	p.Shot(filepath.Join(folder, name+".png"))
}
