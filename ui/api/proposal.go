package api

import (
	"cmp"
	"context"
	"time"

	"siteward/appliance"
)

// Proposal is something that a search has found and what could be done about it.
type Proposal struct {
	ID        ID             `json:"id"`
	Kind      string         `json:"kind" enum:"device,moved,twin,way"`
	Status    string         `json:"status" enum:"open,accepted,ignored,merged"`
	Target    ID             `json:"target,omitempty" doc:"The known device it is about, or the device that was made of it."`
	Device    ProposedDevice `json:"device"`
	Identity  Identity       `json:"identity"`
	Marks     FoundMarks     `json:"marks" doc:"By what it is recognised."`
	Checks    []string       `json:"checks" nullable:"false" doc:"Names of the checks it would get."`
	From      string         `json:"from,omitempty" doc:"Of moved: the address until now."`
	Others    []string       `json:"others,omitempty" doc:"Of twins: addresses that say the same of themselves."`
	Evidence  []string       `json:"evidence" nullable:"false" doc:"Why it is believed, in English."`
	Found     time.Time      `json:"found"`
	Seen      time.Time      `json:"seen"`
	DecidedBy string         `json:"decided_by,omitempty"`
	Decided   *time.Time     `json:"decided,omitempty"`
}

// ProposedDevice is a device as it would be stored.
type ProposedDevice struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Address string `json:"address"`
	Place   string `json:"place,omitempty"`
	Parents []ID   `json:"parents" nullable:"false"`
}

// FoundMarks is the appliance's own word.
type FoundMarks = appliance.Marks

// Topology is who is connected to whom.
type Topology struct {
	Read  *time.Time             `json:"read,omitempty" doc:"When the newest table of a switch was read."`
	Root  ID                     `json:"root,omitempty"`
	Links []appliance.Link       `json:"links" nullable:"false"`
	Ports []appliance.PortGuests `json:"ports" nullable:"false" doc:"Who was seen behind each port."`
}

// SearchInput is where to look.
type SearchInput struct {
	Ranges []string `json:"ranges" nullable:"false" minItems:"1" maxItems:"64" doc:"CIDR, IPv4; at most 4096 addresses together."`
	Public bool     `json:"public,omitempty" doc:"Also ranges that are not private."`
	Rate   int      `json:"rate,omitempty" minimum:"0" maximum:"500" doc:"Packets a second; 0: 50."`
	NoSNMP bool     `json:"no_snmp,omitempty" doc:"Try no credentials."`
}

func (a *API) discoveryRoutes() {
	register(a, operation("GET", "/proposals", "listProposals", "List what searches have found"), a.listProposals)
	registerBody(a, operation("POST", "/proposals/{id}/accept", "acceptProposal", "Do what is proposed", 404, 409, 422), a.acceptProposal)
	register(a, operation("POST", "/proposals/{id}/ignore", "ignoreProposal", "Remember that nobody wants it", 404, 409), a.ignoreProposal)
	registerBody(a, operation("POST", "/discovery", "startDiscovery", "Begin a search for devices", 409, 422), a.startDiscovery)
	register(a, operation("GET", "/discovery", "getDiscovery", "How far the search is, or what the last one did", 404), a.getDiscovery)
	register(a, operation("GET", "/topology", "getTopology", "Who is connected to whom"), a.getTopology)
}

func (a *API) listProposals(ctx context.Context, in *struct {
	Paging
	Status string `query:"status" enum:"open,accepted,ignored,merged" doc:"Only these."`
}) (*pageOutput[Proposal], error) {
	list, err := a.app.Proposals(ctx)
	if err != nil {
		return nil, a.fail("listProposals", err)
	}
	var out []Proposal
	for _, p := range list {
		if in.Status == "" || in.Status == string(p.Status) {
			out = append(out, proposalOf(p))
		}
	}
	p, err := page(out, in.Paging, orders[Proposal]{
		"id":   func(x, y Proposal) int { return cmp.Compare(x.ID, y.ID) },
		"name": func(x, y Proposal) int { return fold(x.Device.Name, y.Device.Name) },
		"seen": func(x, y Proposal) int { return x.Seen.Compare(y.Seen) },
	}, "id")
	return p, a.fail("listProposals", err)
}

