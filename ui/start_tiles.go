package ui

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// tileMakers are the questions that Start answers, in their order. A noun that comes later adds one; a maker that has nothing to
// say about this site leaves its tile out.
var tileMakers = []func(*scene) (view.Tile, bool){devicesTile, backupsTile, powerTile, storageTile, ticketsTile}

// tiles are the answers. The appliance itself is the concern of those who see the settings.
func (sc *scene) tiles(settings bool) []view.Tile {
	makers := tileMakers
	if settings {
		makers = append(slices.Clone(makers), applianceTile)
	}
	var out []view.Tile
	for _, answer := range makers {
		if t, ok := answer(sc); ok {
			out = append(out, t)
		}
	}
	return out
}

// devicesTile counts the devices that answer, and says what else is the matter.
func devicesTile(sc *scene) (view.Tile, bool) {
	l, h := sc.l, sc.o.Headline
	total := h.Devices.Total()
	if total == 0 {
		return view.Tile{}, false
	}
	trouble := h.Devices.Of(appliance.StateCritical) + h.Devices.Of(appliance.StateWarning)
	silent, names := sc.silent()
	t := view.Tile{Icon: "server", Title: l.T("start.devices"), Value: l.T("start.of", "n", sc.answering(), "total", total), Href: "/devices", Link: l.T("start.devices_link")}
	say := func(s appliance.State, word string) { t.State, t.Word, t.Text = s.String(), word, names }
	switch {
	case silent > 0:
		say(appliance.StateCritical, l.T("start.devices_silent", "n", silent))
		t.Handled = sc.silentTaken()
	case trouble > 0:
		say(h.State, l.T("start.devices_trouble", "n", trouble))
		t.Handled = h.Taken == h.Problems
	case h.Devices.Of(appliance.StateNoData) > 0:
		say(appliance.StateNoData, l.T("start.devices_nodata", "n", h.Devices.Of(appliance.StateNoData)))
	case h.Devices.Of(appliance.StateOK) < total:
		say(h.State, l.T("start.devices_quiet", "n", total-h.Devices.Of(appliance.StateOK)))
	default:
		say(appliance.StateOK, l.T("start.devices_ok"))
		t.Text = l.T("start.devices_text")
	}
	return t, true
}

// answering is how many devices answer at least one of their checks.
func (sc *scene) answering() int {
	n := 0
	for _, v := range sc.views {
		if slices.ContainsFunc(v.States, func(s appliance.StateRecord) bool {
			return s.Item == appliance.ItemAnswer && s.State == appliance.StateOK && !s.Stale
		}) {
			n++
		}
	}
	return n
}

// silent is how many devices do not answer, whatever the reason, and the names of the first that are not in order.
func (sc *scene) silent() (n int, named string) {
	down := map[appliance.ID]bool{}
	for _, p := range sc.o.Problems {
		if p.Item == appliance.ItemAnswer && p.State == appliance.StateCritical {
			down[p.Device.ID] = true
			for _, id := range p.Behind {
				down[id] = true
			}
		}
	}
	var names []string
	for _, d := range sc.o.Devices {
		if d.State.Problem() && (len(down) == 0 || down[d.Device]) {
			names = append(names, sc.device(d.Device))
		}
	}
	const most = 3
	named = strings.Join(names[:min(len(names), most)], ", ")
	if more := len(names) - most; more > 0 {
		named = sc.l.T("problems.and_more", "names", named, "n", more)
	}
	return len(down), named
}

// silentTaken says that somebody takes care of every device that does not answer.
func (sc *scene) silentTaken() bool {
	for _, p := range sc.o.Problems {
		if p.Item == appliance.ItemAnswer && p.State == appliance.StateCritical && !p.Taken {
			return false
		}
	}
	return true
}

// powerTile is the reserve of the UPSes, where there are any: the shortest runtime, and whether one runs on its battery.
func powerTile(sc *scene) (view.Tile, bool) {
	all, err := sc.app.UPSes(sc.ctx)
	if err != nil || len(all) == 0 {
		return view.Tile{}, false
	}
	l := sc.l
	state, runtime, battery, mains := appliance.StateOK, math.NaN(), false, 0
	for _, u := range all {
		state = max(state, u.State)
		if !u.Told {
			continue
		}
		if x := u.Truth.Runtime; x != nil && !(*x >= runtime) {
			runtime = *x
		}
		switch u.Truth.Power {
		case appliance.UPSPowerBattery:
			battery = true
		case appliance.UPSPowerMains, appliance.UPSPowerBoost, appliance.UPSPowerTrim, appliance.UPSPowerTest:
			mains++
		}
	}
	t := view.Tile{Icon: "battery-charging", Title: l.T("start.power"), Value: l.T("start.runtime_unknown"), State: state.String(), Text: l.T("start.reserve", "n", len(all)),
		Href: "/power", Link: l.T("start.power_link")}
	if sc.technical {
		t.Title = l.T("start.ups")
	}
	if !math.IsNaN(runtime) {
		t.Value = l.Duration(time.Duration(runtime) * time.Second)
	}
	switch {
	case battery:
		t.Word = l.T("start.on_battery")
	case mains == len(all) && state == appliance.StateOK:
		t.Word = l.T("start.on_mains")
	default:
		if why := sc.upsTrouble(all); why != "" {
			t.Text = why
		}
	}
	return t, true
}

