// Package storetest says what a store must do, as tests that run against any: the real one, and whatever stands in
// for it. It also opens a real one for the tests of other packages.
package storetest

import (
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

// Store is what the contract is about: the methods by which other packages see the store.
type Store interface {
	Site() (appliance.Site, error)
	PutSite(appliance.Site) error

	Devices() ([]appliance.Device, error)
	Device(appliance.ID) (appliance.Device, error)
	DeviceByName(string) (appliance.Device, error)
	PutDevice(*appliance.Device) error
	DeleteDevice(appliance.ID) error

	Checks() ([]appliance.Check, error)
	ChecksOf(appliance.ID) ([]appliance.Check, error)
	Check(appliance.ID) (appliance.Check, error)
	PutCheck(*appliance.Check) error
	DeleteCheck(appliance.ID) error

	Credentials() ([]appliance.Credential, error)
	Credential(appliance.ID) (appliance.Credential, error)
	PutCredential(*appliance.Credential) error
	DeleteCredential(appliance.ID) error

	Users() ([]appliance.User, error)
	UserByName(string) (appliance.User, error)
	PutUser(*appliance.User) error
	DeleteUser(appliance.ID) error

	Tokens() ([]appliance.Token, error)
	TokenByHash([]byte) (appliance.Token, error)
	PutToken(*appliance.Token) error
	DeleteToken(appliance.ID) error

	Record(store.Batch) error
	States() ([]appliance.StateRecord, error)
	PutState(appliance.StateRecord) error
	PutSnapshot(appliance.ID, appliance.Reading) error
	Snapshot(appliance.ID) (appliance.Reading, error)
	PutIdentity(appliance.ID, appliance.Identity) error
	Identities() (map[appliance.ID]appliance.Identity, error)

	Append([]appliance.Event) error
	Events(store.EventFilter) ([]appliance.Event, error)

	SeriesFor([]appliance.SeriesInfo) error
	Series(appliance.ID) ([]appliance.SeriesInfo, error)
	Read(id uint32, from, to time.Time) (appliance.Column, error)
	ReadThinned(id uint32, from, to time.Time, points int) (appliance.Column, error)

	Find(token string) ([]byte, bool, error)
	Commit(token string, data []byte, expires time.Time) error
	Delete(token string) error
	All() (map[string][]byte, error)

	Jobs() ([]appliance.JobRun, error)
	PutJobRun(appliance.JobRun) error
	Meta(string) ([]byte, error)
	PutMeta(string, []byte) error
}

// Now is the time the stores of the contract believe it to be.
var Now = time.Date(2026, 6, 15, 12, 30, 0, 0, time.UTC)

// Open opens an empty store in a temporary folder and closes it when the test ends.
func Open(tb testing.TB, o store.Options) *store.Store {
	tb.Helper()
	o.SkipVerify = true
	s, err := store.Open(tb.Context(), tb.TempDir(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Run runs the contract. open gives an empty store whose clock shows Now.
func Run(t *testing.T, open func(testing.TB) Store) {
	for _, c := range contract {
		t.Run(c.says, func(t *testing.T) { c.test(t, open(t)) })
	}
}
