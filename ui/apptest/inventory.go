package apptest

import (
	"context"
	"maps"
	"slices"

	"siteward/appliance"
)

// stocktake tells what the sample site's devices are made of.
func (a *App) stocktake() {
	began := at(30, 7, 0)
	a.stock = map[appliance.ID]appliance.Inventory{
		1: {Device: 1, First: began, Read: at(0, 3, 10), Parts: []appliance.Part{
			{Kind: appliance.PartChassis, Slot: "Chassis", Model: "J9773A 2530-24G-PoEP", Serial: "CN48FPQ0BR", Firmware: "YA.16.11.0020", First: began},
			{Kind: appliance.PartPSU, Slot: "Power supply 1", Model: "J9773A PSU", Serial: "CN48PS0012", First: began},
			{Kind: appliance.PartFan, Slot: "Fan tray 1", First: began}},
			Ports:    []appliance.InventedPort{{Name: "1", Alias: "srv-praxis"}, {Name: "2"}, {Name: "3", Off: true}, {Name: "4"}},
			Coverage: []appliance.Coverage{{ID: 1, Kind: appliance.CoverageWarranty, Until: "2031-05-31", Name: "Lifetime warranty"}}},
		2: {Device: 2, First: began, Read: at(0, 3, 11), Software: []appliance.Software{
			{Name: "nginx", Version: "1.26.3-3", First: began}, {Name: "openssh-server", Version: "1:10.0p1-7", First: began}, {Name: "postgresql-17", Version: "17.6-0+deb13u1", First: at(6, 3, 11)}},
			Coverage: []appliance.Coverage{{ID: 1, Kind: appliance.CoverageSupport, Until: "2027-01-10", Name: "Next business day", Reference: "5523-118"}, {ID: 2, Kind: appliance.CoverageLicence, Until: "2026-11-29", Name: "Practice software"}}},
		4: {Device: 4, First: began, Read: at(0, 3, 12), Parts: []appliance.Part{
			{Kind: appliance.PartDisk, Slot: "Disk 1", Model: "ST4000VN006-3CW104", Serial: "ZW62A1B2", First: began},
			{Kind: appliance.PartDisk, Slot: "Disk 2", Model: "ST4000VN006-3CW104", Serial: "ZW62C3D4", First: at(12, 3, 12)}}},
	}
}

// Inventory is the sample's.
func (a *App) Inventory(ctx context.Context, device appliance.ID) (appliance.Inventory, error) {
	if _, err := a.Device(ctx, device); err != nil {
		return appliance.Inventory{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	inv := a.stock[device]
	inv.Device = device
	return inv, nil
}

// EachInventory hands out the sample's.
func (a *App) EachInventory(_ context.Context, visit func(appliance.Inventory) error) error {
	a.mu.Lock()
	all := maps.Clone(a.stock)
	a.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if err := visit(all[id]); err != nil {
			return err
		}
	}
	return nil
}

// SaveCoverage stores what ends.
func (a *App) SaveCoverage(ctx context.Context, _ appliance.Actor, device appliance.ID, list []appliance.Coverage) error {
	inv, err := a.Inventory(ctx, device)
	if err != nil {
		return err
	}
	return a.change("save coverage of device "+device.String(), appliance.Change{Config: true}, func() error {
		list = slices.Clone(list)
		for i := range list {
			if list[i].Until == "" {
				return appliance.Invalid("until", "coverage.wrong_date", "write the last day", nil)
			}
			if list[i].ID == 0 {
				list[i].ID = appliance.ID(len(list) + 100)
			}
		}
		inv.Coverage = list
		a.stock[device] = inv
		return nil
	})
}
