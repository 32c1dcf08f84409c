package discovery

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"siteward/appliance"
)

// Known is a device that is looked after, with everything by which it can be recognised.
type Known struct {
	Device appliance.Device
	Marks  appliance.Marks
	// Missing says that its address was looked at in this search, or that its checks get no answer there: when it is seen somewhere
	// else only, it has moved.
	Missing bool
}

// Input is what proposals are made of.
type Input struct {
	Found     []Candidate
	Known     []Known
	Proposals []appliance.Proposal // made before, decided or not
	Checks    func(appliance.Kind, Candidate) []appliance.Check
	// Behind proposes a parent for a new device, and says why; nil: nobody knows.
	Behind func(Candidate) (parent appliance.ID, why appliance.Message)
	Now    time.Time
}

// Output is what has to be stored, and what each known device was recognised by.
type Output struct {
	Proposals []appliance.Proposal             // new ones with ID 0, and old ones that were seen again
	Known     map[appliance.ID]appliance.Marks // what was learned of known devices
	New       int                              // of Proposals
}

// Propose compares what was found with what is known. A device that is known gets no proposal, unless its address has changed;
// one that was ignored before is left alone; one that was proposed before is brought up to date.
func Propose(in Input) Output {
	out := Output{Known: map[appliance.ID]appliance.Marks{}}
	seen := map[appliance.ID][]recognised{}
	var rest []Candidate
	for _, c := range in.Found {
		if k, mark := recognise(c, in.Known); k != nil {
			seen[k.Device.ID] = append(seen[k.Device.ID], recognised{c, mark})
			continue
		}
		rest = append(rest, c)
	}
	for i := range in.Known {
		if k := &in.Known[i]; len(seen[k.Device.ID]) > 0 {
			out.known(in, k, seen[k.Device.ID])
		}
	}
	names := takenNames(in)
	for _, c := range rest {
		if watched(c, in.Known, seen) {
			continue
		}
		if twin := twinOf(c, in.Known); twin != nil {
			out.put(in, twinProposal(c, twin))
		}
		p := newProposal(c, in)
		if old := before(in.Proposals, p); old != nil {
			p.Device.Name = old.Device.Name
		} else {
			p.Device.Name = freeName(names, nameOf(c))
			names[strings.ToLower(p.Device.Name)] = true
		}
		out.put(in, p)
	}
	return out
}

// recognised is a candidate that is a known device, and the mark that said so.
type recognised struct {
	Candidate
	mark string
}

// recognise finds the known device that a candidate is, by the surest mark.
func recognise(c Candidate, known []Known) (*Known, string) {
	var best *Known
	rank := len(marks)
	for i := range known {
		if same, mark := Compare(known[i].Marks, c.Marks); same == Same {
			if r := slices.Index(marks, mark); r < rank {
				best, rank = &known[i], r
			}
		}
	}
	if best == nil {
		return nil, ""
	}
	return best, marks[rank]
}

// marks in the order in which they are believed.
var marks = []string{"serial", "engine_id", "mac", "name", "address"}

// watched says that a device at this address is looked after already and was seen nowhere else: another box in its place is told by its
// own checks.
func watched(c Candidate, known []Known, seen map[appliance.ID][]recognised) bool {
	return slices.ContainsFunc(known, func(k Known) bool { return k.Device.Address == c.Address && len(seen[k.Device.ID]) == 0 })
}

func twinOf(c Candidate, known []Known) *Known {
	for i := range known {
		if same, _ := Compare(known[i].Marks, c.Marks); same == Twins {
			return &known[i]
		}
	}
	return nil
}

// known notes what was learned of a known device, and proposes a move when it was seen elsewhere only.
func (o *Output) known(in Input, k *Known, seen []recognised) {
	there := false
	for _, r := range seen {
		o.Known[k.Device.ID] = Union(o.Known[k.Device.ID], r.Candidate.Marks)
		there = there || r.Address == k.Device.Address || slices.Contains(r.Sighting.Addresses, k.Device.Address)
	}
	r := seen[0]
	if there || !k.Missing || r.mark == "address" || !usableIP(k.Device.Address) {
		return
	}
	d := k.Device
	d.Address = r.Address
	o.put(in, appliance.Proposal{Kind: appliance.ProposeMove, Target: d.ID, Device: d, From: k.Device.Address, Marks: r.Candidate.Marks, Identity: identityOf(r.Candidate),
		Evidence: append([]appliance.Message{{Key: "proposal.why_moved", Args: map[string]any{"name": d.Name, "from": k.Device.Address, "to": r.Address, "mark": "proposal.mark_" + r.mark},
			English: fmt.Sprintf("%s is silent at %s, and a device with the same %s answers at %s", d.Name, k.Device.Address, r.mark, r.Address)}}, r.Why...)})
}

