package config

import (
	"maps"
	"strings"

	"siteward/appliance"
)

// Keys of the site whose values are lists.
const (
	daysOffKey      = "days_off"
	receiversOffKey = "receivers_off"
)

// site plans the change of the site. It is the one object whose fields have owners of their own: a file owns those that it declares, and
// what it declares no longer stays and belongs to people again.
func (p *planner) site() {
	var before appliance.Site
	if p.cur.Site != nil {
		before = *p.cur.Site
	}
	after, want := before, p.f.Site
	after.Owned = maps.Clone(before.Owned)
	if after.Owned == nil {
		after.Owned = map[string]string{}
	}
	if want == nil {
		want = &FileSite{}
	} else {
		want.apply(&after)
		for _, e := range ValidateSite(after) {
			p.add(want.At, e)
		}
	}
	var freed []string
	for _, key := range append(siteKeys[:len(siteKeys):len(siteKeys)], daysOffKey, receiversOffKey) {
		was, is, owner := siteLine(before, key), siteLine(after, key), before.Owned[key]
		switch {
		case !want.declares(key):
			if owner == p.f.Name {
				delete(after.Owned, key)
				freed = append(freed, "- (of this file) "+key)
			}
		case owner == p.f.Name || p.takeOver || owner == "" && was == "" && is != "":
			after.Owned[key] = p.f.Name
		case was != is:
			p.say(want.At, appliance.CodeConflict, key, "%s and says something else; change it there, or take it over with \"take_over: true\" or --take-over:\n    %s",
				ownedBy(owner), strings.Join(difference(was, is), "\n    "))
		}
	}
	p.putSite(before, after, freed)
}

func (p *planner) putSite(before, after appliance.Site, freed []string) {
	lines := append(difference(siteLines(before), siteLines(after)), freed...)
	change := Change{Verb: Update, Noun: "site", Name: clip(after.Name), Lines: lines, do: func(a *applier) error {
		if after.Created.IsZero() {
			after.Created = a.now
		}
		return a.tx.PutSite(after)
	}}
	switch {
	case p.cur.Site == nil && p.f.Site == nil || len(lines) == 0 && maps.Equal(before.Owned, after.Owned):
		return
	case p.cur.Site == nil:
		change.Verb = Create
	case len(lines) == 0:
		change.Verb = TakeOver
	}
	p.changes = append(p.changes, change)
}

func (s *FileSite) declares(key string) bool {
	switch key {
	case daysOffKey:
		return s.DaysOff != nil
	case receiversOffKey:
		return s.ReceiversOff != nil
	}
	_, ok := s.Set[key]
	return ok
}

// SiteOwner is the file that owns a field in which two versions of the site differ, "" when people own them all.
func SiteOwner(old, changed appliance.Site) string {
	for key, file := range old.Owned {
		if siteLine(old, key) != siteLine(changed, key) {
			return file
		}
	}
	return ""
}

func siteLines(s appliance.Site) string {
	lines := ""
	for _, key := range siteKeys {
		lines += siteLine(s, key)
	}
	return lines + siteLine(s, daysOffKey) + siteLine(s, receiversOffKey)
}

// siteLine is a field of the site as it stands in a file.
func siteLine(s appliance.Site, key string) string {
	w := &writer{}
	switch key {
	case daysOffKey:
		w.daysOff(s.DaysOff)
	case receiversOffKey:
		w.receiversOff(s.ReceiversOff)
	default:
		if place := siteField(&s, key); place != nil {
			w.word(key, *place)
		}
	}
	return w.String()
}
