package ui

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
	files "siteward/embed"
)

var friday = time.Date(2026, 11, 20, 7, 41, 20, 0, time.UTC)

var allWords = OpenWords(files.Locales, func() *time.Location { return time.UTC }, func() time.Time { return friday })

func lang(tb testing.TB, tag string) *Lang {
	tb.Helper()
	return allWords.In(tag)
}

func device(id appliance.ID) appliance.Device {
	return appliance.Device{ID: id, Name: "d" + id.String(), Kind: appliance.KindServer}
}

func state(id appliance.ID, item string, s appliance.State) appliance.StateRecord {
	return appliance.StateRecord{StateKey: appliance.StateKey{Check: id * 10, Item: item}, Device: id, State: s, Since: friday}
}

func taken(r appliance.StateRecord) appliance.StateRecord {
	r.Ack = &appliance.Ack{By: "m", At: friday}
	return r
}

// TestHeadline holds the sentence to what the problems and devices prove.
func TestHeadline(t *testing.T) {
	ok, warn, crit, none, paused := appliance.StateOK, appliance.StateWarning, appliance.StateCritical, appliance.StateNoData, appliance.StatePaused
	stale := state(2, "answer", ok)
	stale.Stale = true
	for name, c := range map[string]struct {
		states  []appliance.StateRecord
		devices int
		state   appliance.State
		text    string
		more    string
	}{
		"all in order":              {[]appliance.StateRecord{state(1, "answer", ok), state(2, "answer", ok)}, 2, ok, "Alles in Ordnung.", "2 Geräte antworten, ihre Werte sind gut."},
		"one warning":               {[]appliance.StateRecord{state(1, "storage/1", warn), state(2, "answer", ok)}, 2, warn, "Ein Problem. Noch kümmert sich niemand.", "Alles andere ist in Ordnung."},
		"two, one taken":            {[]appliance.StateRecord{taken(state(1, "answer", crit)), state(2, "storage/1", warn)}, 2, crit, "Zwei Probleme. Eines ist in Arbeit.", ""},
		"taken stays red":           {[]appliance.StateRecord{taken(state(1, "answer", crit))}, 1, crit, "Ein Problem. Es ist in Arbeit.", ""},
		"no data is never critical": {[]appliance.StateRecord{state(1, "answer", none), state(2, "answer", ok)}, 2, none, "An einer Stelle fehlen Daten. Noch kümmert sich niemand.", "Alles andere ist in Ordnung."},
		"a device nobody asks":      {[]appliance.StateRecord{state(1, "answer", ok)}, 2, none, "Von einem Gerät fehlen zurzeit die Daten.", "Ein Gerät antwortet, seine Werte sind gut. Zu einem Gerät gibt es zurzeit keine Daten."},
		"we were away":              {[]appliance.StateRecord{state(1, "answer", ok), stale}, 2, none, "Von einem Gerät fehlen zurzeit die Daten.", "Ein Gerät antwortet, seine Werte sind gut. Zu einem Gerät gibt es zurzeit keine Daten."},
		"rest not all in order":     {[]appliance.StateRecord{state(1, "answer", crit), state(2, "answer", ok), state(3, "answer", paused)}, 3, crit, "Ein Problem. Noch kümmert sich niemand.", "Ein weiteres Gerät ist in Ordnung. Ein Gerät ist angehalten und wird nicht geprüft."},
		"paused is not all":         {[]appliance.StateRecord{state(1, "answer", ok), state(2, "answer", paused)}, 2, ok, "Alles, was geprüft wird, ist in Ordnung.", "Ein Gerät antwortet, seine Werte sind gut. Ein Gerät ist angehalten und wird nicht geprüft."},
		"everything paused":         {[]appliance.StateRecord{state(1, "answer", paused)}, 1, paused, "Zurzeit wird nichts geprüft.", "Ein Gerät ist angehalten und wird nicht geprüft."},
	} {
		t.Run(name, func(t *testing.T) {
			var devices []appliance.Device
			for i := range c.devices {
				devices = append(devices, device(appliance.ID(i+1))) //nolint:gosec // a few
			}
			o := monitor.Summary(c.states, devices)
			l := lang(t, "de")
			s, text := l.verdict(o.Headline, standingOf(o))
			if s != c.state || text != c.text {
				t.Errorf("%v %q, want %v %q", s, text, c.state, c.text)
			}
			if more := l.standing(standingOf(o)); more != c.more {
				t.Errorf("more: %q, want %q", more, c.more)
			}
		})
	}
}

