//go:build central

package cli

import (
	"context"
	"net/http"
	"net/http/httptest"

	"siteward/internal/centralapi"
)

// inProcess asks a handler without a network between.
type inProcess struct{ h http.Handler }

// RoundTrip answers one request.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	return w.Result(), nil
}

// ask asks the REST API of a central.
func ask(ctx context.Context, at *centralAt, method, path string, in, out any) error {
	return at.client(ctx, func(c *http.Client) error { return centralapi.Call(ctx, c, method, path, in, out) })
}
