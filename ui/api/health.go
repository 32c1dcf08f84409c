package api

import "net/http"

// Alive answers /healthz: the process takes requests. It asks nothing, so that a slow disk gets nobody killed. Whether the store
// answers, /readyz, is for whoever has the store to say.
func Alive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte("ok\n")) // the client is gone
	})
}