// upsTrouble is what is the matter with the UPS that is worst.
func (sc *scene) upsTrouble(all []appliance.UPSView) (why string) {
	worst := appliance.StatePaused
	for _, v := range sc.views {
		if !slices.ContainsFunc(all, func(u appliance.UPSView) bool { return u.Device == v.ID }) {
			continue
		}
		for _, s := range v.States {
			if s.State.Problem() && s.State > worst {
				worst, why = s.State, sc.l.Say(s.Evidence.Why)
			}
		}
	}
	return why
}

// storageTile is the fullest storage of all, where any is read.
func storageTile(sc *scene) (view.Tile, bool) {
	var worst appliance.StateRecord
	var on appliance.DeviceView
	for _, v := range sc.views {
		for _, s := range v.States {
			if s.Evidence.Metric != "storage.used_percent" || s.Evidence.Number == nil || s.Stale || s.State != appliance.StateOK && s.State < appliance.StateWarning {
				continue
			}
			if worst.Evidence.Number == nil || cmp.Or(cmp.Compare(s.State, worst.State), cmp.Compare(*s.Evidence.Number, *worst.Evidence.Number)) > 0 {
				worst, on = s, v
			}
		}
	}
	if worst.Evidence.Number == nil {
		return view.Tile{}, false
	}
	l := sc.l
	return view.Tile{Icon: "hard-drive", Title: l.T("start.storage"), Value: l.T("start.used", "used", l.Percent(*worst.Evidence.Number)), State: worst.State.String(),
		Handled: worst.Ack != nil, Text: l.T("start.storage_text", "name", on.Name, "label", l.instance(worst)), Href: "/devices/" + on.ID.String(), Link: l.T("start.storage_link")}, true
}

// A backup of the store is made each night; one and a half days without one is a fault. Below this much room the disk is nearly full.
const (
	backupDue = 36 * time.Hour
	lowRoom   = 1e9
)

// applianceTile is how Siteward itself is doing.
func applianceTile(sc *scene) (view.Tile, bool) {
	l, h := sc.l, sc.app.Health(sc.ctx)
	t := view.Tile{Icon: "database", Title: l.T("start.appliance"), Value: l.Bytes(float64(h.Store.Bytes)), State: appliance.StateOK.String(), Word: l.T("start.appliance_ok"),
		Href: "/settings/store", Link: l.T("start.appliance_link")}
	t.Text = l.T("start.room", "free", l.Bytes(float64(h.Store.FreeBytes))) + " " + sc.backupText(h.Store.BackedUp)
	if h.Late+h.Missed > 0 {
		t.Text += " " + l.T("start.late", "late", h.Late, "missed", h.Missed)
	}
	if troubles := sc.troubles(h); len(troubles) > 0 {
		t.State, t.Word = troubles[0].state.String(), troubles[0].word
	}
	return t, true
}

func (sc *scene) backupText(at time.Time) string {
	if at.IsZero() {
		return sc.l.T("start.backup_none")
	}
	return sc.l.T("start.backup", "time", sc.l.said(at))
}

// trouble is what is wrong with the appliance itself, in a word or two and in sentences.
type trouble struct {
	state      appliance.State
	word       string
	text, href string
}

// troubles, the worst first.
func (sc *scene) troubles(h appliance.Health) []trouble {
	l := sc.l
	var out []trouble
	add := func(on bool, state appliance.State, key, text string) {
		if on {
			out = append(out, trouble{state: state, word: l.T("start.trouble_" + key), text: text, href: "/settings/store"})
		}
	}
	began := sc.app.About().Started
	overdue := sc.now.Sub(h.Store.BackedUp) > backupDue && sc.now.Sub(began) > backupDue
	add(h.Store.ReadOnly, appliance.StateCritical, "readonly", l.Say(h.Store.Why))
	add(len(h.Store.Damage) > 0, appliance.StateCritical, "damage", l.T("start.damage", "n", len(h.Store.Damage)))
	add(!h.WatchdogOK && !h.Store.ReadOnly, appliance.StateCritical, "stuck", l.T("start.stuck"))
	add(h.Store.FreeBytes < lowRoom && !h.Store.ReadOnly, appliance.StateWarning, "room", l.T("start.room", "free", l.Bytes(float64(h.Store.FreeBytes))))
	add(overdue, appliance.StateWarning, "backup", sc.backupText(h.Store.BackedUp))
	add(h.Ping == "off", appliance.StateWarning, "ping", l.Say(h.PingNote))
	return out
}

// ownTroubles are notes above everything else: what the appliance cannot do is not seen by looking at devices.
func (sc *scene) ownTroubles() []view.Note {
	var out []view.Note
	h := sc.app.Health(sc.ctx)
	for i, x := range sc.troubles(h) {
		if i == 0 && h.Store.ReadOnly {
			continue // every page says that above
		}
		out = append(out, view.Note{Level: x.state.String(), Title: x.word, Text: x.text, Href: x.href, Link: sc.l.T("start.appliance_link")})
	}
	return out
}

// onlyOf leaves the problems that somebody takes care of, or those that nobody does.
func onlyOf(problems []monitor.Problem, taken bool) []monitor.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p monitor.Problem) bool { return p.Taken != taken })
}
