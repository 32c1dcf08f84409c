package notify

import (
	"fmt"
	"strings"
	"testing"

	"siteward/appliance"
)

var (
	mara = appliance.Contact{ID: 1, Name: "Mara", Role: appliance.ContactTechnician, Language: "de", Channels: []appliance.Channel{
		{Kind: appliance.ChannelMail, Address: "mara@example.com"},
		{Kind: appliance.ChannelService, Address: "ntfy", Least: appliance.StateCritical}}}
	jan = appliance.Contact{ID: 2, Name: "Jan", Role: appliance.ContactTechnician, Channels: []appliance.Channel{
		{Kind: appliance.ChannelService, Address: "sms", Least: appliance.StateCritical}}}
	desk = appliance.Contact{ID: 3, Name: "Desk", Role: appliance.ContactHotline, Off: true, Channels: []appliance.Channel{
		{Kind: appliance.ChannelMail, Address: "desk@example.com"}}}
	team = []appliance.Contact{mara, jan, desk}
)

func TestDeliveries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		n    appliance.Notice
		want string
	}{
		{"nobody named: the technicians", appliance.Notice{Severity: appliance.StateWarning}, "Mara mail, Jan service"},
		{"what is critical goes every way", appliance.Notice{Severity: appliance.StateCritical, To: []appliance.Recipient{{Contact: 1}}}, "Mara mail, Mara service"},
		{"named twice, told once", appliance.Notice{To: []appliance.Recipient{{Contact: 1}, {Role: appliance.ContactTechnician}, {Mail: "mara@example.com"}}}, "Mara mail, Jan service"},
		{"somebody who is away", appliance.Notice{To: []appliance.Recipient{{Contact: 3}}}, ""},
		{"a test goes everywhere", appliance.Notice{Kind: appliance.NoticeTest, To: []appliance.Recipient{{Contact: 2}, {Contact: 3}}}, "Jan service, Desk mail"},
		{"without an account", appliance.Notice{To: []appliance.Recipient{{Mail: "baecker@example.com", Name: "Frau Bäcker", Language: "de"}, {Mail: "x@example.com"}}}, "Frau Bäcker mail, x@example.com mail"},
		{"a contact that is gone", appliance.Notice{To: []appliance.Recipient{{Contact: 9}}}, ""},
	} {
		var got []string
		for _, d := range Deliveries(c.n, team) {
			got = append(got, fmt.Sprint(d.Name, " ", d.Channel))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
}
