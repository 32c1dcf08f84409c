package neighbours

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/mib"
)

// recorded answers from a recording, without a network.
type recorded struct{ *agent.Recording }

func (r recorded) Get(_ context.Context, oids []mib.OID) ([]mib.Varbind, error) {
	out := make([]mib.Varbind, len(oids))
	for i, o := range oids {
		out[i] = mib.Varbind{OID: o, Type: mib.NoSuchInstance}
		if v, ok := r.Recording.Get(binary(o)); ok {
			out[i] = varbind(o, v)
		}
	}
	return out, nil
}

func (r recorded) Walk(_ context.Context, columns []mib.OID) ([]mib.Varbind, error) {
	var out []mib.Varbind
	for _, c := range columns {
		for o, v := range r.Recording.Walk(binary(c)) {
			out = append(out, varbind(mib.OID(o.String()), v))
		}
	}
	return out, nil
}

func binary(o mib.OID) agent.OID {
	out, err := agent.ParseOID(string(o))
	if err != nil {
		panic(err)
	}
	return out
}

func varbind(o mib.OID, v agent.Value) mib.Varbind {
	out := mib.Varbind{OID: o, Type: mib.Type(v.Tag), Bytes: []byte(v.Octets)}
	if out.Numeric() { // content octets of BER
		for _, x := range out.Bytes {
			out.Num = out.Num<<8 | uint64(x)
		}
	}
	return out
}

