package agent

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fault is a way in which agents out there go wrong. The empty one is none.
type Fault string

// The faults.
const (
	FaultTruncate   Fault = "truncate"   // sends the first half of each answer
	FaultLoop       Fault = "loop"       // GETNEXT goes round among four objects
	FaultSame       Fault = "same"       // GETNEXT answers the OID that was asked
	FaultWrongID    Fault = "wrong-id"   // answers with another request-id
	FaultSilent     Fault = "silent"     // never answers
	FaultEndless    Fault = "endless"    // GETNEXT finds ever larger OIDs below the one asked, for ever
	FaultGarbage    Fault = "garbage"    // answers with noise behind a right beginning
	FaultType       Fault = "type"       // sends numbers as text and text as a negative number
	FaultEmpty      Fault = "empty"      // answers without varbinds and without an error
	FaultHuge       Fault = "huge"       // every value has 50,000 octets; each subtree has 10 MB of them
	FaultDecreasing Fault = "decreasing" // GETNEXT walks backwards
)

// misbehaviour is what a fault changes.
type misbehaviour struct {
	silent  bool
	empty   bool
	wrongID bool
	next    func(r *Recording, from OID) (OID, Value, bool)
	value   func(Value) Value
	spoil   func([]byte) []byte
}

var faults = map[Fault]misbehaviour{
	"":              {},
	FaultTruncate:   {spoil: func(b []byte) []byte { return b[:len(b)/2] }},
	FaultLoop:       {next: nextLoop},
	FaultSame:       {next: nextSame},
	FaultWrongID:    {wrongID: true},
	FaultSilent:     {silent: true},
	FaultEndless:    {next: nextEndless},
	FaultGarbage:    {spoil: garble},
	FaultType:       {value: lie},
	FaultEmpty:      {empty: true},
	FaultHuge:       {next: nextHuge, value: inflate},
	FaultDecreasing: {next: nextDecreasing},
}

// FaultNames lists the faults.
func FaultNames() []string {
	var out []string
	for f := range maps.Keys(faults) {
		if f != "" {
			out = append(out, string(f))
		}
	}
	slices.Sort(out)
	return out
}

// ParseFault finds a fault by its name; the empty name is none.
func ParseFault(name string) (Fault, error) {
	if _, ok := faults[Fault(name)]; !ok {
		return "", fmt.Errorf("fault %q is unknown; there are %s", name, strings.Join(FaultNames(), ", "))
	}
	return Fault(name), nil
}

// nextLoop goes back to the beginning of its four objects, as long as that stays among the rows of one column.
func nextLoop(r *Recording, from OID) (OID, Value, bool) {
	i := after(r, from)
	if i%4 == 0 && i > 0 {
		for back := min(i, 4); back > 0; back-- {
			if parent(r.oid(i-back)) == parent(from) {
				return r.oid(i - back), r.value(i - back), true
			}
		}
	}
	if i == r.Len() {
		return "", Value{}, false
	}
	return r.oid(i), r.value(i), true
}

func parent(o OID) OID { return o[:len(o)-len(lastArc(o))] }

func nextSame(r *Recording, from OID) (OID, Value, bool) {
	if v, ok := r.Get(from); ok {
		return from, v, true
	}
	return from, Integer(1), true
}

// firstMade is the number from which nextEndless and nextHuge make OIDs; no recorded table has it as an index.
const firstMade = 4_000_000_000

// made is how far a made OID has come in its subtree.
func made(from OID) (root OID, n uint32) {
	arcs := ("\x00" + lastArc(from)).Arcs() // the leading octet keeps the number from being split in two
	if last := arcs[len(arcs)-1]; len(from) > 0 && last >= firstMade {
		return parent(from), last - firstMade + 1
	}
	return from, 0
}

func nextEndless(_ *Recording, from OID) (OID, Value, bool) {
	root, n := made(from)
	return root.Append(firstMade + n), Integer(int32(n)), true
}

const (
	hugeValue = 50_000
	hugeCount = 10_000_000 / hugeValue
)

func nextHuge(_ *Recording, from OID) (OID, Value, bool) {
	root, n := made(from)
	if n >= hugeCount {
		return "", Value{}, false
	}
	return root.Append(firstMade + n), inflate(Value{}), true
}

func inflate(Value) Value { return OctetString(strings.Repeat("A", hugeValue)) }

// nextDecreasing begins at the end of the subtree asked for and walks towards its beginning.
func nextDecreasing(r *Recording, from OID) (OID, Value, bool) {
	i := find(r, from) - 1
	if i < -1 {
		i = r.search(func(o OID) bool { return o.Compare(from) > 0 && !o.HasPrefix(from) }) - 1
	}
	if i < 0 {
		return "", Value{}, false
	}
	return r.oid(i), r.value(i), true
}

func lie(v Value) Value {
	if v.Tag == TagOctets {
		return Integer(-5)
	}
	return OctetString("no number")
}

// garble leaves the first octets and makes noise of the rest, the same for the same answer.
func garble(b []byte) []byte {
	x := uint32(len(b))
	for i := min(8, len(b)/2); i < len(b); i++ {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}
