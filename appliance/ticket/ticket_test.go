package ticket

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

var (
	home = appliance.Site{Name: "Office", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}
	user = appliance.Actor{Name: "k.empfang", Role: appliance.RoleKeyUser}
	tech = appliance.Actor{Name: "m.muster", Role: appliance.RoleTechnician}
)

func agreed() appliance.Contract {
	c := appliance.DefaultContract
	c.Hours.Preset = appliance.Hours5x10
	return c
}

func at(tb testing.TB, s string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, home.Location())
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func opened(tb testing.TB, when string) appliance.Ticket {
	tb.Helper()
	t, _, err := Open(appliance.Ticket{Category: appliance.TicketError, Impact: appliance.ImpactAll}, "Nothing works.", agreed(), home, user, at(tb, when))
	if err != nil {
		tb.Fatal(err)
	}
	t.ID = 1
	return t
}

func do(tb testing.TB, t *appliance.Ticket, by appliance.Actor, when string, e appliance.TicketEdit) appliance.TicketPost {
	tb.Helper()
	p, err := Edit(t, nil, e, agreed(), by, at(tb, when))
	if err != nil {
		tb.Fatalf("%s: %v", e.Do, err)
	}
	return p
}

func TestLifeOfATicket(t *testing.T) {
	k := opened(t, "2026-11-20 07:52") // Friday, before the service hours of 08:00 to 18:00
	if k.Priority != appliance.PriorityCalamity || len(k.Clocks) != 3 || k.Title != "Nothing works" {
		t.Fatalf("%+v", k)
	}
	do(t, &k, tech, "2026-11-20 08:30", appliance.TicketEdit{Do: appliance.TicketReply, Text: "Seen."})
	if k.Status != appliance.TicketOpen || k.Clock(appliance.ClockConfirm).Stop.IsZero() || !k.Clock(appliance.ClockRespond).Stop.IsZero() {
		t.Errorf("an answer confirms, and no more: %+v", k)
	}
	do(t, &k, tech, "2026-11-20 09:00", appliance.TicketEdit{Do: appliance.TicketTake})
	do(t, &k, tech, "2026-11-20 10:00", appliance.TicketEdit{Do: appliance.TicketWait, For: appliance.WaitCustomer, Text: "May I?"})
	if r := Read(k, home, at(t, "2026-11-20 12:00"), false)[2]; r.Status != "paused" || r.Used != 120 || !r.Due.IsZero() {
		t.Errorf("while it waits: %+v", r)
	}
	do(t, &k, user, "2026-11-20 13:00", appliance.TicketEdit{Do: appliance.TicketReply, Text: "Yes."})
	if k.Status != appliance.TicketWorking {
		t.Errorf("the customer has answered, and it is %s", k.Status)
	}
	do(t, &k, tech, "2026-11-20 14:00", appliance.TicketEdit{Do: appliance.TicketSolve, Text: "Restarted.", Minutes: 50})
	if r := Read(k, home, at(t, "2026-11-23 12:00"), false)[2]; r.Status != "kept" || r.Used != 180 || k.Minutes() != 50 {
		t.Errorf("%+v, %d min", r, k.Minutes())
	}
	do(t, &k, user, "2026-11-20 16:00", appliance.TicketEdit{Do: appliance.TicketReopen, Text: "No, it does not."})
	if r := Read(k, home, at(t, "2026-11-20 17:00"), false)[2]; r.Status != "running" || r.Used != 240 || k.Status != appliance.TicketWorking {
		t.Errorf("opened again, the clock goes on and leaves out the time between: %+v", r)
	}
}

func TestPriorityCountsFromTheStart(t *testing.T) {
	k := opened(t, "2026-11-20 08:00")
	if news := Watch(&k, home, at(t, "2026-11-20 12:00")); len(news) != 3 || !news[0].Breached { // confirm 60, respond 240, restore 480
		t.Fatalf("%+v", news)
	}
	do(t, &k, tech, "2026-11-20 12:30", appliance.TicketEdit{Do: appliance.TicketReorder, Priority: appliance.PriorityHigh, Text: "Only the first floor."})
	r := Read(k, home, at(t, "2026-11-20 12:30"), false)
	if r[0].Status != "breached" || r[1].Target != 480 || r[2].Target != 960 || r[2].Used != 270 || k.Changes[0].Reason != "Only the first floor." {
		t.Errorf("%+v", r)
	}
	if _, err := Edit(&k, nil, appliance.TicketEdit{Do: appliance.TicketReorder, Priority: appliance.PriorityLow}, agreed(), tech, at(t, "2026-11-20 12:31")); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("changed without a reason: %v", err)
	}
}

