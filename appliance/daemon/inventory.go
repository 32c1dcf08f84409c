package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/inventory"
	"siteward/appliance/store"
	"siteward/probes/snmp"
)

// Times of taking stock. What a device is made of changes seldom, and lists of programs are long ones.
const (
	inventoryLook  = 30 * time.Minute
	inventoryEvery = 20 * time.Hour
	inventoryWait  = 2 * time.Minute // of one device
)

// stock is what of the inventories is needed often: when each was read, and what ends. The lists stay in the store.
type stock struct {
	mu       sync.Mutex
	read     map[appliance.ID]time.Time
	coverage map[appliance.ID][]appliance.Coverage
}

// recall reads again what the store has.
func (s *stock) recall(each func(func(appliance.Inventory) error) error) error {
	read, coverage := map[appliance.ID]time.Time{}, map[appliance.ID][]appliance.Coverage{}
	err := each(func(inv appliance.Inventory) error {
		read[inv.Device] = inv.Read
		if len(inv.Coverage) > 0 {
			coverage[inv.Device] = inv.Coverage
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the inventories of devices: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read, s.coverage = read, coverage
	return nil
}

func (s *stock) put(inv appliance.Inventory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read[inv.Device], s.coverage[inv.Device] = inv.Read, inv.Coverage
}

func (s *stock) of(id appliance.ID) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read[id]
}

func (s *stock) ends() map[appliance.ID][]appliance.Coverage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.coverage)
}

// Inventory is App.Inventory.
func (d *Daemon) Inventory(_ context.Context, device appliance.ID) (appliance.Inventory, error) {
	if _, ok := d.live.device(device); !ok {
		return appliance.Inventory{}, appliance.ErrNotFound
	}
	return d.store.Inventory(device)
}

// EachInventory is App.EachInventory.
func (d *Daemon) EachInventory(ctx context.Context, visit func(appliance.Inventory) error) error {
	return d.store.EachInventory(func(inv appliance.Inventory) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return visit(inv)
	})
}

// SaveCoverage is App.SaveCoverage.
func (d *Daemon) SaveCoverage(_ context.Context, by appliance.Actor, device appliance.ID, list []appliance.Coverage) error {
	dev, ok := d.live.device(device)
	if !ok {
		return appliance.ErrNotFound
	}
	list, err := config.ValidCoverage(list)
	if err != nil {
		return err
	}
	var inv appliance.Inventory
	err = d.change(by, "audit.coverage_changed", "device", dev.Name, func(tx *store.Tx) error {
		if inv, err = tx.Inventory(device); err != nil {
			return err
		}
		inv.Coverage = list
		return tx.PutInventory(inv)
	})
	if err != nil {
		return err
	}
	d.stock.put(inv)
	return d.expectCoverage()
}

// takeStock is the row of the jobs table: it reads the inventories that are due and looks what ends.
func (d *Daemon) takeStock(ctx context.Context) error {
	var group errgroup.Group
	group.SetLimit(2)
	for _, v := range d.live.deviceViews() {
		c := snmpCheck(v)
		if c == nil || v.Paused.Active(d.now()) || c.Paused.Active(d.now()) || len(v.Identity.Profiles) == 0 || d.now().Sub(d.stock.of(v.ID)) < inventoryEvery {
			continue
		}
		group.Go(func() error { return d.takeStockOf(ctx, v, *c) })
	}
	return errors.Join(group.Wait(), d.expectCoverage())
}

// takeStockOf reads one device. One that does not answer is no news here: its checks say so.
func (d *Daemon) takeStockOf(ctx context.Context, v appliance.DeviceView, c appliance.Check) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cred, err := d.credential(c)
	if err != nil {
		return nil //nolint:nilerr // the check says it
	}
	set, err := d.profiles()
	if err != nil {
		return err
	}
	match, err := set.Named(v.Identity.Profiles...)
	if err != nil {
		return nil //nolint:nilerr // a profile that is gone: the next reading finds others
	}
	ctx, cancel := context.WithTimeout(ctx, inventoryWait)
	defer cancel()
	ask, done, err := d.reader.Open(ctx, snmp.Target{Device: v.Device, Check: c, Credential: &cred}, silentLog{})
	if err != nil {
		return nil //nolint:nilerr // the check says it
	}
	told, _ := match.Inventory(ctx, ask) // what could not be read is not OK
	done()
	if len(told.Parts)+len(told.Software)+len(told.Ports) == 0 {
		return nil
	}
	r := inventory.Reading{At: d.now(), Parts: told.Parts, Ports: told.Ports, PartsOK: told.PartsOK, SoftwareOK: told.SoftwareOK, PortsOK: told.PortsOK,
		PartsCut: told.PartsCut, SoftwareCut: told.SoftwareCut}
	for _, text := range told.Software {
		r.Software = append(r.Software, inventory.ParseSoftware(text))
	}
	return d.keepStock(v.Device, r)
}

// keepStock stores what was read and what changed in one step.
func (d *Daemon) keepStock(dev appliance.Device, r inventory.Reading) error {
	var next appliance.Inventory
	var news []appliance.Event
	err := d.store.Update(func(tx *store.Tx) error {
		was, err := tx.Inventory(dev.ID)
		if err != nil {
			return err
		}
		next, news = inventory.Merge(was, r)
		if err := tx.PutInventory(next); err != nil {
			return err
		}
		return tx.Append(news)
	})
	if appliance.CodeOf(err) == appliance.CodeReadOnly {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store the inventory of %s: %w", dev.Name, err)
	}
	d.stock.put(next)
	if len(news) > 0 {
		d.changes.publish(appliance.Change{Device: dev.ID})
	}
	return nil
}

// expectCoverage settles how warranties and subscriptions stand.
func (d *Daemon) expectCoverage() error {
	now := d.now().In(d.location())
	var list []expectation
	wanted := map[string]bool{}
	for device, all := range d.stock.ends() {
		if _, ok := d.live.device(device); !ok {
			continue
		}
		for _, c := range all {
			item := fmt.Sprintf("coverage/%d.%d", device, c.ID)
			days, state := c.Standing(now)
			key, english := "coverage.left_"+string(c.Kind), fmt.Sprintf("%s ends in %d days, on %s", c.Kind, days, c.Until)
			if days < 0 {
				key, english = "coverage.over_"+string(c.Kind), fmt.Sprintf("%s ended %d days ago, on %s", c.Kind, -days, c.Until)
			}
			wanted[item] = true
			list = append(list, expectation{Item: item, Device: device, Label: c.Name, State: state, Evidence: appliance.Evidence{
				Why: appliance.Message{Key: key, Args: map[string]any{"n": max(days, -days), "until": c.Until}, English: english},
				At:  now.Truncate(24 * time.Hour), Verbatim: strings.TrimSpace(c.Until + " " + c.Reference)}})
		}
	}
	slices.SortFunc(list, func(a, b expectation) int { return cmp.Compare(a.Item, b.Item) })
	var gone []string
	for _, r := range d.live.statesOf(0) {
		if strings.HasPrefix(r.Item, "coverage/") && !wanted[r.Item] {
			gone = append(gone, r.Item)
		}
	}
	return d.expect(list, gone...)
}
