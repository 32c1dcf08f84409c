package monitor

import (
	"cmp"
	"slices"
	"time"

	"siteward/appliance"
)

// Problem is one cause with everything that follows from it.
type Problem struct {
	appliance.StateRecord
	Device   appliance.Device // zero for what is expected at the site as a whole
	Taken    bool
	Children []appliance.StateRecord // what is not known because of it: items of the device, and devices behind it
	Behind   []appliance.ID          // those devices
}

// bench is where problems are sorted into causes and consequences.
type bench struct {
	devices map[appliance.ID]*appliance.Device
	of      map[appliance.ID][]*appliance.StateRecord
	checks  map[appliance.ID]*Problem // rows of checks that have no answer, by check
	silent  map[appliance.ID]*Problem // and the worst of them, by device
}

// problems makes one row for each cause. A consequence without its cause in sight (the parent was deleted, or has
// recovered a moment ago) stands for itself: nothing that is wrong is ever left out.
func (b *bench) problems(devices []appliance.Device) []Problem {
	var rows []*Problem
	var consequences []*appliance.StateRecord
	b.checks, b.silent = map[appliance.ID]*Problem{}, map[appliance.ID]*Problem{}
	sort := func(device appliance.ID) {
		for _, r := range b.of[device] {
			switch {
			case !r.State.Problem():
			case b.follows(r):
				consequences = append(consequences, r)
			default:
				rows = append(rows, b.row(r))
			}
		}
	}
	sort(0)
	for i := range devices {
		sort(devices[i].ID)
	}
	rows = b.foldSilence(rows)
	for _, r := range consequences {
		if root := b.rootOf(r); root != nil {
			root.take(r)
			continue
		}
		rows = append(rows, b.row(r))
	}
	slices.SortStableFunc(rows, compareProblems)
	list := make([]Problem, len(rows))
	for i, p := range rows {
		list[i] = *p
	}
	return list
}

func (b *bench) row(r *appliance.StateRecord) *Problem {
	p := &Problem{StateRecord: *r, Taken: r.Ack != nil}
	if d := b.devices[r.Device]; d != nil {
		p.Device = *d
	}
	if r.Item == appliance.ItemAnswer {
		b.checks[r.Check] = p
		if worst := b.silent[r.Device]; worst == nil || worst.State < r.State {
			b.silent[r.Device] = p
		}
	}
	return p
}

// fellTogether is how far apart the silence of two checks may begin and still be one: as long as checks take to be sure, each at its own pace.
const fellTogether = 10 * time.Minute

// foldSilence makes one of the checks of a device that fell silent at the same time, where nothing of it answers: whoever has no ping
// to say so is as dead as the others. What began at another time stays a problem of its own.
func (b *bench) foldSilence(rows []*Problem) []*Problem {
	of := map[appliance.ID][]*Problem{}
	for _, p := range rows {
		if id := p.StateRecord.Device; id != 0 && mute(&p.StateRecord) && !b.partlyAnswers(id) {
			of[id] = append(of[id], p)
		}
	}
	folded := map[*Problem]bool{}
	for _, all := range of {
		slices.SortFunc(all, func(p, o *Problem) int { return cmp.Or(p.Since.Compare(o.Since), cmp.Compare(p.Check, o.Check)) })
		first := all[0]
		for _, p := range all[1:] {
			if p.Since.Sub(first.Since) > fellTogether {
				first = p
				continue
			}
			if p.Taken && !first.Taken { // who takes care of one takes care of the device
				first.Taken, first.Ack = true, p.Ack
			}
			first.take(&p.StateRecord)
			folded[p] = true
			b.checks[p.Check] = first
			if b.silent[first.StateRecord.Device] == p {
				b.silent[first.StateRecord.Device] = first
			}
		}
	}
	return slices.DeleteFunc(rows, func(p *Problem) bool { return folded[p] })
}

// partlyAnswers says that something came back from a device by one of its checks.
func (b *bench) partlyAnswers(device appliance.ID) bool {
	return slices.ContainsFunc(b.of[device], func(r *appliance.StateRecord) bool {
		return r.Item == appliance.ItemAnswer && (r.State == appliance.StateOK || r.State == appliance.StateWarning || r.State == appliance.StateCritical && !mute(r))
	})
}

// mute says that nothing came back.
func mute(r *appliance.StateRecord) bool {
	if r.Item != appliance.ItemAnswer || r.State != appliance.StateCritical {
		return false
	}
	for _, row := range failures {
		if row.silence && row.sentence == r.Evidence.Why.Key {
			return true
		}
	}
	return false
}

func (p *Problem) take(r *appliance.StateRecord) {
	p.Children = append(p.Children, *r)
	if r.Device != p.Device.ID && !slices.Contains(p.Behind, r.Device) {
		p.Behind = append(p.Behind, r.Device)
	}
}

// follows says that a state is only not known, and that the reason is another one.
func (b *bench) follows(r *appliance.StateRecord) bool {
	if r.State != appliance.StateNoData || r.UnreachableBy != 0 {
		return r.UnreachableBy != 0
	}
	return r.Item != appliance.ItemAnswer && b.answerOf(r).State.Problem()
}

func (b *bench) rootOf(r *appliance.StateRecord) *Problem {
	if r.UnreachableBy != 0 {
		return b.silent[r.UnreachableBy]
	}
	if by := b.answerOf(r).UnreachableBy; by != 0 {
		return b.silent[by]
	}
	return b.checks[r.Check]
}

func (b *bench) answerOf(r *appliance.StateRecord) *appliance.StateRecord {
	for _, a := range b.of[r.Device] {
		if a.Check == r.Check && a.Item == appliance.ItemAnswer {
			return a
		}
	}
	return &appliance.StateRecord{}
}

// compareProblems: what nobody takes care of first, then the worst, then what most hangs on, then the newest.
func compareProblems(a, b *Problem) int {
	if a.Taken != b.Taken {
		if b.Taken {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.State, a.State), cmp.Compare(len(b.Behind), len(a.Behind)), b.Since.Compare(a.Since),
		cmp.Compare(a.Device.Name, b.Device.Name), cmp.Compare(a.Item, b.Item))
}
