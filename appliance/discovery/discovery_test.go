package discovery

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance"
)

func TestRangesAreBounded(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"192.168.1.0/24": "", "192.168.1.7": "", "10.0.0.0/20": "", "10.0.0.0/19": "discovery.wrong_range_large", "8.8.8.0/24": "discovery.wrong_range_public",
		"fd00::/64": "discovery.wrong_range_v6", "hello": "discovery.wrong_range", "224.0.0.0/24": "discovery.wrong_range", "": "discovery.wrong_range_none", "172.15.0.0/24": "discovery.wrong_range_public",
	} {
		_, err := Ranges([]string{text}, false)
		got := ""
		if e, ok := err.(*appliance.Error); ok { //nolint:errorlint // it is ours
			got = e.Message.Key
		}
		if got != key {
			t.Errorf("%q: %q, want %q", text, got, key)
		}
	}
	if got, err := Ranges([]string{"192.168.1.0/24", "192.168.1.128/25", "192.168.1.5"}, false); err != nil || Count(got) != 256 {
		t.Errorf("overlapping ranges: %v, %v", got, err)
	}
	if _, err := Ranges([]string{"8.8.8.0/24"}, true); err != nil {
		t.Error(err)
	}
}

func FuzzRanges(f *testing.F) {
	f.Add("192.168.1.0/24", true)
	f.Fuzz(func(t *testing.T, text string, public bool) {
		if ranges, err := Ranges([]string{text}, public); err == nil && Count(ranges) > appliance.MaxDiscovery {
			t.Errorf("%q: %d addresses", text, Count(ranges))
		}
	})
}

func TestMarksSayWhoIsTheSame(t *testing.T) {
	t.Parallel()
	const a, b = "00:1b:2c:00:00:01", "00:1b:2c:00:00:02"
	for _, c := range []struct {
		name string
		x, y appliance.Marks
		want Sameness
		mark string
	}{
		{"serial", appliance.Marks{Serial: "CN123"}, appliance.Marks{Serial: "cn123"}, Same, "serial"},
		{"other serial at one address", appliance.Marks{Serial: "CN123", Addresses: []string{"10.0.0.1"}}, appliance.Marks{Serial: "CN124", Addresses: []string{"10.0.0.1"}}, Different, ""},
		{"one serial, other cards", appliance.Marks{Serial: "CN123", MACs: []string{a}}, appliance.Marks{Serial: "CN123", MACs: []string{b}}, Twins, "serial"},
		{"a serial that is none", appliance.Marks{Serial: "To be filled by O.E.M."}, appliance.Marks{Serial: "To be filled by O.E.M."}, Different, ""},
		{"engine", appliance.Marks{EngineID: "80001f8880"}, appliance.Marks{EngineID: "80001f8880"}, Same, "engine_id"},
		{"copied machine", appliance.Marks{EngineID: "80001f8880", MACs: []string{a}}, appliance.Marks{EngineID: "80001f8880", MACs: []string{b}}, Twins, "engine_id"},
		{"card", appliance.Marks{MACs: []string{a, b}}, appliance.Marks{MACs: []string{b}}, Same, "mac"},
		{"virtual router", appliance.Marks{MACs: []string{"00:00:5e:00:01:01"}}, appliance.Marks{MACs: []string{"00:00:5e:00:01:01"}}, Different, ""},
		{"name", appliance.Marks{Names: []string{"NAS-1.example.org"}}, appliance.Marks{Names: []string{"nas-1"}}, Same, "name"},
		{"name, other cards", appliance.Marks{Names: []string{"nas-1"}, MACs: []string{a}}, appliance.Marks{Names: []string{"nas-1"}, MACs: []string{b}}, Different, ""},
		{"name that is none", appliance.Marks{Names: []string{"localhost"}}, appliance.Marks{Names: []string{"localhost"}}, Different, ""},
		{"address", appliance.Marks{Addresses: []string{"10.0.0.1"}}, appliance.Marks{Addresses: []string{"10.0.0.1"}}, Same, "address"},
		{"address that all have", appliance.Marks{Addresses: []string{"127.0.0.1"}}, appliance.Marks{Addresses: []string{"127.0.0.1"}}, Different, ""},
	} {
		if got, mark := Compare(c.x, c.y); got != c.want || mark != c.mark {
			t.Errorf("%s: %v by %q, want %v by %q", c.name, got, mark, c.want, c.mark)
		}
		if got, _ := Compare(c.y, c.x); got != c.want {
			t.Errorf("%s: not the same the other way round", c.name)
		}
	}
}

