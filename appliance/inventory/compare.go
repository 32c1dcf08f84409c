package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// Patience is how many complete readings in a row must lack a thing before it counts as removed.
const Patience = 3

// Several changes of one sort in one reading are told together: a day of updates is one line of the journal.
const several = 4

// Reading is what a device told in one look. What was not complete proves nothing by what it lacks.
type Reading struct {
	At                           time.Time
	Parts                        []appliance.Part
	Software                     []appliance.Software
	Ports                        []appliance.InventedPort
	PartsOK, SoftwareOK, PortsOK bool // the list was read to its end
	PartsCut, SoftwareCut        bool
}

// Merge brings an inventory up to a reading and gives what changed. Coverage is left as it is.
func Merge(was appliance.Inventory, r Reading) (appliance.Inventory, []appliance.Event) {
	next := was
	next.Read = r.At
	var news []appliance.Event
	if next.First.IsZero() {
		next.First = r.At
	}
	var told []change
	next.Parts, told = merge(was.Parts, r.Parts, r.PartsOK, parts, r.At)
	news = append(news, events(r.At, was.Device, "part", told)...)
	next.Software, told = merge(was.Software, r.Software, r.SoftwareOK, programs, r.At)
	news = append(news, events(r.At, was.Device, "software", told)...)
	next.Ports, told = merge(was.Ports, r.Ports, r.PortsOK, ports, r.At)
	news = append(news, events(r.At, was.Device, "port", told)...)
	next.PartsCut, next.SoftwareCut = r.PartsCut, r.SoftwareCut
	return next, news
}

// change is one thing that changed. What is added, removed, replaced, updated, off, on.
type change struct {
	what, name, from, to string
}

// sort says how things of one sort are known again and what about them matters.
type sort[T any] struct {
	key     func(*T) string
	name    func(*T) string
	keep    func(now, was *T) // what the new one takes over from the old
	begin   func(v *T, at time.Time)
	missed  func(*T) *int
	differs func(was, now *T) (change, bool)
}

var parts = sort[appliance.Part]{
	key:  func(p *appliance.Part) string { return string(p.Kind) + "\x00" + p.Slot },
	name: func(p *appliance.Part) string { return cmp.Or(p.Slot, p.Model, string(p.Kind)) },
	keep: func(now, was *appliance.Part) {
		if now.Serial == was.Serial || now.Serial == "" {
			now.First = was.First
		}
		now.Model, now.Serial, now.Firmware = cmp.Or(now.Model, was.Model), cmp.Or(now.Serial, was.Serial), cmp.Or(now.Firmware, was.Firmware)
	},
	begin:  func(p *appliance.Part, at time.Time) { p.First = at },
	missed: func(p *appliance.Part) *int { return &p.Missed },
	differs: func(was, now *appliance.Part) (change, bool) {
		switch {
		case both(was.Serial, now.Serial):
			return change{"replaced", "", was.Serial, now.Serial}, true
		case both(was.Model, now.Model):
			return change{"replaced", "", was.Model, now.Model}, true
		case both(was.Firmware, now.Firmware):
			return change{"updated", "", was.Firmware, now.Firmware}, true
		}
		return change{}, false
	},
}

var programs = sort[appliance.Software]{
	key:    func(s *appliance.Software) string { return s.Name },
	name:   func(s *appliance.Software) string { return s.Name },
	keep:   func(now, was *appliance.Software) { now.First = was.First },
	begin:  func(s *appliance.Software, at time.Time) { s.First = at },
	missed: func(s *appliance.Software) *int { return &s.Missed },
	differs: func(was, now *appliance.Software) (change, bool) {
		return change{"updated", "", was.Version, now.Version}, both(was.Version, now.Version)
	},
}

var ports = sort[appliance.InventedPort]{
	key:    func(p *appliance.InventedPort) string { return p.Name },
	name:   func(p *appliance.InventedPort) string { return p.Name },
	keep:   func(_, _ *appliance.InventedPort) {},
	begin:  func(*appliance.InventedPort, time.Time) {},
	missed: func(p *appliance.InventedPort) *int { return &p.Missed },
	differs: func(was, now *appliance.InventedPort) (change, bool) {
		if was.Off == now.Off {
			return change{}, false
		}
		if now.Off {
			return change{what: "off"}, true
		}
		return change{what: "on"}, true
	},
}

// both says that two texts are known and differ by more than blanks and case.
func both(a, b string) bool {
	return a != "" && b != "" && !strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

func merge[T any](was, now []T, complete bool, s sort[T], at time.Time) ([]T, []change) {
	old := map[string]int{}
	for i := range was {
		old[s.key(&was[i])] = i
	}
	var out []T
	var told []change
	seen := map[string]bool{}
	for i := range now {
		v := now[i]
		key := s.key(&v)
		if seen[key] {
			continue
		}
		seen[key] = true
		*s.missed(&v) = 0
		at0, known := old[key]
		switch {
		case !known:
			s.begin(&v, at)
			if len(was) > 0 { // a first list is no news
				told = append(told, change{what: "added", name: s.name(&v)})
			}
		default:
			before := was[at0]
			if c, differs := s.differs(&before, &v); differs {
				c.name = s.name(&v)
				told = append(told, c)
			}
			s.keep(&v, &before)
		}
		out = append(out, v)
	}
	for i := range was {
		v := was[i]
		if seen[s.key(&v)] {
			continue
		}
		if complete && len(now) > 0 { // an agent that lists nothing at all has lost its table, not its parts
			*s.missed(&v)++
		}
		if *s.missed(&v) >= Patience {
			told = append(told, change{what: "removed", name: s.name(&v)})
			continue
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b T) int { return natural(s.key(&a), s.key(&b)) })
	return out, told
}

// events words the changes of one sort, several of a kind in one event.
func events(at time.Time, device appliance.ID, sort string, told []change) []appliance.Event {
	var out []appliance.Event
	for _, what := range []string{"replaced", "updated", "added", "removed", "off", "on"} {
		var same []change
		for _, c := range told {
			if c.what == what {
				same = append(same, c)
			}
		}
		if len(same) >= several {
			var names []string
			for _, c := range same[:several-1] {
				names = append(names, c.name)
			}
			out = append(out, event(at, device, "event."+sort+"_"+what+"_many", fmt.Sprintf("%d × %s %s: %s …", len(same), sort, what, strings.Join(names, ", ")),
				map[string]any{"n": len(same), "names": strings.Join(names, ", ")}))
			continue
		}
		for _, c := range same {
			english := strings.TrimSpace(fmt.Sprintf("%s %s %s", sort, c.name, what))
			if c.from != "" {
				english += ": " + c.from + " -> " + c.to
			}
			out = append(out, event(at, device, "event."+sort+"_"+what, english, map[string]any{"name": c.name, "from": c.from, "to": c.to}))
		}
	}
	return out
}

func event(at time.Time, device appliance.ID, key, english string, args map[string]any) appliance.Event {
	return appliance.Event{At: at, Kind: appliance.EventDevice, Device: device, Message: appliance.Message{Key: key, Args: args, English: english}}
}

// natural orders texts as people do: Disk 2 before Disk 10.
func natural(a, b string) int {
	for a != "" && b != "" {
		if digit(a[0]) && digit(b[0]) {
			x, restA := number(a)
			y, restB := number(b)
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = restA, restB
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func number(s string) (digits, rest string) {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return strings.TrimLeft(s[:n], "0"), s[n:]
}
