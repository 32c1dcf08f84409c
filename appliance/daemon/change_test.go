package daemon_test

import (
	"testing"

	"siteward/appliance"
)

// TestTheTrailNamesTheNounAndTheSentenceSaysIt: "Gerät hinzugefügt: nas-1", and not "device nas-1".
func TestTheTrailNamesTheNounAndTheSentenceSaysIt(t *testing.T) {
	t.Parallel()
	d := opened(t, t.TempDir())
	defer func() { _ = d.Close() }()
	dev := appliance.Device{Name: "nas-1", Kind: appliance.KindNAS, Address: "192.0.2.7"}
	must(t, d.AddDevice(t.Context(), admin, &dev, nil))
	contact := appliance.Contact{Name: "Hotline", Role: appliance.ContactRoles[0], Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "hotline@example.org"}}}
	must(t, d.SaveContact(t.Context(), admin, &contact))
	want := map[string]string{"device nas-1": "nas-1", "contact Hotline": "Hotline"}
	events, err := d.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}})
	must(t, err)
	for _, e := range events {
		if name, ok := want[e.Object]; ok {
			if e.Message.Args["object"] != name {
				t.Errorf("%s: the sentence gets %q", e.Object, e.Message.Args["object"])
			}
			delete(want, e.Object)
		}
	}
	if len(want) != 0 {
		t.Errorf("not in the trail: %v", want)
	}
}
