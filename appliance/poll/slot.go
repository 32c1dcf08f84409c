package poll

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"siteward/appliance"
)

// overdueWithin is the time over which checks are spread that were due while the appliance was away.
const overdueWithin = time.Minute

// phase is where in its interval a check is due: the same on every machine and after every restart, on whole seconds.
func phase(check appliance.ID, interval time.Duration) time.Duration {
	h := fnv.New64a()
	_ = binary.Write(h, binary.BigEndian, uint64(check))
	sum := h.Sum64()
	sum ^= sum >> 29 // the last byte of the number barely reaches the upper half of an FNV sum
	sum *= 0xbf58476d1ce4e5b9
	sum ^= sum >> 32
	p := time.Duration(sum % uint64(interval))
	if interval >= 2*time.Second {
		p = p.Truncate(time.Second)
	}
	return p
}

// slotAt is the latest slot that is not after t. Slots count from the Unix epoch, so neither time zones nor daylight
// saving move them.
func slotAt(t time.Time, phase, interval time.Duration) time.Time {
	past := time.Duration((t.UnixNano() - int64(phase)) % int64(interval))
	if past < 0 {
		past += interval
	}
	return t.Add(-past)
}
