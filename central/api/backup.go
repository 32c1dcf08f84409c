package api

import (
	"net/http"

	"siteward/central/store"
)

// backup answers the command line only: it holds everything, secrets too, and no token is good for that.
func (a *API) backup(w http.ResponseWriter, r *http.Request) {
	who, ok := r.Context().Value(callerKey{}).(caller)
	if !ok || who.ID != "" {
		writeProblem(w, http.StatusForbidden, "forbidden", "a backup is made with siteward central backup")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := store.Backup(r.Context(), a.store, w, a.now()); err != nil && r.Context().Err() == nil {
		a.log.Error("a backup could not be written", "err", err)
		panic(http.ErrAbortHandler) // what was sent is no backup, and must not look like one
	}
}
