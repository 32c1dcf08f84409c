package daemon

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"siteward/appliance"
	"siteward/probes"
)

// senders knows which device has which address, and the credentials that traps are held against.
type senders struct {
	addresses atomic.Pointer[map[netip.Addr][]appliance.ID]

	mu          sync.Mutex
	configured  uint64 // Daemon.configured when they were read
	made        time.Time
	credentials []appliance.Credential
}

// Names are looked up again, and secrets in files are read again, after so long.
const (
	sendersEvery     = 5 * time.Minute
	credentialsEvery = 30 * time.Second
)

func (s *senders) known(a netip.Addr) bool { return len(s.devices(a)) > 0 }

func (s *senders) devices(a netip.Addr) []appliance.ID {
	m := s.addresses.Load()
	if m == nil {
		return nil
	}
	return (*m)[a.Unmap().WithZone("")]
}

// findSenders keeps the addresses of the devices: at once when devices change, and names that DNS has to say every few minutes.
func (d *Daemon) findSenders(ctx context.Context) {
	changed := d.changes.subscribe(ctx)
	again := time.NewTicker(sendersEvery)
	defer again.Stop()
	for {
		d.nameSenders(ctx)
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return
			case <-again.C:
				waiting = false
			case c, open := <-changed:
				waiting = open && !c.Config
				if !open {
					<-ctx.Done()
					return
				}
			}
		}
	}
}

func (d *Daemon) nameSenders(ctx context.Context) {
	views, err := d.Devices(ctx)
	if err != nil {
		return
	}
	found := map[netip.Addr][]appliance.ID{}
	var names []appliance.DeviceView
	for _, v := range views {
		if a, err := netip.ParseAddr(v.Address); err == nil {
			a = a.Unmap().WithZone("")
			found[a] = append(found[a], v.ID)
		} else {
			names = append(names, v)
		}
	}
	first := d.withTold(found)
	d.post.senders.addresses.Store(&first)
	if len(names) == 0 {
		return
	}
	all := make(map[netip.Addr][]appliance.ID, len(found)+len(names))
	for a, ids := range found {
		all[a] = slices.Clone(ids)
	}
	for _, v := range names {
		look, cancel := context.WithTimeout(ctx, 2*time.Second)
		addresses, err := net.DefaultResolver.LookupNetIP(look, "ip", v.Address)
		cancel()
		if err != nil {
			continue
		}
		for _, a := range addresses {
			if a = a.Unmap().WithZone(""); !slices.Contains(all[a], v.ID) {
				all[a] = append(all[a], v.ID)
			}
		}
	}
	all = d.withTold(all)
	d.post.senders.addresses.Store(&all)
}

// withTold adds the addresses that devices tell of their own interfaces, where no device is kept under them: a router sends from the
// interface that leads here, whatever address it is asked at.
func (d *Daemon) withTold(kept map[netip.Addr][]appliance.ID) map[netip.Addr][]appliance.ID {
	all := maps.Clone(kept)
	for id, t := range d.topology.all() {
		for _, text := range t.Addresses {
			a, err := netip.ParseAddr(text)
			if err != nil {
				continue
			}
			a = a.Unmap().WithZone("")
			if len(kept[a]) > 0 || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || slices.Contains(all[a], id) {
				continue
			}
			if _, ok := d.live.device(id); ok {
				all[a] = append(slices.Clone(all[a]), id)
			}
		}
	}
	return all
}

// trapCredentials are the stored credentials with their secrets. Those that cannot be read are left out: their senders are nobody.
func (d *Daemon) trapCredentials() []appliance.Credential {
	s := &d.post.senders
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := d.configured.Load(); s.made.IsZero() || time.Since(s.made) > credentialsEvery || n != s.configured {
		s.configured, s.made, s.credentials = n, time.Now(), nil
		all, err := d.store.Credentials()
		if err != nil {
			return nil
		}
		for _, c := range all {
			if c, err = probes.Resolve(c, d.secrets); err == nil {
				s.credentials = append(s.credentials, c)
			}
		}
	}
	return s.credentials
}

// senderOf finds the device that an authentic message is from, or says why none.
func (d *Daemon) senderOf(a netip.Addr, credentials []appliance.ID) (appliance.ID, appliance.TrapRefusal) {
	ids := d.post.senders.devices(a)
	switch len(ids) {
	case 0:
		return 0, appliance.TrapNoDevice
	case 1:
		return ids[0], ""
	}
	var fit []appliance.ID
	for _, id := range ids {
		if d.asksWith(id, credentials) {
			fit = append(fit, id)
		}
	}
	if len(fit) == 1 {
		return fit[0], ""
	}
	return 0, appliance.TrapManyDevices
}

// asksWith says that a check of a device uses one of the credentials.
func (d *Daemon) asksWith(device appliance.ID, credentials []appliance.ID) bool {
	for _, c := range d.checksOf(device) {
		if c.SNMP != nil && slices.Contains(credentials, c.SNMP.Credential) {
			return true
		}
	}
	return false
}

// checksOf gives a device's checks.
func (d *Daemon) checksOf(device appliance.ID) (out []appliance.Check) {
	for _, c := range d.live.allChecks() {
		if c.Device == device {
			out = append(out, c)
		}
	}
	return out
}
