package postgres

import (
	"sync"
	"testing"

	"siteward/central"
	"siteward/central/store/storetest"
	"siteward/internal/peer"
)

func TestStore(t *testing.T) {
	server := peer.Postgres(t)
	storetest.Run(t, func(t *testing.T, clock *storetest.Clock) (central.Store, func() central.Store) {
		url := peer.PostgresDatabase(t, server)
		open := func() central.Store {
			s, err := Open(t.Context(), url, Options{Now: clock.Now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		return open(), open // any number of processes at the same time
	})
	t.Run("many start at once", func(t *testing.T) {
		url := peer.PostgresDatabase(t, server)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				s, err := Open(t.Context(), url, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				_ = s.Close()
			})
		}
		wg.Wait()
	})
}
