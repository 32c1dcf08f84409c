package ui

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/ui/view"
)

// grouping puts rows below headings.
type grouping struct {
	key   func(listed) string
	order func(a, b listed) int
	title func(*Lang, listed) string
	icon  func(listed) string
}

// groupOf are the values of ?group=.
var groupOf = map[string]*grouping{
	"kind": {
		key:   func(d listed) string { return string(d.Kind) },
		order: func(a, b listed) int { return cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)) },
		title: func(l *Lang, d listed) string { return l.kindChoice(d.Kind) },
		icon:  func(d listed) string { return kindIcon(d.Kind) },
	},
	"place": {
		key: func(d listed) string { return strings.ToLower(d.Place) },
		order: func(a, b listed) int {
			if (a.Place == "") != (b.Place == "") { // what has no place stands last
				return cmp.Compare(b.Place, a.Place)
			}
			return cmp.Compare(strings.ToLower(a.Place), strings.ToLower(b.Place))
		},
		title: func(l *Lang, d listed) string { return cmp.Or(d.Place, l.T("devices.noplace")) },
		icon:  func(listed) string { return "" },
	},
}

// kindChoice is the word for a kind where kinds are chosen: what has no kind of its own is "other" there, and a device elsewhere.
func (l *Lang) kindChoice(k appliance.Kind) string {
	if k == appliance.KindOther {
		return l.T("devices.otherkind")
	}
	return l.Kind(k)
}

func kindOrder(k appliance.Kind) int { return slices.Index(appliance.Kinds, k) }

// sortOf are the values of ?sort=; a minus before them turns them round. Equal rows stand by name.
var sortOf = map[string]func(a, b listed) int{
	"state":    func(a, b listed) int { return cmp.Compare(a.sum.State, b.sum.State) },
	"name":     byName,
	"kind":     func(a, b listed) int { return cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)) },
	"address":  byAddress,
	"problems": func(a, b listed) int { return cmp.Compare(a.sum.Problems, b.sum.Problems) },
	"since":    func(a, b listed) int { return a.sum.Since.Compare(b.sum.Since) },
	"seen":     func(a, b listed) int { return a.Seen.Compare(b.Seen) },
}

func byName(a, b listed) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
}

// byAddress sorts 10.0.0.9 before 10.0.0.10, and names after numbers.
func byAddress(a, b listed) int {
	x, errX := netip.ParseAddr(a.Address)
	y, errY := netip.ParseAddr(b.Address)
	switch {
	case errX == nil && errY == nil:
		return x.Compare(y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return cmp.Compare(a.Address, b.Address)
}

// pickListed filters and sorts as the address says.
func pickListed(all []listed, list view.List, l *Lang) []listed {
	found := slices.DeleteFunc(slices.Clone(all), func(d listed) bool { return !fits(d, list, l, "") })
	by, ok := sortOf[list.Sort]
	if !ok {
		by = byName
	}
	group := groupOf[list.Get("group")]
	slices.SortFunc(found, func(a, b listed) int {
		n := by(a, b)
		if list.Desc {
			n = -n
		}
		if group != nil {
			n = cmp.Or(group.order(a, b), n)
		}
		return cmp.Or(n, byName(a, b))
	})
	return found
}

// fits asks each filter of the address but the one named.
func fits(d listed, list view.List, l *Lang, but string) bool {
	if want := list.Get("state"); want != "" && but != "state" && d.sum.State.String() != want {
		return false
	}
	if want := list.Get("kind"); want != "" && but != "kind" && string(d.Kind) != want {
		return false
	}
	q := strings.TrimSpace(list.Get("q"))
	return q == "" || matchesDevice(d.DeviceView, q) || contains(l.Kind(d.Kind), q)
}

// stateChips counts what each state would show with the other filters as they are.
func (l *Lang) stateChips(all []listed, list view.List) []view.Chip {
	var counts [appliance.StateCritical + 1]int
	total := 0
	for _, d := range all {
		if fits(d, list, l, "state") {
			counts[d.sum.State]++
			total++
		}
	}
	chips := []view.Chip{list.Chip("state", "", l.T("devices.all"), "", total)}
	for i := len(counts) - 1; i >= 0; i-- {
		if state := appliance.State(i).String(); counts[i] > 0 || list.Get("state") == state { //nolint:gosec // six states
			chips = append(chips, list.Chip("state", state, l.T("state."+state), state, counts[i]))
		}
	}
	return chips
}

func (l *Lang) kindChips(all []listed, list view.List) []view.Chip {
	counts := map[appliance.Kind]int{}
	total := 0
	for _, d := range all {
		if fits(d, list, l, "kind") {
			counts[d.Kind]++
			total++
		}
	}
	chips := []view.Chip{list.Chip("kind", "", l.T("devices.allkinds"), "", total)}
	for _, k := range appliance.Kinds {
		if counts[k] > 0 || list.Get("kind") == string(k) {
			chips = append(chips, list.Chip("kind", string(k), l.kindChoice(k), "", counts[k]))
		}
	}
	return chips
}

func (l *Lang) groupChips(list view.List) []view.Chip {
	return []view.Chip{
		list.Chip("group", "", l.T("devices.group_none"), "", 0),
		list.Chip("group", "kind", l.T("devices.group_kind"), "", 0),
		list.Chip("group", "place", l.T("devices.group_place"), "", 0),
	}
}
