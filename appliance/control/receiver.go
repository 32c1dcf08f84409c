package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// ReceiverOps is what the command line asks of the receivers.
type ReceiverOps interface {
	Receivers(ctx context.Context) ([]appliance.ReceiverState, error)
	// SwitchReceiver switches one on or off.
	SwitchReceiver(ctx context.Context, name appliance.Receiver, on bool) error
}

type receiverRequest struct {
	Name appliance.Receiver `json:"name"`
	On   bool               `json:"on"`
}

func (s server) receiverRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /receivers", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.Receivers(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /receivers", func(w http.ResponseWriter, r *http.Request) {
		var in receiverRequest
		if s.read(w, r, &in) {
			s.answer(w, struct{}{}, s.ops.SwitchReceiver(r.Context(), in.Name, in.On))
		}
	})
}

// Receivers is ReceiverOps.Receivers.
func (c *Client) Receivers(ctx context.Context) (out []appliance.ReceiverState, err error) {
	err = c.call(ctx, "GET", "/receivers", nil, &out)
	return out, err
}

// SwitchReceiver is ReceiverOps.SwitchReceiver.
func (c *Client) SwitchReceiver(ctx context.Context, name appliance.Receiver, on bool) error {
	return c.call(ctx, "POST", "/receivers", receiverRequest{Name: name, On: on}, nil)
}
