package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// WindowOps is what the command line asks of maintenance windows.
type WindowOps interface {
	Windows(ctx context.Context) ([]appliance.WindowView, error)
	// BeginWindow lets a window run at once; devices are names.
	BeginWindow(ctx context.Context, w appliance.Window, devices []string) (appliance.Window, error)
	// EndWindow ends a window that runs; 0 is the only one that does.
	EndWindow(ctx context.Context, id appliance.ID, note string) (appliance.WindowView, error)
}

type windowRequest struct {
	Window  appliance.Window `json:"window"`
	Devices []string         `json:"devices,omitempty"`
	ID      appliance.ID     `json:"id,omitempty"`
	Note    string           `json:"note,omitempty"`
}

func (s server) windowRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /windows", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.Windows(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /windows/begin", func(w http.ResponseWriter, r *http.Request) {
		var in windowRequest
		if s.read(w, r, &in) {
			out, err := s.ops.BeginWindow(r.Context(), in.Window, in.Devices)
			s.answer(w, out, err)
		}
	})
	mux.HandleFunc("POST /windows/end", func(w http.ResponseWriter, r *http.Request) {
		var in windowRequest
		if s.read(w, r, &in) {
			out, err := s.ops.EndWindow(r.Context(), in.ID, in.Note)
			s.answer(w, out, err)
		}
	})
}

// Windows is WindowOps.Windows.
func (c *Client) Windows(ctx context.Context) (out []appliance.WindowView, err error) {
	err = c.call(ctx, "GET", "/windows", nil, &out)
	return out, err
}

// BeginWindow is WindowOps.BeginWindow.
func (c *Client) BeginWindow(ctx context.Context, w appliance.Window, devices []string) (out appliance.Window, err error) {
	err = c.call(ctx, "POST", "/windows/begin", windowRequest{Window: w, Devices: devices}, &out)
	return out, err
}

// EndWindow is WindowOps.EndWindow.
func (c *Client) EndWindow(ctx context.Context, id appliance.ID, note string) (out appliance.WindowView, err error) {
	err = c.call(ctx, "POST", "/windows/end", windowRequest{ID: id, Note: note}, &out)
	return out, err
}
