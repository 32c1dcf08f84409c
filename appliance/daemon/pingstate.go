package daemon

import (
	"context"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/probes"
)

// pingState remembers how the appliance may send ICMP echoes. It is asked anew now and then, because an administrator may
// mend it meanwhile.
type pingState struct {
	mu   sync.Mutex
	at   time.Time
	mode probes.Mode
	note appliance.Message
}

func (d *Daemon) pingMode() (probes.Mode, appliance.Message) {
	d.ping.mu.Lock()
	defer d.ping.mu.Unlock()
	if now := d.now(); d.ping.at.IsZero() || now.Sub(d.ping.at) > time.Minute {
		d.ping.mode, d.ping.note = probes.PingMode(context.Background())
		d.ping.at = now
	}
	return d.ping.mode, d.ping.note
}