func TestWarnedOnce(t *testing.T) {
	k := opened(t, "2026-11-20 08:00")
	for minute, want := range map[string]int{"08:29": 0, "08:30": 50, "08:48": 80, "09:00": 100} {
		fresh := k
		fresh.Clocks = append([]appliance.TicketClock(nil), k.Clocks...)
		got := 0
		for _, n := range Watch(&fresh, home, at(t, "2026-11-20 "+minute)) {
			if n.Kind == appliance.ClockConfirm {
				got = n.Percent
			}
		}
		if got != want {
			t.Errorf("at %s: %d %%, want %d", minute, got, want)
		}
		if again := Watch(&fresh, home, at(t, "2026-11-20 "+minute)); len(again) != 0 {
			t.Errorf("at %s twice: %+v", minute, again)
		}
	}
}

func TestWhatACustomerMayDo(t *testing.T) {
	for _, e := range []appliance.TicketEdit{
		{Do: appliance.TicketTake}, {Do: appliance.TicketReply, Text: "x", Internal: true}, {Do: appliance.TicketReply, Text: "x", Minutes: 5},
		{Do: appliance.TicketReorder, Priority: 4, Text: "x"}, {Do: appliance.TicketMerge, Into: 2}, {Do: appliance.TicketWait, For: appliance.WaitThird, Text: "x"},
	} {
		k := opened(t, "2026-11-20 08:00")
		if _, err := Edit(&k, nil, e, agreed(), user, at(t, "2026-11-20 09:00")); appliance.CodeOf(err) != appliance.CodeForbidden {
			t.Errorf("%+v: %v", e, err)
		}
	}
	v := For(appliance.RoleKeyUser, appliance.TicketView{Ticket: appliance.Ticket{Work: []appliance.TicketWork{{Text: "secret", Minutes: 5}}},
		Posts: []appliance.TicketPost{{Text: "seen"}, {Text: "secret", Internal: true}}})
	if len(v.Posts) != 1 || v.Work[0].Text != "" || v.Work[0].Minutes != 5 {
		t.Errorf("%+v", v)
	}
}

func TestMergeGoesIntoTheOlder(t *testing.T) {
	older, younger := opened(t, "2026-11-20 08:00"), opened(t, "2026-11-20 09:00")
	younger.ID, younger.Devices = 2, []appliance.ID{7}
	now := at(t, "2026-11-20 10:00")
	if _, err := Edit(&older, &younger, appliance.TicketEdit{Do: appliance.TicketMerge, Into: 2}, agreed(), tech, now); err == nil {
		t.Error("the older was merged into the younger")
	}
	if _, err := Edit(&younger, &older, appliance.TicketEdit{Do: appliance.TicketMerge, Into: 1}, agreed(), tech, now); err != nil || younger.Open() || older.Devices[0] != 7 {
		t.Errorf("%v %+v %+v", err, younger, older)
	}
}

func TestRecurringNeedsItsList(t *testing.T) {
	k, _, err := Open(Recurring(appliance.RecurRestore), "", agreed(), home, appliance.Actor{Name: appliance.PartySiteward}, at(t, "2026-11-20 07:00"))
	if err != nil || len(k.Clocks) != 0 {
		t.Fatal(err, k.Clocks)
	}
	solve := appliance.TicketEdit{Do: appliance.TicketSolve, Text: "done"}
	if _, err := Edit(&k, nil, solve, agreed(), tech, at(t, "2026-11-20 09:00")); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("solved with an open list: %v", err)
	}
	if _, err := Edit(&k, nil, appliance.TicketEdit{Do: appliance.TicketCheck, Item: 0, Done: true}, agreed(), tech, at(t, "2026-11-20 09:00")); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("done without evidence: %v", err)
	}
	for i := range k.List {
		do(t, &k, tech, "2026-11-20 09:00", appliance.TicketEdit{Do: appliance.TicketCheck, Item: i, Done: true, Text: "three files of 12 November"})
	}
	do(t, &k, tech, "2026-11-20 09:10", solve)
	if e := Entry(k, tech); e.Kind != appliance.LogbookRestore || !strings.Contains(e.Text, "three files") {
		t.Errorf("%+v", e)
	}
}

