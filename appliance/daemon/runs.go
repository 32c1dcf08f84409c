package daemon

import (
	"context"

	"siteward/appliance"
	"siteward/appliance/store"
)

// takeRuns keeps what was read from a source, and in the same step of the store whatever also writes: how far the source has
// been read. So a run is neither lost nor doubled, wherever the process is killed. It gives how many runs were new or have a
// new verdict. A reading that found nothing is told as well: then it is known that there was nothing.
func (d *Daemon) takeRuns(_ context.Context, source appliance.ID, runs []appliance.Run, also func(*store.Tx) error) (fresh int, err error) {
	now := d.now()
	err = d.store.Update(func(tx *store.Tx) error {
		fresh = 0
		for i := range runs {
			r := &runs[i]
			r.Source, r.Read = source, now
			was, err := tx.TakeRun(r)
			if err != nil {
				return err
			}
			if was {
				fresh++
			}
		}
		if also == nil {
			return nil
		}
		return also(tx)
	})
	if err != nil {
		return 0, err
	}
	return fresh, nil
}
