//go:build central

package cli

import (
	"context"

	"siteward/central/server"
)

// addCentralRooms adds what stands behind the address of a central beside ingest and the REST API.
func addCentralRooms(_ context.Context, _ *server.Config) error {
	return nil
}
