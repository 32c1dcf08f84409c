package snmp

import (
	"slices"

	"siteward/probes/snmp/mib"
)

// column is a table column or subtree on its way through a walk.
type column struct {
	base   mib.OID
	cursor mib.OID // what is asked for next comes after this
	vars   []mib.Varbind
	size   int // octets of its varbinds, for the mean
	done   bool
	cut    string // why it ended early; "" = it ended by itself
	odd    int    // OIDs that did not increase
}

// maxOdd is how many OIDs out of order are taken. Some agents keep a few rows unsorted (RFC 3416 4.2.2 forbids it);
// more is a loop in disguise.
const maxOdd = 16

// take looks at the next varbind the agent gives for the column.
func (c *column) take(v *mib.Varbind) {
	switch {
	case c.done:
	case v.Type == mib.EndOfMibView, v.Type == mib.NoSuchObject, v.Type == mib.NoSuchInstance:
		c.done = true
	case v.OID == c.cursor:
		c.end("the device answers with the object it was asked to go on from")
	case v.OID.Suffix(c.base) == "":
		c.done = true
	case mib.Compare(v.OID, c.cursor) > 0:
		c.add(v)
	default:
		c.outOfOrder(v)
	}
}

func (c *column) add(v *mib.Varbind) {
	c.vars = append(c.vars, *v)
	c.cursor = v.OID
	c.size += varbindSize(v.OID, valueLen(v))
}

// outOfOrder takes a row that was not seen before and ends the column at one that was: that is a loop.
func (c *column) outOfOrder(v *mib.Varbind) {
	known := slices.ContainsFunc(c.vars, func(o mib.Varbind) bool { return o.OID == v.OID })
	switch {
	case known:
		c.end("the device goes round in circles")
	case c.odd >= maxOdd:
		c.end("the device does not sort its rows")
	default:
		c.odd++
		c.add(v)
	}
}

// end stops the column before its end.
func (c *column) end(why string) { c.done, c.cut = true, why }

// mean is the usual octets of one of its varbinds in an answer.
func (c *column) mean() int {
	if len(c.vars) == 0 {
		return varbindSize(c.base, usualValue) + 2
	}
	return c.size/len(c.vars) + 1
}
