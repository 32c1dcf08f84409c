package daemon

import (
	"context"
	"errors"
	"time"
)

// Times of getting to know a new device: who added it wants to see who is behind its ports and what it is made of, and does not wait for
// the regular round.
const (
	newcomerLook = 30 * time.Second
	newcomerFor  = time.Hour
)

// meetNewcomers is the row of the jobs table. A device that told for the first time what it is is read once; one that does not tell
// all then waits for the regular round like everybody.
func (d *Daemon) meetNewcomers(ctx context.Context) error {
	var failed error
	met := false
	for _, v := range d.live.deviceViews() {
		c := snmpCheck(v)
		if c == nil || len(v.Identity.Profiles) == 0 || d.now().Sub(v.Created) > newcomerFor || v.Paused.Active(d.now()) {
			continue
		}
		if _, before := d.met.LoadOrStore(v.ID, true); before {
			continue
		}
		_, known := d.topology.of(v.ID)
		if !known {
			failed = errors.Join(failed, d.readNeighboursOf(ctx, v.Device, *c, carries(v.Kind) || carries(v.Identity.Kind)))
		}
		if d.stock.of(v.ID).IsZero() {
			failed = errors.Join(failed, d.takeStockOf(ctx, v, *c))
		}
		met = met || !known
	}
	if !met {
		return failed
	}
	t, err := d.Topology(ctx)
	if err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(failed, d.proposeWays(t))
}
