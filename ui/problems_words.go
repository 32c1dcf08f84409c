package ui

import (
	"cmp"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
)

// families that are told to key users in the words of another one.
var toldAs = map[string]string{"swap": "memory", "load": "cpu", "pool": "raid", "current": "power", "voltage": "power"}

// Problem says a problem to somebody who knows the house and not the machines: "The printer drucker-empfang does not
// answer." The words follow from what the evidence rests on, else from family and state.
func (l *Lang) Problem(p monitor.Problem) string {
	return l.T(l.problemKey(p.StateRecord), "thing", l.Thing(p.Device), "label", l.instance(p.StateRecord))
}

// placeOf is what the page is called on which a problem is at home: the device, or what is expected.
func placeOf(p monitor.Problem) string {
	if p.Check == 0 {
		return p.Label
	}
	return p.Device.Name
}

// problemName is what a problem is about: the device and the part of it, or what is expected.
func (l *Lang) problemName(p monitor.Problem) string {
	if p.Device.ID == 0 {
		return l.StateItem(p.StateRecord)
	}
	return p.Device.Name + ", " + l.StateItem(p.StateRecord)
}

// Thing is a device as the subject of a sentence: "The printer drucker-empfang".
func (l *Lang) Thing(d appliance.Device) string {
	key := "problem.thing_" + strings.ReplaceAll(string(d.Kind), "-", "")
	if !l.Has(key) {
		key = "problem.thing_other"
	}
	return l.T(key, "name", d.Name)
}

// problemKey is the first that there are words for: the reason, the family in this state, the state.
func (l *Lang) problemKey(r appliance.StateRecord) string {
	if key := "problem.why_" + reasonOf(r); l.Has(key) {
		return key
	}
	if key := "problem." + familyOf(r) + "_" + r.State.String(); l.Has(key) {
		return key
	}
	return "problem.any_" + r.State.String()
}

// reasonOf is the name of the sentence in the evidence, without what tells limits apart.
func reasonOf(r appliance.StateRecord) string {
	_, name, _ := strings.Cut(r.Evidence.Why.Key, ".")
	return name
}

// familyOf is the family of an item as key users are told it: "storage" for storage/31, "ups" for an alarm of a UPS.
func familyOf(r appliance.StateRecord) string {
	family, _, _ := strings.Cut(r.Item, "/")
	family, _, _ = strings.Cut(family, ".")
	return cmp.Or(toldAs[family], family)
}

// instance is what the device calls the row, else its number.
func (l *Lang) instance(r appliance.StateRecord) string {
	_, number, _ := strings.Cut(r.Item, "/")
	return cmp.Or(r.Label, number, l.StateItem(r))
}

// advice is what a key user can do about a problem himself. Where to turn to is one more sentence while nobody takes care.
func (l *Lang) advice(p monitor.Problem, hotline string) string {
	text := l.T(l.adviceKey(p))
	if hotline != "" && !p.Taken && p.State == appliance.StateCritical {
		text += " " + l.T("problem.call", "hotline", hotline)
	}
	return text
}

func (l *Lang) adviceKey(p monitor.Problem) string {
	family := familyOf(p.StateRecord)
	if p.State == appliance.StateNoData && p.Check != 0 { // nothing is known that anybody could act on
		family = ""
	}
	for _, name := range []string{reasonOf(p.StateRecord), family + "_" + strings.ReplaceAll(string(p.Device.Kind), "-", ""), family + "_" + p.State.String(), family} {
		if key := "problem.do_" + name; l.Has(key) {
			return key
		}
	}
	return "problem.do_nothing"
}

// affected is the first question with its answer: what does not work, what may be affected, or what it means that nothing is known.
func (l *Lang) affected(p monitor.Problem) (question, answer string) {
	if family := familyOf(p.StateRecord); p.Check == 0 && (family == "backup" || family == "restore") {
		return l.T("problem.ask_limited"), l.T("problem.affects_backup")
	}
	purpose := p.Device.Purpose
	key := "limited"
	switch {
	case p.State == appliance.StateNoData:
		key = "unknown"
	case p.State == appliance.StateCritical && p.Item == appliance.ItemAnswer:
		key = "down"
	}
	question = l.T("problem.ask_" + key)
	switch {
	case purpose == "" && p.State == appliance.StateNoData:
		return question, l.T("problem.not_known")
	case purpose == "":
		return question, l.T("problem.not_noted")
	case p.State == appliance.StateNoData:
		return question, l.T("problem.not_known_of", "purpose", purpose)
	}
	return question, purpose
}

// carer is who takes care of a problem and since when.
func (l *Lang) carer(a *appliance.Ack, name func(string) string) string {
	switch {
	case a == nil:
		return l.T("problem.nobody")
	case a.Reason == "":
		return l.T("problem.taken", "name", name(a.By), "time", l.said(a.At))
	}
	return l.T("problem.taken_because", "name", name(a.By), "time", l.said(a.At), "reason", a.Reason)
}

// said is a time within a sentence: "07:58 Uhr" for today, else with its day.
func (l *Lang) said(t time.Time) string {
	if l.Local(t).Format(time.DateOnly) == l.Local(l.now()).Format(time.DateOnly) {
		return l.Clock(t)
	}
	return l.When(t)
}
