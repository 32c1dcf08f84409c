package snmp

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// wide says whether a column holds Counter64, ifHCInOctets (6) to ifHCOutBroadcastPkts (13) of ifXTable (RFC 2863). SNMPv1 has no
// such type: an agent passes over every row to what comes behind it (RFC 3584 4.2.2.1), one request after the other.
func wide(column mib.OID) bool {
	arc, ok := strings.CutPrefix(string(column), "1.3.6.1.2.1.31.1.1.1.")
	n, err := strconv.Atoi(arc)
	return ok && err == nil && n >= 6 && n <= 13
}

// byNext asks a version 1 agent for exact instances with GETNEXT of what comes just before each. A GET would be refused
// as a whole for each object that is missing (RFC 1157 4.1.2), a request for each; this way one tells of all.
func (g *getter) byNext(ctx context.Context, idx []int) error {
	for len(idx) > 0 {
		g.oids = g.oids[:0]
		for _, i := range idx {
			g.oids = append(g.oids, before(g.asked[i]))
		}
		r, err := g.ask(ctx, &request{op: opNext, oids: g.oids}, g.triesFor(len(idx)))
		switch {
		case err != nil:
			return g.unanswered(ctx, idx, err)
		case r.status == gosnmp.NoError:
			return g.takeNext(ctx, idx, r.vars)
		case r.status == gosnmp.TooBig, r.index < 1, r.index > len(idx):
			return g.split(ctx, idx, answeredWith(r.status))
		case r.status == gosnmp.NoSuchName:
			idx = g.beyond(idx, g.asked[idx[r.index-1]])
		default:
			idx = g.drop(idx, r.index-1, r.status)
		}
	}
	return nil
}

// beyond drops all objects from end on: the agent has nothing behind it.
func (g *getter) beyond(idx []int, end mib.OID) []int {
	var rest []int
	for _, i := range idx {
		if mib.Compare(g.asked[i], end) >= 0 {
			g.out[i].Type = mib.NoSuchInstance
			continue
		}
		rest = append(rest, i)
	}
	return rest
}

func (g *getter) takeNext(ctx context.Context, idx []int, vars []mib.Varbind) error {
	var unclear []int
	for k, i := range idx {
		switch {
		case k >= len(vars):
			unclear = append(unclear, i)
		case vars[k].OID == g.asked[i]:
			g.lens[i] = uint8(min(valueLen(&vars[k]), 255))
			g.put(i, vars[k])
		case mib.Compare(vars[k].OID, g.asked[i]) > 0:
			g.out[i].Type = mib.NoSuchInstance
		default: // something below what was taken for the one before
			unclear = append(unclear, i)
		}
	}
	for _, i := range unclear {
		if err := g.alone(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// alone asks for one object with GET.
func (g *getter) alone(ctx context.Context, i int) error {
	r, err := g.request(ctx, opGet, []int{i}, tries)
	if err != nil {
		return g.unanswered(ctx, []int{i}, err)
	}
	if r.status == gosnmp.NoSuchName {
		g.out[i].Type = mib.NoSuchInstance
		return nil
	}
	g.take([]int{i}, r.vars)
	return nil
}

// before is an OID with nothing between it and o, at least in tables and scalars as the SMI wants them: the one with
// the last arc lowered by one, and the parent for a last arc of 0.
func before(o mib.OID) mib.OID {
	dot := strings.LastIndexByte(string(o), '.')
	if dot < 0 {
		return o
	}
	n, err := strconv.ParseUint(string(o[dot+1:]), 10, 32)
	if err != nil || n == 0 {
		return o[:dot]
	}
	return mib.OID(strconv.AppendUint(slices.Clone([]byte(o[:dot+1])), n-1, 10))
}
