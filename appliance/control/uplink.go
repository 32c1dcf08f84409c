package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// UplinkOps is what the command line asks about what is sent to the provider.
type UplinkOps interface {
	UplinkState(ctx context.Context) (appliance.UplinkState, error)
	UplinkPolicy(ctx context.Context) (appliance.UplinkPolicy, error)
	SaveUplinkPolicy(ctx context.Context, p appliance.UplinkPolicy) error
	SentReports(ctx context.Context, f appliance.SentFilter) ([]appliance.Sent, error)
	SentReport(ctx context.Context, id appliance.ID) (appliance.Sent, error)
}

func (s server) uplinkRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /uplink", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.UplinkState(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("GET /uplink/policy", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.UplinkPolicy(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /uplink/policy", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.UplinkPolicy
		if s.read(w, r, &in) {
			s.answer(w, nil, s.ops.SaveUplinkPolicy(r.Context(), in))
		}
	})
	mux.HandleFunc("POST /uplink/sent", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.SentFilter
		if s.read(w, r, &in) {
			out, err := s.ops.SentReports(r.Context(), in)
			s.answer(w, out, err)
		}
	})
	mux.HandleFunc("POST /uplink/sent/one", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.ID
		if s.read(w, r, &in) {
			out, err := s.ops.SentReport(r.Context(), in)
			s.answer(w, out, err)
		}
	})
}

// UplinkState is UplinkOps.UplinkState.
func (c *Client) UplinkState(ctx context.Context) (out appliance.UplinkState, err error) {
	err = c.call(ctx, "GET", "/uplink", nil, &out)
	return out, err
}

// UplinkPolicy is UplinkOps.UplinkPolicy.
func (c *Client) UplinkPolicy(ctx context.Context) (out appliance.UplinkPolicy, err error) {
	err = c.call(ctx, "GET", "/uplink/policy", nil, &out)
	return out, err
}

// SaveUplinkPolicy is UplinkOps.SaveUplinkPolicy.
func (c *Client) SaveUplinkPolicy(ctx context.Context, p appliance.UplinkPolicy) error {
	return c.call(ctx, "POST", "/uplink/policy", p, nil)
}

// SentReports is UplinkOps.SentReports.
func (c *Client) SentReports(ctx context.Context, f appliance.SentFilter) (out []appliance.Sent, err error) {
	err = c.call(ctx, "POST", "/uplink/sent", f, &out)
	return out, err
}

// SentReport is UplinkOps.SentReport.
func (c *Client) SentReport(ctx context.Context, id appliance.ID) (out appliance.Sent, err error) {
	err = c.call(ctx, "POST", "/uplink/sent/one", id, &out)
	return out, err
}
