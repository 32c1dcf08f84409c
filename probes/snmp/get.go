package snmp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// getter is one call of Get.
type getter struct {
	*asker
	asked []mib.OID     // as the agent knows them
	out   []mib.Varbind // in the order asked
	lens  []uint8
	oids  []mib.OID // of the request under way
	mute  int       // single objects in a row that were not answered
	last  error
	safe  *fit  // what was known before the trouble with the requests under way
	hung  []int // objects that were not answered even alone
}

// maxMute is after how many unanswered single objects in a row nothing more is asked in this call.
const maxMute = 3

// Get implements mib.Asker.
func (a *asker) Get(ctx context.Context, oids []mib.OID) ([]mib.Varbind, error) {
	if len(oids) == 0 {
		return nil, nil
	}
	if err := a.greet(ctx); err != nil {
		return unanswered(oids), err
	}
	g := &getter{asker: a, out: unanswered(oids), asked: oids, lens: a.mem.lengths(oids)}
	if len(a.mem.bare) > 0 {
		g.asked = make([]mib.OID, len(oids))
		for i, o := range oids {
			g.asked[i] = a.mem.instance(o)
		}
	}
	err := g.all(ctx)
	g.remember(ctx)
	if a.search && err == nil {
		err = g.withoutZero(ctx)
	}
	a.count(g.out)
	switch {
	case ctx.Err() != nil:
		return g.out, ctx.Err()
	case !answered(g.out):
		return g.out, cmpErr(err, g.last)
	}
	return g.out, nil
}

func unanswered(oids []mib.OID) []mib.Varbind {
	out := make([]mib.Varbind, len(oids))
	for i, o := range oids {
		out[i].OID = o
	}
	return out
}

func answered(vars []mib.Varbind) bool {
	return slices.ContainsFunc(vars, func(v mib.Varbind) bool { return v.Type != mib.NoAnswer })
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return errTimeout
}