func twinProposal(c Candidate, k *Known) appliance.Proposal {
	_, mark := Compare(k.Marks, c.Marks)
	value := c.Marks.Serial
	if mark == "engine_id" {
		value = c.Marks.EngineID
	}
	d := k.Device
	return appliance.Proposal{Kind: appliance.ProposeTwin, Target: d.ID, Device: d, Others: []string{c.Address}, Marks: c.Marks, Identity: identityOf(c),
		Evidence: []appliance.Message{{Key: "proposal.why_twin", Args: map[string]any{"name": d.Name, "address": c.Address, "mark": "proposal.mark_" + mark, "value": value},
			English: fmt.Sprintf("%s and the device at %s both say the %s %s, but their network cards differ: two devices, or a copy of a virtual machine", d.Name, c.Address, mark, value)}}}
}

func newProposal(c Candidate, in Input) appliance.Proposal {
	id := identityOf(c)
	kind := KindOf(c)
	p := appliance.Proposal{Kind: appliance.ProposeDevice, Marks: c.Marks, Identity: id, Evidence: c.Why,
		Device: appliance.Device{Kind: kind, Address: c.Address, Place: clean(id.SysLocation, 100)}, Others: c.Twins}
	if len(c.Twins) > 0 {
		p.Evidence = append([]appliance.Message{{Key: "proposal.why_twins", Args: map[string]any{"addresses": strings.Join(c.Twins, ", "), "mark": "proposal.mark_" + c.Twin},
			English: "the same " + c.Twin + " is told at " + strings.Join(c.Twins, ", ") + ", by other network cards: two devices, or a copy of a virtual machine"}}, p.Evidence...)
	}
	if in.Checks != nil {
		p.Checks = in.Checks(kind, c)
	}
	if in.Behind != nil {
		if parent, why := in.Behind(c); parent != 0 {
			p.Device.Parents, p.Evidence = []appliance.ID{parent}, append(p.Evidence, why)
		}
	}
	return p
}

func identityOf(c Candidate) appliance.Identity {
	if c.Identity == nil {
		return appliance.Identity{}
	}
	return *c.Identity
}

// put adds a proposal, or brings the one that was made before up to date.
func (o *Output) put(in Input, p appliance.Proposal) {
	p.Status, p.Found, p.Seen = appliance.ProposalOpen, in.Now, in.Now
	old := before(in.Proposals, p)
	if old == nil {
		o.New++
		o.Proposals = append(o.Proposals, p)
		return
	}
	p.ID, p.Version, p.Found, p.Marks = old.ID, old.Version, old.Found, Union(p.Marks, old.Marks)
	switch {
	case old.Status == appliance.ProposalOpen:
	case old.Status != appliance.ProposalIgnored && again(in, *old, p):
		o.New++
	default: // what a person decided stays decided
		kept := *old
		kept.Seen, kept.Marks = in.Now, p.Marks
		p = kept
	}
	o.Proposals = append(o.Proposals, p)
}

// again says that what was done about a proposal does not hold any more: the device was deleted and is still there, or moved once more.
func again(in Input, old, p appliance.Proposal) bool {
	gone := !slices.ContainsFunc(in.Known, func(k Known) bool { return k.Device.ID == old.Target })
	return gone || old.Kind == appliance.ProposeMove && old.Device.Address != p.Device.Address
}

// before finds the proposal that was made of the same thing.
func before(all []appliance.Proposal, p appliance.Proposal) *appliance.Proposal {
	for i := range all {
		if all[i].Kind != p.Kind {
			continue
		}
		if p.Kind == appliance.ProposeDevice {
			if same, _ := Compare(all[i].Marks, p.Marks); same == Same {
				return &all[i]
			}
			continue
		}
		if all[i].Target == p.Target && (p.Kind != appliance.ProposeTwin || slices.Equal(all[i].Others, p.Others)) {
			return &all[i]
		}
	}
	return nil
}

func takenNames(in Input) map[string]bool {
	names := map[string]bool{}
	for _, k := range in.Known {
		names[strings.ToLower(k.Device.Name)] = true
	}
	for _, p := range in.Proposals {
		if p.Status == appliance.ProposalOpen && p.Kind == appliance.ProposeDevice {
			names[strings.ToLower(p.Device.Name)] = true
		}
	}
	return names
}

// nameOf is what a device would be called: as it calls itself, as the network calls it, by its model, by its address.
func nameOf(c Candidate) string {
	id := identityOf(c)
	for _, name := range append([]string{id.SysName}, c.Names...) {
		if plainName(name) == "" {
			continue
		}
		name, _, _ = strings.Cut(strings.Trim(name, "."), ".")
		if name = clean(name, 60); name != "" {
			return name
		}
	}
	if product := clean(cmp.Or(id.Product(), c.Model), 60); product != "" {
		return product + " " + lastPart(c.Address)
	}
	return c.Address
}

func lastPart(address string) string {
	if i := strings.LastIndexByte(address, '.'); i >= 0 {
		return address[i:]
	}
	return address
}

func freeName(taken map[string]bool, name string) string {
	free := name
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// clean makes a text of the network fit for a field: one line, valid, not too long.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	r := []rune(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(string(r[:min(len(r), limit)]))
}