func read(tb testing.TB, name string) appliance.NeighbourTables {
	tb.Helper()
	f, err := os.Open(filepath.Join(peer.Corpus(tb, "snmp"), name+".snmprec"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rec, err := agent.Parse(name, f)
	if err != nil {
		tb.Fatal(err)
	}
	t, err := Read(tb.Context(), recorded{rec})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// TestRecordedNeighbours reads the tables of recorded switches and routers: how many each tells, and one that stands for all.
func TestRecordedNeighbours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                     string
		told, forwards, resolved int
	}{
		{"ios_2960x", 7, 28, 2}, {"zynos_gs1900-fdb", 8, 20, 1}, {"routeros_rb760igs", 9, 17, 1}, {"procurve_e2910", 2, 0, 0},
		{"edgeswitch_us-8", 1, 150, 0}, {"jetstream_sg2218p", 0, 30, 5}, {"dlink_dgs-1510-28", 2, 10, 4}, {"zywall_usg40w", 0, 0, 13}, {"arubaos-cx_10.07", 35, 0, 0},
	} {
		got := read(t, c.name)
		t.Logf("%-20s %3d neighbours, %3d forwarded, %2d resolved, %2d ports, chassis %s", c.name, len(got.Told), len(got.Forwards), len(got.Resolved), len(got.Ports), got.Chassis)
		if len(got.Told) < c.told || len(got.Forwards) < c.forwards || len(got.Resolved) < c.resolved {
			t.Errorf("%s: %d neighbours, %d forwarded, %d resolved; want at least %d, %d, %d", c.name, len(got.Told), len(got.Forwards), len(got.Resolved), c.told, c.forwards, c.resolved)
		}
		for _, n := range got.Told {
			if n.Port == "" && n.PortName == "" && c.name != "routeros_rb760igs" { // which says 0 of all
				t.Errorf("%s: a neighbour stands at no port: %+v", c.name, n)
			}
		}
		for _, f := range got.Forwards {
			if appliance.SharedMAC(f.MAC) || f.Port == "" {
				t.Errorf("%s: forwards %+v", c.name, f)
			}
		}
	}
	cisco := read(t, "ios_2960x")
	i := slices.IndexFunc(cisco.Told, func(n appliance.Neighbour) bool { return n.Name == "acme-fr-ap-011" })
	if i < 0 || cisco.Told[i].By != "cdp" || cisco.Told[i].Address != "172.27.49.84" || cisco.Told[i].Port != "10103" || !strings.HasPrefix(cisco.Told[i].PortName, "Gi") {
		t.Errorf("the access point is not read: %+v", cisco.Told)
	}
}

// TestLLDP2009 reads an agent that has only the tables of 802.1AB-2009 (LLDP-V2-MIB), whose rows carry an ifIndex and a destination.
func TestLLDP2009(t *testing.T) {
	t.Parallel()
	rec, err := agent.Parse("new", strings.NewReader(`1.3.6.1.2.1.1.5.0|4|sw-new
1.3.6.1.2.1.2.2.1.2.10101|4|GigabitEthernet1/0/1
1.3.111.2.802.1.1.13.1.3.1.0|2|4
1.3.111.2.802.1.1.13.1.3.2.0|4x|001b2c3d4e5f
1.3.111.2.802.1.1.13.1.4.1.1.5.600.10101.1.7|2|4
1.3.111.2.802.1.1.13.1.4.1.1.6.600.10101.1.7|4x|3c2af4de3024
1.3.111.2.802.1.1.13.1.4.1.1.7.600.10101.1.7|2|5
1.3.111.2.802.1.1.13.1.4.1.1.8.600.10101.1.7|4|24
1.3.111.2.802.1.1.13.1.4.1.1.10.600.10101.1.7|4|sw-cellar
1.3.111.2.802.1.1.13.1.4.1.1.13.600.10101.1.7|4x|2000
1.3.111.2.802.1.1.13.1.4.2.1.3.600.10101.1.7.1.4.192.0.2.12|2|2
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(t.Context(), recorded{rec})
	if err != nil || len(got.Told) != 1 || got.Chassis != "00:1b:2c:3d:4e:5f" {
		t.Fatalf("%+v, %v", got, err)
	}
	n := got.Told[0]
	if n.Name != "sw-cellar" || n.Chassis != "3c:2a:f4:de:30:24" || n.PortID != "24" || n.Port != "10101" || n.PortName != "GigabitEthernet1/0/1" || n.Address != "192.0.2.12" || !slices.Equal(n.Abilities, []string{"bridge"}) {
		t.Errorf("%+v", n)
	}
}

func TestIndexesAndValuesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"1.4.192.168.1.1": "192.168.1.1", "1.192.168.1.1": "192.168.1.1", "1.4.192.168.1.256": "", "2.4.1.2.3.4": "", "": "", "1": "", "9.4.1.2.3.4": "", "1.4.0.0.0.0": ""} {
		if got := typedAddress(in); got != want {
			t.Errorf("address %q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"\x00\x1b\x2c\x3d\x4e\x5f": "00:1b:2c:3d:4e:5f", "0:1b:2c:3d:4e:5f": "00:1b:2c:3d:4e:5f", "00-1B-2C-3D-4E-5F": "00:1b:2c:3d:4e:5f", "short": "", "": "", "zz:1b:2c:3d:4e:5f": ""} {
		if got := mac([]byte(in)); got != want {
			t.Errorf("hardware address %q: %q, want %q", in, got, want)
		}
	}
	if got := text([]byte("sw\x1b[31m\n core\xff")); got != "sw[31m core" {
		t.Errorf("text %q", got)
	}
}

// FuzzTables answers each walk with one row of any index and value: nothing must fall over, nothing must come out that is no address.
func FuzzTables(f *testing.F) {
	f.Add("1.2.3", []byte{0, 27, 44, 61, 78, 95}, uint64(3))
	f.Add("0.5.1.1.4.192.168.1.1", []byte("GigabitEthernet0/1"), uint64(4))
	f.Fuzz(func(t *testing.T, index string, value []byte, number uint64) {
		got, _ := Read(t.Context(), hostile{index, value, number})
		for _, e := range got.Forwards {
			if len(e.MAC) != 17 {
				t.Errorf("forwards to %q", e.MAC)
			}
		}
		for _, n := range got.Told {
			if len([]rune(n.Name)) > maxText || strings.ContainsAny(n.Name, "\n\x1b") {
				t.Errorf("name %q", n.Name)
			}
		}
	})
}

type hostile struct {
	index  string
	value  []byte
	number uint64
}

func (h hostile) Get(_ context.Context, oids []mib.OID) (out []mib.Varbind, _ error) {
	for _, o := range oids {
		out = append(out, mib.Varbind{OID: o, Type: mib.OctetString, Bytes: h.value, Num: h.number})
	}
	return out, nil
}

func (h hostile) Walk(_ context.Context, columns []mib.OID) (out []mib.Varbind, _ error) {
	for _, c := range columns {
		for _, typ := range []mib.Type{mib.OctetString, mib.Integer} {
			out = append(out, mib.Varbind{OID: c + "." + mib.OID(h.index), Type: typ, Bytes: h.value, Num: h.number})
		}
	}
	return out, nil
}
