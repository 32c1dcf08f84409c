package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// UpdateOps is what the command line asks about newer versions.
type UpdateOps interface {
	UpdateState(ctx context.Context) (appliance.UpdateState, error)
	Update(ctx context.Context, r appliance.UpdateRequest) (string, error)
}

func (s server) updateRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /update", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.UpdateState(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /update", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.UpdateRequest
		if s.read(w, r, &in) {
			out, err := s.ops.Update(r.Context(), in)
			s.answer(w, out, err)
		}
	})
}

// UpdateState is UpdateOps.UpdateState.
func (c *Client) UpdateState(ctx context.Context) (out appliance.UpdateState, err error) {
	err = c.call(ctx, "GET", "/update", nil, &out)
	return out, err
}

// Update is UpdateOps.Update.
func (c *Client) Update(ctx context.Context, r appliance.UpdateRequest) (out string, err error) {
	err = c.call(ctx, "POST", "/update", r, &out)
	return out, err
}
