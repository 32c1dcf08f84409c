package api

import (
	"context"

	"siteward/appliance"
)

// Traps are what devices sent by themselves, newest first.
type Traps struct {
	Items  []appliance.Trap `json:"items" nullable:"false"`
	Before uint64           `json:"before,omitempty" doc:"For the next page; left out at the end."`
}

type trapFilter struct {
	Fate   []string `query:"fate" doc:"known, unknown, untrusted, malformed, dropped; left out: all."`
	Device ID       `query:"device"`
	Before uint64   `query:"before" doc:"Only those with a lower number."`
	Limit  int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (a *API) trapRoutes() {
	register(a, operation("GET", "/traps", "listTraps", "SNMP traps and informs, and how many were dropped, newest first"), a.listTraps)
}

func (a *API) listTraps(ctx context.Context, in *trapFilter) (*struct{ Body Traps }, error) {
	f := appliance.TrapFilter{Device: in.Device, Before: in.Before, Limit: in.Limit}
	for _, fate := range in.Fate {
		f.Fates = append(f.Fates, appliance.TrapFate(fate))
	}
	list, err := a.app.Traps(ctx, f)
	if err != nil {
		return nil, a.fail("listTraps", err)
	}
	out := Traps{Items: list}
	if out.Items == nil {
		out.Items = []appliance.Trap{}
	}
	if len(list) >= in.Limit && len(list) > 0 {
		out.Before = list[len(list)-1].Seq
	}
	return &struct{ Body Traps }{out}, nil
}