func TestProblemInWords(t *testing.T) {
	printer := appliance.Device{Name: "drucker-1", Kind: appliance.KindPrinter}
	ups := appliance.Device{Name: "ups-1", Kind: appliance.KindUPS}
	with := func(r appliance.StateRecord, why, label string) appliance.StateRecord {
		r.Evidence.Why.Key, r.Label = "monitor."+why, label
		return r
	}
	for name, c := range map[string]struct {
		device appliance.Device
		r      appliance.StateRecord
		text   string
		advice string
	}{
		"silence":         {printer, with(state(1, "answer", appliance.StateCritical), "no_answer", ""), "Der Drucker drucker-1 antwortet nicht.", "Sehen Sie nach, ob der Drucker eingeschaltet ist und etwas anzeigt. Drucken Sie Dringendes auf einem anderen Drucker. Wenn Sie deswegen nicht arbeiten können, rufen Sie an: 030 1."},
		"the reason":      {ups, with(state(1, "ups", appliance.StateWarning), "ups_battery_replace", ""), "Das Notstromgerät ups-1 braucht eine neue Batterie.", "Im Moment nichts."},
		"power outage":    {ups, with(state(1, "ups", appliance.StateWarning), "ups_on_battery", ""), "Stromausfall! Das Notstromgerät ups-1 läuft auf Batterie.", "Speichern Sie jetzt Ihre Arbeit und schließen Sie, was Sie nicht brauchen."},
		"alarm of a UPS":  {ups, with(state(1, "ups.alarm/3", appliance.StateCritical), "alarm", ""), "Das Notstromgerät ups-1 kann bei einem Stromausfall kaum helfen.", "Im Moment nichts. Wenn Sie deswegen nicht arbeiten können, rufen Sie an: 030 1."},
		"the label":       {printer, with(state(1, "supply/1.1", appliance.StateWarning), "supply_level_limit", "Toner"), "Der Drucker drucker-1 braucht bald Nachschub: Toner.", "Legen Sie Ersatz bereit oder bestellen Sie ihn."},
		"other words":     {printer, with(state(1, "swap", appliance.StateWarning), "swap_used_limit", ""), "Der Drucker drucker-1 ist stark ausgelastet und kann langsam sein.", "Im Moment nichts."},
		"unknown family":  {printer, with(state(1, "flux/9", appliance.StateCritical), "word", ""), "Der Drucker drucker-1 ist ernsthaft gestört.", "Im Moment nichts. Wenn Sie deswegen nicht arbeiten können, rufen Sie an: 030 1."},
		"nothing known":   {printer, with(state(1, "storage/1", appliance.StateNoData), "not_told", ""), "Der Drucker drucker-1 meldet nicht mehr alles über sich.", "Im Moment nichts."},
		"never checked":   {printer, with(state(1, "answer", appliance.StateNoData), "never", ""), "Der Drucker drucker-1 wurde noch nicht geprüft.", "Nichts. Die erste Prüfung steht noch aus."},
		"we cannot ask":   {printer, with(state(1, "answer", appliance.StateNoData), "ours", ""), "Der Drucker drucker-1 konnte nicht geprüft werden.", ""},
		"kind by default": {appliance.Device{Name: "x", Kind: "robot"}, with(state(1, "answer", appliance.StateCritical), "no_answer", ""), "Das Gerät x antwortet nicht.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := monitor.Problem{StateRecord: c.r, Device: c.device}
			l := lang(t, "de")
			if got := l.Problem(p); got != c.text {
				t.Errorf("%q, want %q", got, c.text)
			}
			if got := l.advice(p, "030 1"); c.advice != "" && got != c.advice {
				t.Errorf("%q, want %q", got, c.advice)
			}
		})
	}
}

// TestKeyUserWords: nobody must read a technical word who does not look at evidence.
func TestKeyUserWords(t *testing.T) {
	for _, tag := range Languages {
		l := lang(t, tag)
		for _, key := range l.Keys() {
			if !strings.HasPrefix(key, "problem.") {
				continue
			}
			text := strings.ToLower(l.T(key, "thing", "", "label", "", "name", "", "purpose", "", "hotline", "", "time", "", "reason", ""))
			for _, word := range []string{"oid", "snmp", "ping", "daemon", "timeout", "exit", "icmp", "http", "tcp"} {
				for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" .,:;!?", r) }) {
					if w == word {
						t.Errorf("%s %s says %q", tag, key, word)
					}
				}
			}
			if strings.HasPrefix(text, "[") {
				t.Errorf("%s %s lacks a parameter", tag, key)
			}
		}
	}
}

func TestLastCheckInTwoHalves(t *testing.T) {
	for tag, want := range map[string]string{"de": "Zuletzt geprüft um 07:41\u00a0Uhr, vor |.", "en": "Last checked at 07:41, | ago.", "nl": "Laatst gecontroleerd om 07:41\u00a0uur, | geleden."} {
		c := lang(t, tag).checked(friday)
		if got := c.Before + "|" + c.After; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if c := lang(t, "en").checked(time.Time{}); !c.At.IsZero() || c.Before != "Nothing has been checked yet." {
		t.Errorf("%+v", c)
	}
}