func TestAListOfOnesOwn(t *testing.T) {
	k := opened(t, "2026-11-20 08:00")
	if _, err := Edit(&k, nil, appliance.TicketEdit{Do: appliance.TicketAddItem, Text: "Call the carrier"}, agreed(), user, at(t, "2026-11-20 08:10")); appliance.CodeOf(err) != appliance.CodeForbidden {
		t.Errorf("a key user writes the list: %v", err)
	}
	if _, err := Edit(&k, nil, appliance.TicketEdit{Do: appliance.TicketAddItem, Text: " \n"}, agreed(), tech, at(t, "2026-11-20 08:10")); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("nothing to do: %v", err)
	}
	if p := do(t, &k, tech, "2026-11-20 08:10", appliance.TicketEdit{Do: appliance.TicketAddItem, Text: "Call the\r\ncarrier"}); p.Text != "" || len(k.List) != 1 || k.List[0].Text != "Call the carrier" {
		t.Errorf("%+v %+v", p, k.List)
	}
	if _, err := Edit(&k, nil, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "done"}, agreed(), tech, at(t, "2026-11-20 09:00")); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("solved with an open list: %v", err)
	}
	do(t, &k, tech, "2026-11-20 09:00", appliance.TicketEdit{Do: appliance.TicketCheck, Done: true})
	do(t, &k, tech, "2026-11-20 09:01", appliance.TicketEdit{Do: appliance.TicketSolve, Text: "done"})
	k = opened(t, "2026-11-20 08:00")
	for range maxItems {
		do(t, &k, tech, "2026-11-20 08:10", appliance.TicketEdit{Do: appliance.TicketAddItem, Text: "again"})
	}
	if _, err := Edit(&k, nil, appliance.TicketEdit{Do: appliance.TicketAddItem, Text: "more"}, agreed(), tech, at(t, "2026-11-20 08:10")); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("an endless list: %v", err)
	}
}

