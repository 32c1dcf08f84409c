package appliance

import "testing"

func TestProductSaysTheVendorOnce(t *testing.T) {
	for _, c := range []struct {
		vendor, model, want string
	}{
		{"HP", "HP LaserJet Pro M404dn", "HP LaserJet Pro M404dn"},
		{"Eaton", "EATON 5PX", "EATON 5PX"},
		{"Synology", "DS920+", "Synology DS920+"},
		{"Microsoft", "", "Microsoft"},
		{"", "Router 3", "Router 3"},
		{"", "", ""},
	} {
		if got := (Identity{Vendor: c.vendor, Model: c.model}).Product(); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.vendor, c.model, got, c.want)
		}
	}
}
