package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// ProviderOps is what the command line asks about the provider's central system.
type ProviderOps interface {
	Enrolments(ctx context.Context) ([]appliance.Enrolment, error)
	LookAtProvider(ctx context.Context, url string) (appliance.ProviderIdentity, error)
	Connect(ctx context.Context, r appliance.ConnectRequest) (appliance.Enrolment, error)
	RotateKey(ctx context.Context) error
	Disconnect(ctx context.Context, reason string) error
}

func (s server) providerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /provider", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.Enrolments(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /provider/look", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.ConnectRequest
		if s.read(w, r, &in) {
			out, err := s.ops.LookAtProvider(r.Context(), in.URL)
			s.answer(w, out, err)
		}
	})
	mux.HandleFunc("POST /provider/connect", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.ConnectRequest
		if s.read(w, r, &in) {
			out, err := s.ops.Connect(r.Context(), in)
			s.answer(w, out, err)
		}
	})
	mux.HandleFunc("POST /provider/rotate", func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, nil, s.ops.RotateKey(r.Context()))
	})
	mux.HandleFunc("POST /provider/disconnect", func(w http.ResponseWriter, r *http.Request) {
		var reason string
		if s.read(w, r, &reason) {
			s.answer(w, nil, s.ops.Disconnect(r.Context(), reason))
		}
	})
}

// Enrolments is ProviderOps.Enrolments.
func (c *Client) Enrolments(ctx context.Context) (out []appliance.Enrolment, err error) {
	err = c.call(ctx, "GET", "/provider", nil, &out)
	return out, err
}

// LookAtProvider is ProviderOps.LookAtProvider.
func (c *Client) LookAtProvider(ctx context.Context, url string) (out appliance.ProviderIdentity, err error) {
	err = c.call(ctx, "POST", "/provider/look", appliance.ConnectRequest{URL: url}, &out)
	return out, err
}

// Connect is ProviderOps.Connect.
func (c *Client) Connect(ctx context.Context, r appliance.ConnectRequest) (out appliance.Enrolment, err error) {
	err = c.call(ctx, "POST", "/provider/connect", r, &out)
	return out, err
}

// RotateKey is ProviderOps.RotateKey.
func (c *Client) RotateKey(ctx context.Context) error {
	return c.call(ctx, "POST", "/provider/rotate", nil, nil)
}

// Disconnect is ProviderOps.Disconnect.
func (c *Client) Disconnect(ctx context.Context, reason string) error {
	return c.call(ctx, "POST", "/provider/disconnect", reason, nil)
}
