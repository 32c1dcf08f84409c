package api

import (
	"cmp"
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
)

// State is what is said about one item of a check, with the evidence.
type State struct {
	Device        ID                 `json:"device"`
	DeviceName    string             `json:"device_name"`
	Check         ID                 `json:"check"`
	Item          string             `json:"item" doc:"answer, storage/31, if/10, …"`
	Label         string             `json:"label,omitempty"`
	State         string             `json:"state" enum:"ok,paused,maintenance,nodata,warning,critical"`
	Since         time.Time          `json:"since"`
	Seen          *time.Time         `json:"seen,omitempty"`
	Stale         bool               `json:"stale,omitempty"`
	UnreachableBy ID                 `json:"unreachable_by,omitempty" doc:"The device that is down and through which this one is reached."`
	Ack           *appliance.Ack     `json:"ack,omitempty"`
	Evidence      appliance.Evidence `json:"evidence"`
}

type (
	stateFilter struct {
		Paging
		State    string `query:"state" enum:"ok,paused,maintenance,nodata,warning,critical"`
		Problems bool   `query:"problems" doc:"Only warning, critical and no data."`
		Device   ID     `query:"device"`
		Check    ID     `query:"check"`
	}
	// StateRef names a state in a path.
	StateRef struct {
		Check ID     `path:"check" doc:"0 for what the appliance expects by itself: backups, self-tests, the daily round."`
		Item  string `path:"item" maxLength:"200" doc:"As in the list, its slash written %2F."`
	}
)

var stateOrders = orders[State]{
	"state":  func(a, b State) int { return cmp.Compare(rank(a.State), rank(b.State)) },
	"since":  func(a, b State) int { return a.Since.Compare(b.Since) },
	"device": func(a, b State) int { return fold(a.DeviceName, b.DeviceName) },
	"check":  func(a, b State) int { return cmp.Compare(a.Check, b.Check) },
	"item":   func(a, b State) int { return cmp.Compare(a.Item, b.Item) },
}

func rank(name string) appliance.State {
	s, _ := appliance.ParseState(name) // the names are our own
	return s
}

func (a *API) stateRoutes() {
	register(a, operation("GET", "/states", "listStates", "List states"), a.listStates)
	huma.Register(a.huma, operation("POST", "/states/{check}/{item}/ack", "acknowledge", "Take care of a problem", 404, 409), a.acknowledge)
	huma.Register(a.huma, operation("DELETE", "/states/{check}/{item}/ack", "unacknowledge", "Take back an acknowledgement", 404, 409), a.unacknowledge)
}

func (a *API) listStates(ctx context.Context, in *stateFilter) (*pageOutput[State], error) {
	all, err := a.app.States(ctx)
	if err != nil {
		return nil, a.fail("listStates", err)
	}
	devices, err := a.app.Devices(ctx)
	if err != nil {
		return nil, a.fail("listStates", err)
	}
	names := make(map[ID]string, len(devices))
	for _, d := range devices {
		names[d.ID] = d.Name
	}
	var found []State
	for _, s := range all {
		if in.fits(s) {
			found = append(found, stateOf(s, names[s.Device]))
		}
	}
	p, err := page(found, in.Paging, stateOrders, "-state")
	return p, a.fail("listStates", err)
}

func (f *stateFilter) fits(s appliance.StateRecord) bool {
	return (f.State == "" || f.State == s.State.String()) && (!f.Problems || s.State.Problem()) &&
		(f.Device == 0 || f.Device == s.Device) && (f.Check == 0 || f.Check == s.Check)
}

func stateOf(s appliance.StateRecord, device string) State {
	e := s.Evidence
	if e.Number != nil {
		e.Number = number(*e.Number)
	}
	return State{Device: s.Device, DeviceName: device, Check: s.Check, Item: s.Item, Label: s.Label, State: s.State.String(), Since: s.Since,
		Seen: when(s.Seen), Stale: s.Stale, UnreachableBy: s.UnreachableBy, Ack: s.Ack, Evidence: e}
}

func (a *API) acknowledge(ctx context.Context, in *struct {
	StateRef
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"300"`
	}
}) (*struct{}, error) {
	return nil, a.fail("acknowledge", a.app.Acknowledge(ctx, actor(ctx), appliance.StateKey{Check: in.Check, Item: in.Item}, in.Body.Reason))
}

func (a *API) unacknowledge(ctx context.Context, in *StateRef) (*struct{}, error) {
	return nil, a.fail("unacknowledge", a.app.Unacknowledge(ctx, actor(ctx), appliance.StateKey{Check: in.Check, Item: in.Item}))
}