// all asks for everything, as many objects at once as the agent stands.
func (g *getter) all(ctx context.Context) error {
	rest := make([]int, 0, len(g.out))
	for i, o := range g.asked {
		if _, hangs := g.mem.hangs[o]; !hangs {
			rest = append(rest, i)
		}
	}
	if n := len(g.out) - len(rest); n > 0 {
		g.log.Printf("%d objects are left out, because the device falls silent when it is asked for them", n)
	}
	if g.several() {
		rest = g.inParallel(ctx, rest)
	}
	for len(rest) > 0 {
		n := g.pack(rest)
		if err := g.chunk(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// pack says how many of the next objects go into one message: what the agent stands, and no more than fits the
// message by what their values took last time.
func (g *getter) pack(rest []int) int {
	most := min(g.mem.get.next(), len(rest))
	room := maxMessage - g.mem.envelope()
	for n, i := range rest[:most] {
		if room -= varbindSize(g.asked[i], int(g.lens[i])); room < 0 {
			return max(1, n)
		}
	}
	return most
}

// chunk asks for some objects in one message, and in smaller ones when that is too much. It fails only when asking on
// makes no sense.
func (g *getter) chunk(ctx context.Context, idx []int) error {
	for len(idx) > 0 {
		r, err := g.request(ctx, opGet, idx, g.triesFor(len(idx)))
		if err != nil {
			return g.unanswered(ctx, idx, err)
		}
		g.mute = 0
		switch {
		case r.status == gosnmp.NoError:
			rest := g.take(idx, r.vars)
			if len(rest) == len(idx) {
				return g.split(ctx, idx, errOthers)
			}
			if len(rest) == 0 {
				g.mem.get.worked(len(idx))
			}
			idx = rest
		case r.status == gosnmp.TooBig:
			return g.split(ctx, idx, answeredWith(r.status))
		case r.status == gosnmp.NoSuchName && g.mem.version == gosnmp.Version1:
			return g.byNext(ctx, idx)
		case r.index < 1 || r.index > len(idx):
			return g.split(ctx, idx, answeredWith(r.status))
		default:
			idx = g.drop(idx, r.index-1, r.status)
		}
	}
	return nil
}

// triesFor gives a size that has been answered before a second try; a new size that is not answered is halved at
// once, and the last object is asked for stubbornly.
func (g *getter) triesFor(n int) int {
	switch {
	case n == 1:
		return tries
	case n <= g.mem.get.good:
		return 2
	}
	return 1
}

func (g *getter) request(ctx context.Context, op operation, idx []int, n int) (reply, error) {
	g.oids = g.oids[:0]
	for _, i := range idx {
		g.oids = append(g.oids, g.asked[i])
	}
	return g.ask(ctx, &request{op: op, oids: g.oids}, n)
}

// take puts the values of an answer in their places and gives what is still missing. Agents have been seen that leave
// objects out, change their order or add others.
func (g *getter) take(idx []int, vars []mib.Varbind) (missing []int) {
	for k, i := range idx {
		var v *mib.Varbind
		if k < len(vars) && vars[k].OID == g.asked[i] {
			v = &vars[k]
		} else if at := slices.IndexFunc(vars, func(v mib.Varbind) bool { return v.OID == g.asked[i] }); at >= 0 {
			v = &vars[at]
		} else {
			missing = append(missing, i)
			continue
		}
		g.lens[i] = uint8(min(valueLen(v), 255))
		g.put(i, *v)
	}
	return missing
}

// put keeps the name that was asked for: the caller's, which lives on anyway.
func (g *getter) put(i int, v mib.Varbind) {
	v.OID = g.out[i].OID
	g.out[i] = v
}

// drop leaves out the object the agent stumbles over. idx must not be changed, it belongs to the caller.
func (g *getter) drop(idx []int, at int, status gosnmp.SNMPError) []int {
	if status == gosnmp.NoSuchName {
		g.out[idx[at]].Type = mib.NoSuchInstance
	} else {
		g.last = answeredWith(status)
		g.log.Printf("%s: %v", g.asked[idx[at]], g.last)
	}
	return slices.Concat(idx[:at], idx[at+1:])
}

// unanswered decides what to do about a request without a proper answer.
func (g *getter) unanswered(ctx context.Context, idx []int, err error) error {
	if ctx.Err() != nil || !again(err) || errors.Is(err, errRefused) {
		return err
	}
	if dead := g.alive(ctx, err); dead != nil {
		return dead
	}
	if g.safe == nil {
		known := g.mem.get
		g.safe = &known
	}
	if len(idx) > 1 {
		return g.split(ctx, idx, err)
	}
	g.last, g.hung = err, append(g.hung, idx[0])
	g.mem.get = *g.safe // it was this object, not the size
	if g.mute++; g.mute >= maxMute || !g.got {
		return err
	}
	return nil
}

// remember keeps the objects on which the device hangs, if it still answers others: they would cost seconds each time.
func (g *getter) remember(ctx context.Context) {
	if len(g.hung) == 0 || g.mute == len(g.hung) && g.greeting(ctx) != nil {
		return
	}
	for _, i := range g.hung {
		if len(g.mem.hangs) >= maxHangs {
			return
		}
		if g.mem.hangs == nil {
			g.mem.hangs = map[mib.OID]struct{}{}
		}
		g.mem.hangs[g.asked[i]] = struct{}{}
	}
}

// split asks in two halves.
func (g *getter) split(ctx context.Context, idx []int, why error) error {
	if len(idx) == 1 {
		g.last = why
		g.log.Printf("%s: %v", g.asked[idx[0]], why)
		return nil
	}
	if !errors.Is(why, errOthers) {
		g.mem.get.failed(len(idx))
	}
	half := len(idx) / 2
	if err := g.chunk(ctx, idx[:half]); err != nil {
		return err
	}
	return g.chunk(ctx, idx[half:])
}

// withoutZero asks for the missing scalars once more without their final .0: some agents keep them so, against RFC
// 2578 7.2. Who does is remembered.
func (g *getter) withoutZero(ctx context.Context) error {
	if g.mem.version == gosnmp.Version1 {
		return nil // each miss would cost a request
	}
	var idx []int
	for i := range g.out {
		t := g.out[i].Type
		if (t == mib.NoSuchInstance || t == mib.NoSuchObject) && strings.HasSuffix(string(g.out[i].OID), ".0") && g.asked[i] == g.out[i].OID {
			idx = append(idx, i)
		}
	}
	if len(idx) == 0 {
		return nil
	}
	b := &getter{asker: g.asker, asked: slices.Clone(g.asked), out: slices.Clone(g.out), lens: g.lens}
	for _, i := range idx {
		b.asked[i] = b.asked[i][:len(b.asked[i])-len(".0")]
	}
	for rest := idx; len(rest) > 0; {
		n := b.pack(rest)
		if err := b.chunk(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	g.adopt(idx, b.out)
	return nil
}

// adopt takes over what was found without .0.
func (g *getter) adopt(idx []int, found []mib.Varbind) {
	n := 0
	for _, i := range idx {
		if !found[i].Exists() || len(g.mem.bare) >= maxBare {
			continue
		}
		if g.mem.bare == nil {
			g.mem.bare = map[mib.OID]struct{}{}
		}
		g.mem.bare[g.out[i].OID] = struct{}{}
		g.out[i] = found[i]
		n++
	}
	if n > 0 {
		g.log.Printf("%d scalars stand without their final .0", n)
	}
}

func (a *asker) count(vars []mib.Varbind) {
	for i := range vars {
		if vars[i].Exists() {
			a.vars++
		}
	}
}
