package apptest

import (
	"context"
	"strings"
	"time"

	"siteward/appliance"
)

// Walk reads the system group of any device.
func (a *App) Walk(_ context.Context, _ appliance.Actor, device appliance.ID, r appliance.WalkRequest) (appliance.Walk, error) {
	w := appliance.Walk{ID: "0123456789abcdef", Root: "1.3.6.1.2.1.1", Name: "system", At: Present, Took: 340 * time.Millisecond}
	if strings.HasPrefix(r.Root, "no") {
		return w, appliance.Invalid("root", "walk.bad_root", r.Root+" is no name", map[string]any{"root": r.Root})
	}
	err := a.change("walk device "+device.String(), appliance.Change{Device: device}, func() error {
		d, ok := a.devices[device]
		if !ok {
			return appliance.ErrNotFound
		}
		w.Device = d.Name
		return nil
	})
	w.Rows = []appliance.WalkRow{
		{OID: "1.3.6.1.2.1.1.1.0", Name: "sysDescr.0", Type: "OctetString", Value: "<script>alert(1)</script>"},
		{OID: "1.3.6.1.2.1.1.3.0", Name: "sysUpTime.0", Type: "TimeTicks", Value: "1831680000"},
		{OID: "1.3.6.1.2.1.2.2.1.8.14", Name: "ifOperStatus.14", Type: "Integer", Value: "2 (down)"},
	}
	return w, err
}

// WalkRecording gives two lines.
func (a *App) WalkRecording(_ context.Context, id string, masked bool) ([]byte, error) {
	if id != "0123456789abcdef" {
		return nil, &appliance.Error{Code: appliance.CodeNotFound, Message: appliance.Message{Key: "walk.gone", English: "this walk is no longer kept"}}
	}
	name := "sw-core"
	if masked {
		name = "name-1"
	}
	return []byte("1.3.6.1.2.1.1.3.0|67|1831680000\n1.3.6.1.2.1.1.5.0|4|" + name + "\n"), nil
}
