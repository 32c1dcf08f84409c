package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// SourceOps is what the command line asks of sources of logs.
type SourceOps interface {
	Sources(ctx context.Context) ([]appliance.SourceView, error)
	// TestSource looks at a source by its name or number, and keeps nothing.
	TestSource(ctx context.Context, name string) (appliance.SourceTrial, error)
}

type sourceRequest struct {
	Name string `json:"name"`
}

func (s server) sourceRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /sources", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.Sources(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /sources/test", func(w http.ResponseWriter, r *http.Request) {
		var in sourceRequest
		if s.read(w, r, &in) {
			out, err := s.ops.TestSource(r.Context(), in.Name)
			s.answer(w, out, err)
		}
	})
}

// Sources is SourceOps.Sources.
func (c *Client) Sources(ctx context.Context) (out []appliance.SourceView, err error) {
	err = c.call(ctx, "GET", "/sources", nil, &out)
	return out, err
}

// TestSource is SourceOps.TestSource.
func (c *Client) TestSource(ctx context.Context, name string) (out appliance.SourceTrial, err error) {
	err = c.call(ctx, "POST", "/sources/test", sourceRequest{Name: name}, &out)
	return out, err
}
