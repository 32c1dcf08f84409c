package daemon

import (
	"context"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/ticket"
)

// Contract is Contracts.Contract.
func (d *Daemon) Contract(context.Context) (appliance.Contract, error) {
	c, err := d.store.Contract()
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return appliance.DefaultContract, nil
	}
	return c, err
}

// SaveContract is Contracts.SaveContract. Tickets that are open keep the service hours they were opened with.
func (d *Daemon) SaveContract(ctx context.Context, by appliance.Actor, c appliance.Contract) error {
	site, err := d.Site(ctx)
	if err != nil {
		return err
	}
	if old, err := d.Contract(ctx); err == nil {
		if err := ownedByFile(old.Owner); err != nil {
			return err
		}
	}
	if err := ticket.ValidateContract(c, site); err != nil {
		return err
	}
	return d.change(by, "audit.contract_changed", "contract", c.Name, func(tx *store.Tx) error { return tx.PutContract(&c) })
}

// Contingents is Contracts.Contingents.
func (d *Daemon) Contingents(ctx context.Context) ([]appliance.ContingentStand, error) {
	c, err := d.Contract(ctx)
	if err != nil || len(c.Contingents) == 0 {
		return nil, err
	}
	var worked []appliance.Ticket
	err = d.store.EachTicket(0, func(t appliance.Ticket) bool {
		if len(t.Work) > 0 {
			worked = append(worked, appliance.Ticket{Work: t.Work})
		}
		return false
	})
	return ticket.Contingents(c, worked, d.now(), d.location()), err
}

// Promise is Contracts.Promise.
func (d *Daemon) Promise(ctx context.Context, category appliance.TicketCategory, impact appliance.TicketImpact) (p appliance.Promise, err error) {
	c, err := d.Contract(ctx)
	if err != nil {
		return p, err
	}
	site, err := d.Site(ctx)
	if err != nil {
		return p, err
	}
	if p, err = ticket.PromiseOf(c, site, category, impact, d.now()); err != nil {
		return p, err
	}
	stands, err := d.Contingents(ctx)
	p.Contingent = ticket.Running(stands)
	return p, err
}
