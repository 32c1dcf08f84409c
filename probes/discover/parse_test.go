package discover

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func TestEngineAnswerIsRead(t *testing.T) {
	t.Parallel()
	const id = 0x12345678
	engine := []byte{0x80, 0, 0x1f, 0x88, 0x80, 1, 2, 3, 4}
	number := []byte{0x12, 0x34, 0x56, 0x78}
	report := tlv(0x30, tlv(2, []byte{3}), tlv(0x30, tlv(2, number), tlv(2, []byte{0, 0xff, 0xe3}), tlv(4, []byte{0}), tlv(2, []byte{3})),
		tlv(4, tlv(0x30, tlv(4, engine), tlv(2, []byte{1}), tlv(2, []byte{9}), tlv(4), tlv(4), tlv(4))), tlv(0x30))
	if got, ok := engineOf(report, id); !ok || got != hex.EncodeToString(engine) {
		t.Errorf("got %q, %v", got, ok)
	}
	if _, ok := engineOf(report, id+1); ok {
		t.Error("an answer to another question is believed")
	}
	if _, ok := engineOf(engineQuestion(id), id); ok {
		t.Error("a question is taken for an answer")
	}
}

func FuzzEngineAnswer(f *testing.F) {
	f.Add(engineQuestion(7))
	f.Fuzz(func(t *testing.T, b []byte) {
		if engine, ok := engineOf(b, 7); ok && (len(engine) < 10 || len(engine) > 64) {
			t.Errorf("engine %q", engine)
		}
	})
}

func TestKernelTableIsRead(t *testing.T) {
	t.Parallel()
	got := parseARP(strings.NewReader(`IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         00:1B:2C:3D:4E:5F     *        eth0
192.168.1.2      0x1         0x0         00:00:00:00:00:00     *        eth0
garbage
`))
	if len(got) != 1 || got[0].Address != "192.168.1.1" || got[0].MAC != "00:1b:2c:3d:4e:5f" {
		t.Errorf("got %+v", got)
	}
}

func FuzzKernelTable(f *testing.F) {
	f.Add("192.168.1.1 0x1 0x2 00:1b:2c:3d:4e:5f * eth0")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range parseARP(strings.NewReader(text)) {
			if _, err := netip.ParseAddr(e.Address); err != nil || len(e.MAC) != 17 {
				t.Errorf("entry %+v", e)
			}
		}
	})
}

// answer is what a printer says by mDNS.
func answer(tb testing.TB) []byte {
	tb.Helper()
	name := dnsmessage.MustNewName
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{Response: true})
	head := func(n string, t dnsmessage.Type) dnsmessage.ResourceHeader {
		return dnsmessage.ResourceHeader{Name: name(n), Type: t, Class: dnsmessage.ClassINET}
	}
	for _, err := range []error{
		b.StartAnswers(),
		b.PTRResource(head("_services._dns-sd._udp.local.", dnsmessage.TypePTR), dnsmessage.PTRResource{PTR: name("_ipp._tcp.local.")}),
		b.PTRResource(head("_http._tcp.local.", dnsmessage.TypePTR), dnsmessage.PTRResource{PTR: name("Reception._http._tcp.local.")}),
		b.StartAdditionals(),
		b.TXTResource(head("Reception._ipp._tcp.local.", dnsmessage.TypeTXT), dnsmessage.TXTResource{TXT: []string{"txtvers=1", "ty=HP LaserJet M252dw"}}),
		b.AResource(head("printer.local.", dnsmessage.TypeA), dnsmessage.AResource{A: [4]byte{192, 168, 1, 9}}),
	} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	out, err := b.Finish()
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestMulticastAnswerIsRead(t *testing.T) {
	t.Parallel()
	a, ok := parseMDNS(answer(t))
	if !ok || !slices.Equal(a.services, []string{"_ipp._tcp", "_http._tcp"}) || a.model != "HP LaserJet M252dw" ||
		!slices.Equal(a.hosts["printer.local"], []netip.Addr{netip.MustParseAddr("192.168.1.9")}) {
		t.Errorf("got %+v, %v", a, ok)
	}
	if _, ok := parseMDNS(mdnsQuestion()); ok || len(mdnsQuestion()) == 0 {
		t.Error("our own question is taken for an answer, or cannot be asked")
	}
}

func FuzzMulticastAnswer(f *testing.F) {
	f.Add(answer(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, _ := parseMDNS(b)
		if len(a.services) > 32 || len(a.hosts) > 32 || len([]rune(a.model)) > 60 {
			t.Errorf("unbounded: %+v", a)
		}
	})
}
