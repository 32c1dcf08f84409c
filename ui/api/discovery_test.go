package api

import (
	"context"
	"strings"
	"testing"

	"siteward/appliance"
)

// What a search has found at the fake's site: one new device. It is decided in memory only.

func (f *fake) proposal() appliance.Proposal {
	return appliance.Proposal{ID: 1, Kind: appliance.ProposeDevice, Status: appliance.ProposalOpen,
		Device: appliance.Device{Name: hostile, Kind: appliance.KindPrinter, Address: "192.0.2.9"}, Checks: []appliance.Check{{Name: "ping", Probe: appliance.ProbePing}}, Found: start, Seen: start}
}

func (f *fake) Proposals(context.Context) ([]appliance.Proposal, error) {
	return []appliance.Proposal{f.proposal()}, f.broken
}

func (f *fake) Proposal(_ context.Context, id appliance.ID) (appliance.Proposal, error) {
	if id != 1 {
		return appliance.Proposal{}, appliance.ErrNotFound
	}
	return f.proposal(), f.broken
}

func (f *fake) AcceptProposal(ctx context.Context, by appliance.Actor, id appliance.ID, _ appliance.AcceptProposal) (appliance.Device, error) {
	f.by = append(f.by, by)
	p, err := f.Proposal(ctx, id)
	return p.Device, err
}

func (f *fake) IgnoreProposal(ctx context.Context, by appliance.Actor, id appliance.ID) error {
	f.by = append(f.by, by)
	_, err := f.Proposal(ctx, id)
	return err
}

func (f *fake) Discover(_ context.Context, by appliance.Actor, _ appliance.DiscoveryRequest) error {
	f.by = append(f.by, by)
	return f.broken
}

func (f *fake) LastDiscovery(context.Context) (appliance.DiscoveryRun, error) {
	return appliance.DiscoveryRun{}, f.broken
}

func (f *fake) Topology(context.Context) (appliance.Topology, error) {
	return appliance.Topology{Root: 3, Links: []appliance.Link{{Device: 1, Parent: 3, Port: "24"}}}, f.broken
}

func (f *fake) Traps(_ context.Context, want appliance.TrapFilter) ([]appliance.Trap, error) {
	return []appliance.Trap{{Seq: 7, Device: want.Device, Name: "linkDown", Detail: hostile}}, f.broken
}

func TestWhatWasFoundIsReadAndDecided(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/api/v1/proposals?status=open", "", `"address":"192.0.2.9"`},
		{"GET", "/api/v1/proposals?status=ignored", "", `"items":[]`},
		{"POST", "/api/v1/proposals/1/accept", `{"checks":["ping"]}`, `"checks":["ping"]`},
		{"POST", "/api/v1/proposals/1/ignore", "", `"id":1`},
		{"POST", "/api/v1/discovery", `{"ranges":["192.0.2.0/24"]}`, `{`},
		{"GET", "/api/v1/topology", "", `"parent":3`},
		{"GET", "/api/v1/traps?device=1&limit=1", "", `"before":7`},
	} {
		got := b.send(c.method, c.path, c.body)
		if got.Code/100 != 2 || !strings.Contains(got.Body.String(), c.want) {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.Code, got.Body)
		}
	}
	for path, body := range map[string]string{"/api/v1/proposals/9/accept": "{}", "/api/v1/discovery": `{"ranges":[]}`} {
		if got := b.send("POST", path, body); got.Code != 404 && got.Code != 422 {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
}
