package store

import (
	"errors"
	"fmt"
	"strings"

	"siteward/central"
)

// passing are families that a restore leaves out: what was signed in or held when the backup was made is so no longer, and a session that
// was ended since must not come back.
var passing = map[string]bool{"session": true, "lease": true}

// maxData bounds the data of an event: what a site may send is half of it.
const maxData = 1 << 20

// rules are what every backup keeps to, because both stores do: each thing is there once, and both can keep it.
type rules struct {
	ids      map[central.SiteID]bool
	names    map[string]bool
	events   map[central.SiteID]counted
	families map[string]bool
	family   string
	key      string
}

// counted is the number of the last event of a site, and which way they go.
type counted struct {
	n        uint64
	up, down bool
}

func newRules() *rules {
	return &rules{ids: map[central.SiteID]bool{}, names: map[string]bool{}, events: map[central.SiteID]counted{}, families: map[string]bool{}}
}

var (
	errMixed = errors.New("it is neither a site nor an event nor a record")
	errTwice = errors.New("it is there twice, or out of order")
	errForm  = errors.New("no store could keep it")
)

func (r *rules) check(l *backupLine) error {
	switch {
	case l.Siteward != "":
		return errMixed
	case l.Row != nil && l.Event == nil && l.Record == nil:
		return r.row(l.Row)
	case l.Row == nil && l.Event != nil && l.Record == nil:
		return r.event(l.Event)
	case l.Row == nil && l.Event == nil && l.Record != nil:
		return r.record(l.Record)
	}
	return errMixed
}

func (r *rules) row(v *central.Row) error {
	name := strings.ToLower(v.Site.Name)
	if !v.Site.ID.Valid() || name == "" || len(name) > maxName || v.Site.Version == 0 || v.Site.Version > most63 || v.Status.Stored > most63 ||
		len(v.Status.Silent) > 20 || strings.ContainsRune(string(v.Status.Silent), 0) || len(v.Site.Note)+len(v.Site.Ring)+len(v.Site.Paused) > maxData {
		return errForm
	}
	if r.ids[v.Site.ID] || r.names[name] {
		return errTwice
	}
	r.ids[v.Site.ID], r.names[name] = true, true
	return nil
}

func (r *rules) event(v *backupEvent) error {
	if !v.Site.Valid() || v.N == 0 || v.N > most63 || len(v.Data) > maxData || len(v.ID)+len(v.Type)+len(v.Subject) > maxName ||
		strings.ContainsRune(v.Type, 0) || strings.ContainsRune(v.Subject, 0) {
		return errForm
	}
	// A folder gives the newest first, a database the oldest.
	last := r.events[v.Site]
	switch {
	case last.n == 0:
		last.n = v.N
	case last.n == v.N || last.up && v.N < last.n || last.down && v.N > last.n:
		return errTwice
	default:
		last = counted{n: v.N, up: v.N > last.n, down: v.N < last.n}
	}
	r.events[v.Site] = last
	return nil
}

func (r *rules) record(v *central.Record) error {
	if v.Remove || v.Any || v.Version == 0 || v.Version > most63 {
		return errForm
	}
	if v.Family != r.family {
		if r.families[v.Family] {
			return errTwice
		}
		r.families[v.Family], r.family, r.key = true, v.Family, ""
	}
	if r.key != "" && v.Key <= r.key {
		return errTwice
	}
	r.key = v.Key
	if err := CheckRecord(v); err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	return nil
}

const (
	most63  = 1<<63 - 1
	maxName = 4096
)
