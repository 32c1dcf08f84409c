package central

import (
	"context"
	"time"

	"siteward/appliance"
)

// Lease says which process does something that only one may do at a time.
type Lease struct {
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
}

// Leases keeps leases by what they are for.
var Leases = Noun[Lease]{"lease"}

// Hold takes or renews a lease. It says whether holder has it until then. A process that dies leaves it to another when it ends.
func Hold(ctx context.Context, s Records, name, holder string, now time.Time, term time.Duration) (bool, error) {
	l, version, err := Leases.Find(ctx, s, name)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return false, err
	}
	if l.Holder != holder && now.Before(l.Until) && l.Until.Before(now.Add(2*term)) { // one from a clock far ahead is none
		return false, nil
	}
	err = Leases.Put(ctx, s, name, Lease{Holder: holder, Until: now.Add(term)}, version)
	if appliance.CodeOf(err) == appliance.CodeConflict {
		return false, nil
	}
	return err == nil, err
}
