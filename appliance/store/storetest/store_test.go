package storetest

import (
	"testing"
	"time"

	"siteward/appliance/store"
)

func TestRealStoreKeepsTheContract(t *testing.T) {
	Run(t, func(tb testing.TB) Store { return Open(tb, store.Options{Now: func() time.Time { return Now }}) })
}
