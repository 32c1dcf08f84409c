package offer_test

import (
	"crypto/ed25519"
	"encoding/json"
	"testing"

	"siteward/appliance/enrol"
	"siteward/appliance/offer"
)

// FuzzOffer: what central has signed is still read strictly and within bounds.
func FuzzOffer(f *testing.F) {
	f.Add([]byte(`{"n":1,"kind":"profile","name":"x","body":"eA==","made":"2026-11-29T06:00:00Z"}`))
	f.Add([]byte(`{"n":1,"kind":"command","name":"../../etc/passwd","run":"reboot"}`))
	f.Add([]byte(`[]`))
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	f.Fuzz(func(t *testing.T, payload []byte) {
		s, err := enrol.Seal(key, enrol.PurposeOffer, json.RawMessage(payload))
		if err != nil {
			return
		}
		o, err := offer.Open(key.Public().(ed25519.PublicKey), s) //nolint:forcetypeassert // of this key
		if err != nil {
			return
		}
		if err := o.Check(); err != nil {
			t.Errorf("opened, and not good: %v", err)
		}
	})
}
