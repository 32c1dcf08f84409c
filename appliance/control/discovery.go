package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

func (s server) discoveryRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /discovery", s.discover)
	mux.HandleFunc("GET /discovery", s.lastDiscovery)
	mux.HandleFunc("POST /discovery/stop", s.stopDiscovery)
	mux.HandleFunc("GET /discovery/ranges", s.proposedRanges)
	mux.HandleFunc("GET /proposals", s.proposals)
}

func (s server) discover(w http.ResponseWriter, r *http.Request) {
	var in appliance.DiscoveryRequest
	if s.read(w, r, &in) {
		s.answer(w, nil, s.ops.Discover(r.Context(), in))
	}
}

func (s server) lastDiscovery(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.LastDiscovery(r.Context())
	s.answer(w, out, err)
}

func (s server) stopDiscovery(w http.ResponseWriter, r *http.Request) {
	s.answer(w, nil, s.ops.StopDiscovery(r.Context()))
}

func (s server) proposedRanges(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.ProposedRanges(r.Context())
	s.answer(w, out, err)
}

func (s server) proposals(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.Proposals(r.Context())
	s.answer(w, out, err)
}

// Discover is Ops.Discover.
func (c *Client) Discover(ctx context.Context, r appliance.DiscoveryRequest) error {
	return c.call(ctx, "POST", "/discovery", r, nil)
}

// LastDiscovery is Ops.LastDiscovery.
func (c *Client) LastDiscovery(ctx context.Context) (out appliance.DiscoveryRun, err error) {
	err = c.call(ctx, "GET", "/discovery", nil, &out)
	return out, err
}

// StopDiscovery is Ops.StopDiscovery.
func (c *Client) StopDiscovery(ctx context.Context) error {
	return c.call(ctx, "POST", "/discovery/stop", nil, nil)
}

// ProposedRanges is Ops.ProposedRanges.
func (c *Client) ProposedRanges(ctx context.Context) (out []string, err error) {
	err = c.call(ctx, "GET", "/discovery/ranges", nil, &out)
	return out, err
}

// Proposals is Ops.Proposals.
func (c *Client) Proposals(ctx context.Context) (out []appliance.Proposal, err error) {
	err = c.call(ctx, "GET", "/proposals", nil, &out)
	return out, err
}
