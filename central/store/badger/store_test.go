package badger

import (
	"testing"

	"siteward/central"
	"siteward/central/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, clock *storetest.Clock) (central.Store, func() central.Store) {
		dir := t.TempDir()
		open := func() *Store {
			s, err := Open(dir, Options{Now: clock.Now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		s := open()
		return s, func() central.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open()
		}
	})
}
