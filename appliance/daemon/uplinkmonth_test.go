package daemon_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/message"
)

// office is how much happens at a site in a day.
type office struct {
	name                       string
	devices, jobs              int
	incidents, tickets, events int // reports of each; events are changes of devices
}

var offices = []office{
	{"typical", 40, 12, 12, 8, 4},
	{"heavy", 400, 120, 400, 100, 100},
}

// happened is a day of it: the summaries of its quarters of an hour, and what happens in between.
func (o office) happened(day time.Time, r *rand.Rand, id *appliance.ID) (notes []daemon.Note) {
	add := func(at time.Time, subject string, v message.Data) {
		*id++
		notes = append(notes, daemon.Note{Data: v, Subject: fmt.Sprintf("%s/%d", subject, *id), At: at})
	}
	some := func(n int, subject string, data func(at time.Time) message.Data) {
		for range n {
			at := day.Add(time.Duration(r.IntN(86_400)) * time.Second)
			add(at, subject, data(at))
		}
	}
	for q := range 96 {
		at := day.Add(time.Duration(q) * 15 * time.Minute)
		s := grown(at)
		base := s.Devices
		s.Devices = nil
		for i := range o.devices {
			d := base[i%len(base)]
			d.ID, d.Name = appliance.ID(i+1), fmt.Sprintf("%s-%d", d.Name, i/len(base))
			if r.IntN(20) == 0 { // something is new in each summary
				d.State, d.Why = appliance.StateWarning, fmt.Sprintf("volume %d is %d %% full, the limit is 85 %%", r.IntN(9), 85+r.IntN(15))
			}
			s.Devices = append(s.Devices, d)
		}
		jobs := s.Backups
		s.Backups = nil
		for i := range o.jobs {
			j := jobs[i%len(jobs)]
			j.ID, j.Last = appliance.ID(i+1), at.Add(-time.Duration(r.IntN(86_400))*time.Second)
			s.Backups = append(s.Backups, j)
		}
		notes = append(notes, daemon.Note{Data: s, At: at})
	}
	title := func(n int) string {
		return fmt.Sprintf("srv-%02d.lindner.lan: volume %d is %d %% full, the limit is 85 %%", n, r.IntN(9), 85+r.IntN(15))
	}
	some(o.incidents, "incident", func(at time.Time) message.Data {
		return &message.Incident{ID: *id + 1, Title: title(r.IntN(90)), State: appliance.StateWarning, Opened: at}
	})
	some(o.tickets, "ticket", func(at time.Time) message.Data {
		return &message.Ticket{ID: *id + 1, Category: appliance.TicketError, Status: "new", Opened: at}
	})
	some(o.jobs, "backup", func(at time.Time) message.Data {
		return &message.Backup{Job: appliance.ID(1 + r.IntN(o.jobs)), Run: *id + 1, Name: title(r.IntN(o.jobs)), Verdict: "success", Began: at.Add(-time.Hour), Ended: at, Bytes: r.Int64N(1e12)}
	})
	some(o.events, "inventory", func(at time.Time) message.Data {
		return &message.Inventory{Device: appliance.ID(1 + r.IntN(o.devices)), Name: title(r.IntN(90)), What: title(r.IntN(90))}
	})
	return notes
}

// TestAMonthWithoutCentral: central is away for so many days (SITEWARD_UPLINK_DAYS, 30 were tried), then back. What waits is bounded on the
// disk and costs no time when the appliance starts; the newest summary arrives with the first request; history follows once and in order, in
// as few bytes as ten minutes of 1 Mbit/s carry.
func TestAMonthWithoutCentral(t *testing.T) {
	days, full := 1, false
	if n, err := strconv.Atoi(os.Getenv("SITEWARD_UPLINK_DAYS")); err == nil {
		days, full = n, true
	}
	for _, o := range offices {
		if !full && o.name != "typical" {
			continue
		}
		t.Run(o.name, func(t *testing.T) { o.month(t, days, full) })
	}
}

func (o office) month(t *testing.T, days int, full bool) {
	empty, dir := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "store")
	if err := opened(t, empty).Close(); err != nil {
		t.Fatal(err)
	}
	f, w := newFleet(t), &meter{}
	d := opened(t, dir)
	f.connect(t, d)
	report(t, d)
	before, err := d.UplinkState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	away := true
	var first string
	f.taken = func(rw http.ResponseWriter, r *http.Request) bool {
		if away {
			http.Error(rw, "away", http.StatusBadGateway)
			return true
		}
		w.count(r)
		if first == "" {
			first = r.Header.Get(message.HeaderID)
		} else if w.requests == 2 && f.row(t).Status.Reported.IsZero() {
			t.Error("the first request brought no summary")
		}
		return false
	}
	r, id := rand.New(rand.NewPCG(3, 30)), appliance.ID(0) //nolint:gosec // no secret
	begin := time.Now().UTC().AddDate(0, 0, -days)
	told := 0
	for day := range days {
		notes := o.happened(begin.AddDate(0, 0, day), r, &id)
		for len(notes) > 0 {
			part := notes[:min(50, len(notes))]
			if err := d.AddReports(part); err != nil {
				t.Fatal(err)
			}
			notes, told = notes[len(part):], told+len(part)
		}
	}
	d.DeliverReports(t.Context())
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	onDisk := folderSize(t, dir)
	start := func(dir string) time.Duration {
		began := time.Now()
		d := opened(t, dir)
		took := time.Since(began)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		return took
	}
	bare, laden := min(start(empty), start(empty)), min(start(dir), start(dir))
	d = opened(t, dir)
	defer func() { _ = d.Close() }()
	away = false
	began := time.Now()
	d.DeliverReports(t.Context())
	took := time.Since(began)
	st, err := d.UplinkState(t.Context())
	if err != nil || st.Waiting() != 0 || st.Lost != 0 || st.Last < before.Last+uint64(told) {
		t.Fatalf("afterwards: %+v %v", st, err)
	}
	numbers, subjects := f.arrived(t)
	if has := f.row(t).Status.Acknowledged; has != st.Last || len(subjects) < int(id) {
		t.Errorf("central has %d of %d, %d of %d subjects", has, st.Last, len(subjects), id)
	}
	for s, n := range subjects {
		if n != 1 {
			t.Errorf("%s came %d times", s, n)
		}
	}
	for i := 1; i < len(numbers); i++ {
		if numbers[i] <= numbers[i-1] {
			t.Fatalf("%d comes after %d", numbers[i], numbers[i-1])
		}
	}
	if !strings.Contains(first, "-live-") {
		t.Errorf("the first request was %s, and not the summary of now", first)
	}
	line := time.Duration(float64(w.bytes) * 8 / 1e6 * float64(time.Second))
	t.Logf("%s site, %d days: %d events, %.1f MiB of them, %.1f MiB on the disk; ready after %s, with nothing after %s; caught up in %d requests and %.2f MiB: %s at 1 Mbit/s, %s here",
		o.name, days, told, float64(st.Bytes)/(1<<20), float64(onDisk)/(1<<20), laden.Round(time.Millisecond), bare.Round(time.Millisecond), w.requests, float64(w.bytes)/(1<<20), line.Round(time.Second), took.Round(time.Millisecond))
	if onDisk > 500<<20 || line > 10*time.Minute {
		t.Errorf("%d bytes on the disk, %s at 1 Mbit/s", onDisk, line)
	}
	if full && laden > 2*time.Second {
		t.Errorf("ready after %s", laden)
	}
}

func folderSize(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