func TestProposalsRememberWhatWasDecided(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	phone := Candidate{Sighting: appliance.Sighting{Address: "10.0.0.9", Why: []appliance.Message{{Key: "proposal.why_arp"}}}, Marks: appliance.Marks{MACs: []string{"00:1b:2c:00:00:09"}, Addresses: []string{"10.0.0.9"}}}
	first := Propose(Input{Found: []Candidate{phone}, Now: now})
	if first.New != 1 || len(first.Proposals) != 1 || first.Proposals[0].Device.Name != "10.0.0.9" {
		t.Fatalf("first %+v", first)
	}
	p := first.Proposals[0]
	p.ID, p.Status = 7, appliance.ProposalIgnored
	moved := phone
	moved.Address, moved.Marks.Addresses = "10.0.0.77", []string{"10.0.0.77"}
	again := Propose(Input{Found: []Candidate{moved}, Proposals: []appliance.Proposal{p}, Now: now.Add(time.Hour)})
	if again.New != 0 || len(again.Proposals) != 1 || again.Proposals[0].Status != appliance.ProposalIgnored || again.Proposals[0].ID != 7 {
		t.Errorf("what was ignored comes back at another address: %+v", again)
	}
	p.Status, p.Target = appliance.ProposalAccepted, 3
	if out := Propose(Input{Found: []Candidate{phone}, Proposals: []appliance.Proposal{p}, Now: now}); out.New != 1 || out.Proposals[0].Status != appliance.ProposalOpen {
		t.Errorf("a device that was deleted and is still there is not proposed again: %+v", out)
	}
}

func TestMoveIsProposedOnlyWhenTheAddressIsEmpty(t *testing.T) {
	t.Parallel()
	known := Known{Device: appliance.Device{ID: 3, Name: "nas", Address: "10.0.0.5"}, Marks: appliance.Marks{Serial: "SN-1", Addresses: []string{"10.0.0.5"}}, Missing: true}
	at := func(address, serial string) Candidate {
		return Candidate{Sighting: appliance.Sighting{Address: address}, Marks: appliance.Marks{Serial: serial, Addresses: []string{address}}}
	}
	out := Propose(Input{Found: []Candidate{at("10.0.0.6", "SN-1")}, Known: []Known{known}})
	if len(out.Proposals) != 1 || out.Proposals[0].Kind != appliance.ProposeMove || out.Proposals[0].Device.Address != "10.0.0.6" {
		t.Errorf("moved: %+v", out.Proposals)
	}
	if out := Propose(Input{Found: []Candidate{at("10.0.0.5", "SN-1"), at("10.0.0.6", "SN-1")}, Known: []Known{known}}); len(out.Proposals) != 0 {
		t.Errorf("two addresses: %+v", out.Proposals)
	}
	out = Propose(Input{Found: []Candidate{at("10.0.0.5", "SN-2"), at("10.0.0.6", "SN-1")}, Known: []Known{known}})
	kinds := []appliance.ProposalKind{}
	for _, p := range out.Proposals {
		kinds = append(kinds, p.Kind)
	}
	if !slices.Equal(kinds, []appliance.ProposalKind{appliance.ProposeMove, appliance.ProposeDevice}) {
		t.Errorf("another device took the address: %v", kinds)
	}
}
