package control

import (
	"context"
	"net/http"

	"siteward/appliance"
)

// ConsumerOps is what the command line asks about those who are told besides the provider.
type ConsumerOps interface {
	Consumers(ctx context.Context) ([]appliance.ConsumerView, error)
	SaveConsumer(ctx context.Context, r appliance.Consumer) error
	DeleteConsumer(ctx context.Context, id appliance.ID) error
	TestConsumer(ctx context.Context, id appliance.ID) (appliance.ConsumerTest, error)
}

func (s server) consumerRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /consumers", func(w http.ResponseWriter, r *http.Request) {
		out, err := s.ops.Consumers(r.Context())
		s.answer(w, out, err)
	})
	mux.HandleFunc("POST /consumers", func(w http.ResponseWriter, r *http.Request) {
		var in appliance.Consumer
		if s.read(w, r, &in) {
			s.answer(w, nil, s.ops.SaveConsumer(r.Context(), in))
		}
	})
	mux.HandleFunc("POST /consumers/delete", func(w http.ResponseWriter, r *http.Request) {
		var id appliance.ID
		if s.read(w, r, &id) {
			s.answer(w, nil, s.ops.DeleteConsumer(r.Context(), id))
		}
	})
	mux.HandleFunc("POST /consumers/test", func(w http.ResponseWriter, r *http.Request) {
		var id appliance.ID
		if s.read(w, r, &id) {
			out, err := s.ops.TestConsumer(r.Context(), id)
			s.answer(w, out, err)
		}
	})
}

// Consumers is ConsumerOps.Consumers.
func (c *Client) Consumers(ctx context.Context) (out []appliance.ConsumerView, err error) {
	err = c.call(ctx, "GET", "/consumers", nil, &out)
	return out, err
}

// SaveConsumer is ConsumerOps.SaveConsumer.
func (c *Client) SaveConsumer(ctx context.Context, r appliance.Consumer) error {
	return c.call(ctx, "POST", "/consumers", r, nil)
}

// DeleteConsumer is ConsumerOps.DeleteConsumer.
func (c *Client) DeleteConsumer(ctx context.Context, id appliance.ID) error {
	return c.call(ctx, "POST", "/consumers/delete", id, nil)
}

// TestConsumer is ConsumerOps.TestConsumer.
func (c *Client) TestConsumer(ctx context.Context, id appliance.ID) (out appliance.ConsumerTest, err error) {
	err = c.call(ctx, "POST", "/consumers/test", id, &out)
	return out, err
}
