package series

import (
	"math"
	"time"

	"siteward/appliance"
)

// Rater turns the counters of one check's readings into rates. It remembers the reading before, so there is one for
// each check, used by one goroutine at a time. The zero value is ready.
type Rater struct {
	at      time.Time
	upSince time.Time
	last    map[counterKey]uint64
	next    map[counterKey]uint64 // memory of the reading before that, to be used again
}

type counterKey struct{ metric, instance string }

const (
	// rateDigits are kept of a rate. Polls come some 20 ms early or late, which is 0.03 % of a minute.
	rateDigits = 4
	// restartSlack is how far a device's start may seem to move, because it is computed from two clocks.
	restartSlack = 30 * time.Second
	// longest is how far apart two readings may be to make a rate: checks run at least daily.
	longest = 49 * time.Hour
	// beyond is faster than anything: a rate above it is a counter that was set back without a word.
	beyond = 1e14
	// slack allows a port to seem a little faster than it is, for the same 20 ms.
	slack = 1.1
)

// Apply sets Number of each counter of a reading to its rate a second times Scale, NaN when it is not known: at the
// first reading, after the device restarted, and when the counter jumped in a way no port can. Gauges stay as they
// are. A reading that failed leaves the memory as it is, so that the next rate spans the gap.
func (r *Rater) Apply(in *appliance.Reading) {
	elapsed := in.At.Sub(r.at)
	usable := !r.at.IsZero() && elapsed > 0 && elapsed <= longest && !r.restarted(in.UpSince)
	if r.next == nil {
		r.last, r.next = map[counterKey]uint64{}, map[counterKey]uint64{}
	}
	speeds := speedsOf(in.Values)
	counters := false
	for i := range in.Values {
		v := &in.Values[i]
		if v.Kind == appliance.Gauge {
			continue
		}
		counters = true
		key := counterKey{v.Metric, v.Instance}
		before, known := r.last[key]
		r.next[key] = v.Raw
		v.Number = math.NaN()
		if known && usable {
			v.Number = rate(before, v, elapsed.Seconds(), speeds[v.Instance])
		}
	}
	if !counters && in.Failure != nil {
		return
	}
	r.at, r.upSince = in.At, in.UpSince
	r.last, r.next = r.next, r.last
	clear(r.next)
}

// restarted says whether the device began to count anew since the last reading. A device that does not say when it
// started is taken at its word that its counters wrap.
func (r *Rater) restarted(upSince time.Time) bool {
	return !r.upSince.IsZero() && !upSince.IsZero() && upSince.Sub(r.upSince) > restartSlack
}

// speedsOf gives if.speed (bit/s) by instance.
func speedsOf(values []appliance.Value) map[string]float64 {
	speeds := map[string]float64{}
	for i := range values {
		if v := &values[i]; v.Metric == "if.speed" && v.Number > 0 {
			speeds[v.Instance] = v.Number
		}
	}
	return speeds
}

// rate is how fast a counter went up, NaN when it cannot have. speed bounds counters in bit/s; 0 is unknown.
func rate(before uint64, v *appliance.Value, seconds, speed float64) float64 {
	scale := v.Scale
	if scale == 0 {
		scale = 1
	}
	most := beyond
	if speed > 0 && v.Unit == "bit/s" {
		most = speed * slack
	}
	delta := v.Raw - before // of 64 bits, a wrap comes out right by itself
	if v.Kind == appliance.Counter32 {
		delta &= math.MaxUint32
		wrapped := v.Raw < before
		if most < beyond && (1<<32)*scale/most < seconds {
			return math.NaN() // it may have wrapped more than once (RFC 2863 section 3.1.6: use the 64-bit one)
		}
		if wrapped && most == beyond && delta > math.MaxUint32/2 {
			return math.NaN() // more likely set back than run almost once around
		}
	}
	x := float64(delta) * scale / seconds
	if x > most {
		return math.NaN()
	}
	return roundTo(x, rateDigits)
}
