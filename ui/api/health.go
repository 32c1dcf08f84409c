package api

import (
	"context"
	"net/http"
	"time"

	"siteward/appliance"
)

// Alive answers /healthz: the process takes requests. It asks nothing, so that a slow disk gets nobody killed.
func Alive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
}

const readyTimeout = 3 * time.Second

// Ready answers /readyz: 200 when the store answers in time, also before set-up and while it is read-only; else 503. It tells strangers no more.
func Ready(app appliance.App) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		answered := make(chan error, 1)
		go func() {
			_, err := app.Site(ctx)
			answered <- err
		}()
		select {
		case err := <-answered:
			if err == nil || appliance.CodeOf(err) == appliance.CodeNotFound {
				plain(w, http.StatusOK, "ready\n")
				return
			}
		case <-ctx.Done():
		}
		plain(w, http.StatusServiceUnavailable, "not ready\n")
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client is gone
}
