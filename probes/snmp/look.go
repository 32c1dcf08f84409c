package snmp

import (
	"context"

	"siteward/appliance"
	"siteward/probes/snmp/profile"
)

// Look asks a device once for everything the profiles know of it and remembers nothing: `siteward probe snmp`. The facts
// are nil when the device could not be asked; the reading's failure then says why. The log is in the reading.
func (r *Reader) Look(ctx context.Context, t Target) (*profile.Facts, appliance.Reading) {
	reading, p := r.visit(ctx, &t, &watched{}, nil)
	if p == nil {
		return nil, reading
	}
	return p.w.plan.Facts(p.hotVars, p.coldVars), reading
}
