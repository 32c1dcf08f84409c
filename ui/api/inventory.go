package api

import (
	"cmp"
	"context"

	"siteward/appliance"
)

// Inventory is the appliance's own word.
type Inventory = appliance.Inventory

type inventoryOutput struct {
	Body Inventory
}

var inventoryOrders = orders[Inventory]{
	"device": func(a, b Inventory) int { return cmp.Compare(a.Device, b.Device) },
	"read":   func(a, b Inventory) int { return a.Read.Compare(b.Read) },
}

func (a *API) inventoryRoutes() {
	register(a, operation("GET", "/inventory", "listInventories", "List what devices are made of, and what ends: warranties, subscriptions"), a.listInventories)
	register(a, operation("GET", "/devices/{id}/inventory", "getInventory", "Read what a device is made of: parts, programs, ports, end dates", 404), a.getInventory)
}

func (a *API) listInventories(ctx context.Context, in *Paging) (*pageOutput[Inventory], error) {
	var all []Inventory // without their lists: those of the page are read afterwards
	err := a.app.EachInventory(ctx, func(inv Inventory) error {
		all = append(all, Inventory{Device: inv.Device, Read: inv.Read})
		return nil
	})
	if err != nil {
		return nil, a.fail("listInventories", err)
	}
	p, err := page(all, *in, inventoryOrders, "device")
	if err != nil {
		return nil, a.fail("listInventories", err)
	}
	for i, inv := range p.Body.Items {
		whole, err := a.app.Inventory(ctx, inv.Device)
		if err == nil {
			p.Body.Items[i] = whole
		} else if appliance.CodeOf(err) != appliance.CodeNotFound { // deleted at this moment
			return nil, a.fail("listInventories", err)
		}
	}
	return p, nil
}

func (a *API) getInventory(ctx context.Context, in *RecordKey) (*inventoryOutput, error) {
	inv, err := a.app.Inventory(ctx, in.ID)
	if err != nil {
		return nil, a.fail("getInventory", err)
	}
	return &inventoryOutput{Body: inv}, nil
}
