package daemon

import (
	"context"
	"strings"
	"time"

	"siteward/appliance/message"
)

// Offers are asked for soon after central has announced some, and not more often than that.
const (
	offersRest  = time.Minute
	offersLimit = time.Minute // of one fetch
	maxAnnounce = 16 << 10
)

// offersAnnounced hears what central says beside an acknowledgement. It is a hint and no more: what there is is asked for, signed, and
// held like everything else. The same announcement is followed once.
func (d *Daemon) offersAnnounced(a message.Answer) {
	var all strings.Builder
	for _, o := range a.Offers {
		all.Write(o)
	}
	said, _ := d.provider.said.Load().(string)
	if all.Len() == 0 || all.Len() > maxAnnounce || all.String() == said {
		return
	}
	d.provider.said.Store(all.String())
	select {
	case d.provider.news <- struct{}{}:
	default:
	}
}

// keepOffers fetches what was announced. What fails is tried again with the next announcement, and by the hourly job.
func (d *Daemon) keepOffers(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.provider.news:
		}
		limited, cancel := context.WithTimeout(ctx, offersLimit)
		_, err := d.FetchOffers(limited)
		cancel()
		if err != nil && ctx.Err() == nil {
			d.provider.said.Store("")
			d.log.Warn("what the provider offers could not be fetched", "err", err)
		}
		rest := time.NewTimer(offersRest)
		select {
		case <-ctx.Done():
			rest.Stop()
			return
		case <-rest.C:
		}
	}
}
