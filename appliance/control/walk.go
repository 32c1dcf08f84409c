package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// Walker is what the command line may ask about the workbench. It needs a running appliance or one that was opened for it.
type Walker interface {
	// Walk reads a range of a device, which is named or numbered.
	Walk(ctx context.Context, device string, r appliance.WalkRequest) (appliance.Walk, error)
	// WalkRecording gives a walk that was just made as a recording.
	WalkRecording(ctx context.Context, id string, masked bool) ([]byte, error)
}

type walkRequest struct {
	appliance.WalkRequest
	Device string `json:"device"`
	ID     string `json:"id,omitempty"`
	Masked bool   `json:"masked,omitempty"`
}

func (s server) walkRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /walk", s.walk)
	mux.HandleFunc("POST /walk/recording", s.walkRecording)
}

func (s server) walk(w http.ResponseWriter, r *http.Request) {
	var in walkRequest
	if s.read(w, r, &in) {
		out, err := s.ops.Walk(r.Context(), in.Device, in.WalkRequest)
		s.answer(w, out, err)
	}
}

func (s server) walkRecording(w http.ResponseWriter, r *http.Request) {
	var in walkRequest
	if s.read(w, r, &in) {
		out, err := s.ops.WalkRecording(r.Context(), in.ID, in.Masked)
		s.answer(w, out, err)
	}
}

// Walk is Ops.Walk.
func (c *Client) Walk(ctx context.Context, device string, r appliance.WalkRequest) (out appliance.Walk, err error) {
	err = c.call(ctx, "POST", "/walk", walkRequest{WalkRequest: r, Device: device}, &out)
	return out, err
}

// WalkRecording is Ops.WalkRecording.
func (c *Client) WalkRecording(ctx context.Context, id string, masked bool) (out []byte, err error) {
	err = c.call(ctx, "POST", "/walk/recording", walkRequest{ID: id, Masked: masked}, &out)
	return out, err
}
