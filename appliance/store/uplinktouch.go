package store

import (
	"bytes"
	"encoding/binary"
	"strings"

	"siteward/appliance"
)

// told are the families whose changes are reported.
var told = []string{nounIncident, nounTicket, nounWindow, nounRound, nounRun, nounOutage, nounOffer}

// touched notes with a change of a noun, in the same step, that it is to be reported.
func (tx *Tx) touched(key []byte) {
	if !tx.s.reporting.Load() || len(key) < 10 {
		return
	}
	for _, family := range told {
		if bytes.HasPrefix(key, []byte(family)) && key[len(family)] == 0 {
			tx.touch(key)
			return
		}
	}
}

func (tx *Tx) touch(key []byte) {
	tx.writes[nounTouched+string(key)] = encodeBytes(nil)
	tx.after = append(tx.after, tx.s.rouseUplink)
}

// absent is what a state says while a backup did not come.
const absent = "backup.no_result"

// touchAbsent notes that a backup did not come: there is no run that could be reported. Each time that passes is one.
func (tx *Tx) touchAbsent(v *appliance.StateRecord) {
	if v.Check != 0 || v.Evidence.Why.Key != absent || !tx.s.reporting.Load() {
		return
	}
	tx.s.live.mu.RLock()
	was := tx.s.live.states[v.StateKey]
	tx.s.live.mu.RUnlock()
	if was == nil || was.record.Evidence.Why.English != v.Evidence.Why.English || !was.record.Evidence.At.Equal(v.Evidence.At) {
		tx.touch(keyState(v.StateKey))
	}
}

func (s *Store) rouseUplink() {
	select {
	case s.uplinkWake <- struct{}{}:
	default:
	}
}

// Reporting says whether changes are noted for the provider, from now on.
func (s *Store) Reporting(on bool) { s.reporting.Store(on) }

// Touched hears when something is to be reported.
func (s *Store) Touched() <-chan struct{} { return s.uplinkWake }

// Touch is a record that is to be reported: Key is its own.
type Touch struct {
	Kind   string // one of the Touch kinds
	ID     appliance.ID
	Outage *appliance.UPSOutage
	Event  *appliance.Event
	Absent *appliance.StateRecord // of a backup that did not come
	key    []byte
}

// Touches lists what is to be reported. A record that is gone has neither Outage nor Event, where its kind has one.
func (tx *Tx) Touches(limit int) (out []Touch, err error) {
	keys, err := tx.keysUpTo([]byte(nounTouched), limit)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		t := Touch{key: k}
		noun := k[len(nounTouched):]
		for family, kind := range touchKinds {
			if bytes.HasPrefix(noun, []byte(family)) && len(noun) >= len(family)+8 {
				t.Kind, t.ID = kind, appliance.ID(binary.BigEndian.Uint64(noun[len(family):]))
			}
		}
		switch t.Kind {
		case "absent":
			item := string(noun[9:])
			id, err := appliance.ParseID(strings.TrimPrefix(item, "backup/"))
			tx.s.live.mu.RLock()
			v := tx.s.live.states[appliance.StateKey{Item: item}]
			if err == nil && v != nil && v.record.Evidence.Why.Key == absent {
				record := v.record
				t.Kind, t.ID, t.Absent = "backup", id, &record
			}
			tx.s.live.mu.RUnlock()
		case "outage":
			var o appliance.UPSOutage
			if tx.getJSON(noun, &o) == nil {
				t.Outage = &o
			}
		case "inventory":
			var e appliance.Event
			if tx.getJSON(noun, &e) == nil {
				t.Event = &e
			}
		}
		out = append(out, t)
	}
	return out, nil
}

var touchKinds = map[string]string{nounIncident: "incident", nounTicket: "ticket", nounWindow: "window", nounRound: "round",
	nounRun: "backup", nounOutage: "outage", nounOffer: "offer", string(famEvent): "inventory", string(famState): "absent"}

// Untouch notes that a record has been reported.
func (tx *Tx) Untouch(t Touch) error { return tx.delete(t.key) }

// TouchOpen marks everything that is open as to be reported: a new provider begins with the present.
func (tx *Tx) TouchOpen() error {
	open, err := tx.keys([]byte(nounIncidentOpen))
	if err != nil {
		return err
	}
	for _, k := range open {
		tx.touch(append([]byte(nounIncident), k[len(nounIncidentOpen):]...))
	}
	err = tx.EachTicket(0, func(t appliance.Ticket) bool {
		if t.Open() {
			tx.touch(keyNoun(nounTicket, t.ID))
		}
		return false
	})
	if err != nil {
		return err
	}
	windows, err := tx.Windows()
	for _, w := range windows {
		if !w.State.Over() && w.State != appliance.WindowDraft {
			tx.touch(keyNoun(nounWindow, w.ID))
		}
	}
	return err
}

// ForgetTouches removes all marks: nobody is to be told any more.
func (tx *Tx) ForgetTouches() error { return tx.clear([]byte(nounTouched)) }
