package ups

import (
	"math"

	"siteward/appliance"
)

// Deepen notes what a reading tells about an outage that goes on.
func Deepen(o *appliance.UPSOutage, t appliance.UPSTruth) {
	o.LowestCharge = least(o.LowestCharge, t.Charge)
	o.LowestRuntime = least(o.LowestRuntime, t.Runtime)
	if t.Load != nil {
		o.Load = t.Load
	}
	if o.Cause == "" {
		o.Cause = t.LastTransfer
	}
}

// Promise notes what the UPS said before the mains went.
func Promise(o *appliance.UPSOutage, before appliance.UPSTruth) {
	if o.Announced == nil && !onBattery(before) {
		o.Announced, o.ChargeBefore = before.Runtime, before.Charge
	}
}

// leastFall is by how many points the charge must have fallen to say how long the battery lasts: less is rounding.
const leastFall = 5

// Measure works out how long a full battery lasts from how the charge fell in an outage that is over.
func Measure(o *appliance.UPSOutage) {
	if o.ChargeBefore == nil || o.LowestCharge == nil || o.End.IsZero() {
		return
	}
	fall := *o.ChargeBefore - *o.LowestCharge
	if fall < leastFall {
		return
	}
	x := math.Round(o.End.Sub(o.Start).Seconds() * 100 / fall)
	o.Measured = &x
}

// Keep carries over what was noted of an outage that was worked out anew.
func Keep(o *appliance.UPSOutage, noted appliance.UPSOutage) {
	o.LowestCharge = least(o.LowestCharge, noted.LowestCharge)
	o.LowestRuntime = least(o.LowestRuntime, noted.LowestRuntime)
	if o.Announced == nil {
		o.Announced, o.ChargeBefore = noted.Announced, noted.ChargeBefore
	}
	if o.Load == nil {
		o.Load = noted.Load
	}
	if o.Cause == "" {
		o.Cause = noted.Cause
	}
}

func least(a, b *float64) *float64 {
	switch {
	case a == nil:
		return b
	case b == nil || *a <= *b:
		return a
	}
	return b
}

func onBattery(t appliance.UPSTruth) bool {
	return t.Power == appliance.UPSPowerBattery || t.Power == appliance.UPSPowerTest
}