func proposalOf(p appliance.Proposal) Proposal {
	out := Proposal{ID: p.ID, Kind: string(p.Kind), Status: string(p.Status), Target: p.Target, Identity: p.Identity, Marks: p.Marks, Checks: []string{},
		From: p.From, Others: p.Others, Evidence: []string{}, Found: p.Found, Seen: p.Seen, DecidedBy: p.By, Decided: when(p.Decided),
		Device: ProposedDevice{Name: p.Device.Name, Kind: string(p.Device.Kind), Address: p.Device.Address, Place: p.Device.Place, Parents: append([]ID{}, p.Device.Parents...)}}
	for _, c := range p.Checks {
		out.Checks = append(out.Checks, c.Name)
	}
	for _, m := range p.Evidence {
		out.Evidence = append(out.Evidence, m.English)
	}
	return out
}

func (a *API) acceptProposal(ctx context.Context, in *struct {
	ID   ID `path:"id" minimum:"1"`
	Body struct {
		Name    string   `json:"name,omitempty" maxLength:"100" doc:"Instead of the proposed one."`
		Kind    string   `json:"kind,omitempty" enum:"server,nas,switch,router,firewall,access-point,ups,pdu,printer,sensor,service,other"`
		Place   string   `json:"place,omitempty" maxLength:"200"`
		Purpose string   `json:"purpose,omitempty" maxLength:"300"`
		Checks  []string `json:"checks,omitempty" nullable:"false" doc:"Names of the checks it gets; left out: all that are proposed."`
	}
}) (*struct{ Body Proposal }, error) {
	b := in.Body
	_, err := a.app.AcceptProposal(ctx, actor(ctx), in.ID, appliance.AcceptProposal{Name: b.Name, Kind: appliance.Kind(b.Kind), Place: b.Place, Purpose: b.Purpose, Checks: b.Checks})
	return a.proposalNow(ctx, "acceptProposal", in.ID, err)
}

func (a *API) ignoreProposal(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body Proposal }, error) {
	return a.proposalNow(ctx, "ignoreProposal", in.ID, a.app.IgnoreProposal(ctx, actor(ctx), in.ID))
}

func (a *API) proposalNow(ctx context.Context, operation string, id ID, err error) (*struct{ Body Proposal }, error) {
	if err != nil {
		return nil, a.fail(operation, err)
	}
	p, err := a.app.Proposal(ctx, id)
	if err != nil {
		return nil, a.fail(operation, err)
	}
	return &struct{ Body Proposal }{proposalOf(p)}, nil
}

func (a *API) startDiscovery(ctx context.Context, in *struct{ Body SearchInput }) (*struct{ Body appliance.DiscoveryRun }, error) {
	b := in.Body
	if err := a.app.Discover(ctx, actor(ctx), appliance.DiscoveryRequest{Ranges: b.Ranges, Public: b.Public, Rate: b.Rate, NoSNMP: b.NoSNMP}); err != nil {
		return nil, a.fail("startDiscovery", err)
	}
	return a.getDiscovery(ctx, &struct{}{})
}

func (a *API) getDiscovery(ctx context.Context, _ *struct{}) (*struct{ Body appliance.DiscoveryRun }, error) {
	run, err := a.app.LastDiscovery(ctx)
	if err != nil {
		return nil, a.fail("getDiscovery", err)
	}
	return &struct{ Body appliance.DiscoveryRun }{run}, nil
}

func (a *API) getTopology(ctx context.Context, _ *struct{}) (*struct{ Body Topology }, error) {
	t, err := a.app.Topology(ctx)
	if err != nil {
		return nil, a.fail("getTopology", err)
	}
	return &struct{ Body Topology }{Topology{Read: when(t.Read), Root: t.Root, Links: append([]appliance.Link{}, t.Links...), Ports: append([]appliance.PortGuests{}, t.Ports...)}}, nil
}