func TestDue(t *testing.T) {
	cal := calendar.Of(home)
	work := []appliance.RecurringWork{{Key: "preventive", Months: 3, First: "2026-01-31"}}
	day := func(s string) calendar.Day {
		d, err := calendar.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct{ last, today, want string }{
		{"", "2026-01-30", ""}, {"", "2026-01-31", ""}, {"", "2026-02-02", "preventive"}, // the 31st is a Saturday
		{"2026-02-02", "2026-02-03", ""}, {"2026-02-02", "2026-04-30", "preventive"}, {"2026-02-02", "2026-04-29", ""},
		{"2026-02-02", "2028-05-02", "preventive"}, {"2028-05-02", "2028-05-03", ""},
	} {
		last := map[string]string{}
		if tt.last != "" {
			last["preventive"] = tt.last
		}
		if got := strings.Join(Due(work, last, day(tt.today), cal), ","); got != tt.want {
			t.Errorf("last %s, today %s: %q, want %q", tt.last, tt.today, got, tt.want)
		}
	}
}

func TestContingents(t *testing.T) {
	c := appliance.Contract{Contingents: []appliance.Contingent{{From: "2026-01-01", Until: "2026-12-31", Minutes: 60, Monthly: true}, {From: "2025-01-01", Until: "2027-12-31", Minutes: 100}}}
	work := func(day string, minutes int, free bool) appliance.TicketWork {
		return appliance.TicketWork{At: at(t, day+" 10:00"), Minutes: minutes, Free: free}
	}
	tickets := []appliance.Ticket{{Work: []appliance.TicketWork{work("2026-10-31", 50, false), work("2026-11-02", 70, false)}}, {Work: []appliance.TicketWork{work("2026-11-03", 500, true), work("2025-06-01", 120, false)}}}
	got := Contingents(c, tickets, at(t, "2026-11-20 08:00"), home.Location())
	if got[0].Booked != 60 || got[0].Left != 0 || got[1].Booked != 130 || got[1].Left != -30 {
		t.Errorf("%+v", got)
	}
	if next := Contingents(c, tickets, at(t, "2026-12-01 00:00"), home.Location()); next[0].Left != 60 || Running(next).Minutes != 60 {
		t.Errorf("a new month: %+v", next)
	}
}

func TestFiles(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n0000"
	for name, tt := range map[string]struct {
		file, data, want string
	}{
		"picture":                {"photo.PNG", png, "photo.PNG image/png"},
		"a picture by its bytes": {"photo.txt", png, "photo.txt.png image/png"},
		"svg":                    {"logo.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, ""},
		"svg after a mark":       {"logo.png", "\xEF\xBB\xBF \n<svg onload=alert(1)>", ""},
		"svg with a head":        {"logo.svg", `<?xml version="1.0"?><svg/>`, ""},
		"page":                   {"a.txt", "<!DOCTYPE html><script>alert(1)</script>", ""},
		"program":                {"a.png", "MZ\x90\x00\x03\x00\x00\x00\x04", ""},
		"elf":                    {"a.png", "\x7fELF\x02\x01\x01\x00", ""},
		"text called a program":  {"run.bat", "del *.*", "run.bat.txt text/plain"},
		"log that quotes":        {"web.log", "GET /?q=<script> 404", "web.log text/plain"},
		"path":                   {`..\..\etc/passwd`, "root", "passwd.txt text/plain"},
		"turned around":          {"rechnung\u202egpj.exe", "%PDF-1.7", "rechnung_gpj.exe.pdf application/pdf"},
		"header":                 {"a\r\nContent-Type: text/html\".txt", "x", "a Content-Type_ text_html_.txt text/plain"},
		"nothing":                {"", "x", "file.txt text/plain"},
		"empty":                  {"a.txt", "", ""},
	} {
		f, _, err := ReadFile(appliance.Upload{Name: tt.file, Data: strings.NewReader(tt.data)})
		got := f.Name + " " + f.Type
		if err != nil {
			got = ""
		}
		if name == "header" { // a slash begins a name
			tt.want = "html_.txt text/plain"
		}
		if got != tt.want {
			t.Errorf("%s: %q %v, want %q", name, got, err, tt.want)
		}
	}
}

// endless is a file that never ends.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	e.read += len(b)
	return len(b), nil
}

func TestEndlessFile(t *testing.T) {
	src := &endless{}
	_, _, err := ReadFile(appliance.Upload{Name: "big.txt", Data: io.LimitReader(src, 1<<30)})
	if appliance.CodeOf(err) != appliance.CodeInvalid || src.read > 2*appliance.MaxTicketFile {
		t.Errorf("%v after %d MB", err, src.read>>20)
	}
}

func TestHeaderInjection(t *testing.T) {
	k, _, err := Open(appliance.Ticket{Title: "Printer\r\nBcc: all@example.com\x00\u2028x", Category: appliance.TicketError, Impact: appliance.ImpactOne}, "a\r\nb\x07", agreed(), home, user, at(t, "2026-11-20 08:00"))
	if err != nil || strings.ContainsAny(k.Title, "\r\n\x00\u2028") {
		t.Errorf("%q %v", k.Title, err)
	}
	n := Tell(k, appliance.TicketPost{By: "k", Role: appliance.RoleKeyUser, Text: "x"}, true)
	if strings.ContainsAny(n.Title.English, "\r\n") {
		t.Errorf("%q", n.Title.English)
	}
}

// TestWithoutHours: a fault is taken all the same, and nothing is promised.
func TestWithoutHours(t *testing.T) {
	k, _, err := Open(appliance.Ticket{Category: appliance.TicketError, Impact: appliance.ImpactOne}, "x y z", appliance.DefaultContract, home, user, at(t, "2026-11-20 08:00"))
	if err != nil || len(k.Clocks) != 0 {
		t.Errorf("%v %+v", err, k.Clocks)
	}
	if _, err := PromiseOf(appliance.DefaultContract, home, appliance.TicketError, appliance.ImpactOne, k.Opened); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("promised: %v", err)
	}
	if err := ValidateContract(appliance.DefaultContract, home); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("kept: %v", err)
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add("a.txt", []byte("x"))
	f.Add("a.svg", []byte("<svg>"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		file, b, err := ReadFile(appliance.Upload{Name: name, Data: bytes.NewReader(data)})
		if err != nil {
			return
		}
		if types[file.Type] == nil || !bytes.Equal(b, data) || strings.ContainsAny(file.Name, "/\\\"\r\n\x00") {
			t.Errorf("%q %s", file.Name, file.Type)
		}
	})
}
