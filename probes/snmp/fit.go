package snmp

// fit learns how many varbinds an agent stands in one message: doubled while it goes well, halved when it does not, and
// then half of what is left between the two until they meet. 0 in bad means that nothing has been too much yet.
type fit struct{ good, bad int }

// firstVarbinds is what nearly every agent stands, also the small ones with messages of 484 octets (RFC 3417 3.2).
const firstVarbinds = 20

// next is how many to try.
func (f fit) next() int {
	switch {
	case f.bad == 0:
		return max(firstVarbinds, 2*f.good)
	case f.good == 0:
		return max(1, f.bad/2)
	case f.bad-f.good <= max(1, f.good/8): // close enough: no more trials that cost a time-out
		return f.good
	}
	return (f.good + f.bad) / 2
}

// worked notes that n were answered.
func (f *fit) worked(n int) {
	f.good = max(f.good, n)
	if f.bad != 0 && f.bad <= f.good {
		f.bad = 0
	}
}

// failed notes that n were too much.
func (f *fit) failed(n int) {
	if f.bad == 0 || n < f.bad {
		f.bad = max(1, n)
	}
	if f.good >= f.bad {
		f.good = 0 // what was proven is not so any more: halve until something is
	}
}
