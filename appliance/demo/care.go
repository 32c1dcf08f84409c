package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	daily "siteward/appliance/round"
	"siteward/appliance/store"
)

// care is what people do: sources of logs, work in the logbook, whom to tell, tickets and maintenance, the rounds of the last days and the one that is due now.
func (d *Demo) care(ctx context.Context) error {
	site, err := d.Daemon.Store().Site()
	if err != nil {
		return err
	}
	cal, now := calendar.Of(site), time.Now()
	if err := d.sources(ctx); err != nil {
		return err
	}
	if err := d.work(ctx, now); err != nil {
		return err
	}
	if err := d.people(ctx); err != nil {
		return err
	}
	window, err := d.windows(ctx, cal, now)
	if err != nil {
		return err
	}
	if err := d.tickets(ctx, cal, now, window); err != nil {
		return err
	}
	if err := d.rounds(cal, now); err != nil {
		return err
	}
	_, err = d.Daemon.StartRound(ctx, byTechnician)
	return err
}

var byTechnician = appliance.Actor{Name: "technik", Role: appliance.RoleTechnician, Via: "web"}

// sources are of the kinds that need nothing but this machine.
func (d *Demo) sources(ctx context.Context) error {
	for _, s := range []appliance.Source{
		{Name: "Buchhaltung (Duplicati)", Kind: appliance.SourcePush, Push: &appliance.PushSettings{}},
		{Name: "Veeam-Meldungen", Kind: appliance.SourceMail, Product: "veeam", Mail: &appliance.MailSettings{Mailbox: "veeam", Senders: []string{"@praxis.example"}}},
		{Name: "Meldungen von nas-1", Kind: appliance.SourceSyslog, Syslog: &appliance.SyslogSettings{Hosts: []string{"nas-1"}}},
	} {
		if err := d.Daemon.SaveSource(ctx, byTechnician, &s); err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
	}
	return nil
}

// deed is an entry of the logbook, some days ago.
type deed struct {
	ago     int
	by      string
	entry   appliance.LogbookEntry
	devices []string
}

var deeds = []deed{
	{ago: 26, by: "technik", devices: []string{"ups-1"}, entry: appliance.LogbookEntry{Kind: appliance.LogbookBattery, Text: "Batterie der USV getauscht, Selbsttest bestanden", Reason: "Batterie war vier Jahre alt", Minutes: 25, Ticket: "NL-4471"}},
	{ago: 19, by: "technik", devices: []string{"sw-core"}, entry: appliance.LogbookEntry{Kind: appliance.LogbookWork, Text: "Firmware 16.11.0012 eingespielt, Konfiguration vorher gesichert", Reason: "Sicherheitslücke des Herstellers", Minutes: 40, Ticket: "NL-4502"}},
	{ago: 12, by: "empfang", entry: appliance.LogbookEntry{Kind: appliance.LogbookVisit, Party: "Telefonanbieter", Subject: "Anschluss im Keller", Text: "Techniker hat den Abschlusspunkt getauscht, Internet war 20 Minuten weg", Minutes: 20}},
	{ago: 6, by: "technik", devices: []string{"nas-1"}, entry: appliance.LogbookEntry{Kind: appliance.LogbookWork, Text: "Sicherung Dateiserver: Platte war voll, alte Stände nach Absprache gelöscht", Reason: "Kein Ergebnis in der Nacht", Minutes: 15, Ticket: "NL-4530"}},
	{ago: 2, by: "empfang", entry: appliance.LogbookEntry{Kind: appliance.LogbookNote, Subject: "Drucker am Empfang", Text: "Zieht manchmal zwei Blätter, beim nächsten Besuch ansehen"}},
}

func (d *Demo) work(ctx context.Context, now time.Time) error {
	for _, w := range deeds {
		if w.ago >= d.o.Days {
			continue
		}
		e := w.entry
		e.At = now.AddDate(0, 0, -w.ago)
		for _, name := range w.devices {
			if v, ok := d.device(ctx, name); ok {
				e.Devices = append(e.Devices, v.ID)
			}
		}
		by := appliance.Actor{Name: w.by, Role: appliance.RoleTechnician, Via: "web"}
		if w.by == "empfang" {
			by.Role = appliance.RoleKeyUser
		}
		if _, err := d.Daemon.AppendLogbook(ctx, by, e); err != nil {
			return fmt.Errorf("logbook: %w", err)
		}
	}
	return nil
}

func (d *Demo) device(ctx context.Context, name string) (appliance.DeviceView, bool) {
	all, err := d.Daemon.Devices(ctx)
	if err != nil {
		return appliance.DeviceView{}, false
	}
	for _, v := range all {
		if v.Name == name {
			return v, true
		}
	}
	return appliance.DeviceView{}, false
}

// rounds are those of the last business days, signed at 08:12.
func (d *Demo) rounds(cal *calendar.Calendar, now time.Time) error {
	today := calendar.DayOf(now.In(cal.Location()))
	return d.Daemon.Store().Update(func(tx *store.Tx) error {
		for ago := min(9, d.o.Days); ago > 0; ago-- {
			day := today.Add(-ago)
			if !cal.Business(day) {
				continue
			}
			r := pastRound(day, cal.Location(), ago)
			seen, err := daily.Seen(r)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(seen)
			r.SHA256 = hex.EncodeToString(sum[:])
			if err := tx.PutRound(&r); err != nil {
				return err
			}
			odd := 0
			if ago == 6 {
				odd = 1
			}
			e := appliance.LogbookEntry{At: r.Signed, By: r.By, Kind: appliance.LogbookRound, Round: r.ID,
				Message: &appliance.Message{Key: "round.entry", Args: map[string]any{"day": r.Day, "odd": odd, "points": len(r.Points)}, English: "daily round of " + r.Day + " read and signed"},
				Files:   []appliance.LogbookFileRef{{Name: "round-" + r.Day + ".json", SHA256: r.SHA256, Bytes: int64(len(seen))}}}
			if err := tx.AppendLogbook(&e); err != nil {
				return err
			}
			r.Entry = e.Seq
			if err := tx.PutRound(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

func pastRound(day calendar.Day, loc *time.Location, ago int) appliance.Round {
	made := day.At(7*60+30, loc)
	r := appliance.Round{Day: made.Format(time.DateOnly), Since: made.Add(-24 * time.Hour).UTC(), Made: made.UTC(), Deadline: made.Add(150 * time.Minute).UTC(),
		Signed: day.At(8*60+12, loc).UTC(), By: "technik"}
	if ago == 5 {
		r.By = "empfang"
	}
	for _, p := range []appliance.RoundPoint{
		{Key: appliance.RoundBackups, Good: 6, Total: 6}, {Key: appliance.RoundPower, Good: 1, Total: 1}, {Key: appliance.RoundProblems},
		{Key: appliance.RoundStorage, Good: 5, Total: 5}, {Key: appliance.RoundSelf},
	} {
		p.Judgement, p.By, p.At = appliance.RoundNothing, r.By, r.Signed.Add(-time.Minute)
		if p.Key == appliance.RoundBackups && ago == 6 {
			p.Good, p.State, p.Judgement, p.Note = 5, appliance.StateWarning, appliance.RoundConspicuous, "Dateiserver ohne Ergebnis, siehe NL-4530"
			p.Lines = []appliance.RoundLine{{State: appliance.StateWarning, At: r.Made, What: "Dateiserver"}}
		}
		r.Points = append(r.Points, p)
	}
	return r
}
