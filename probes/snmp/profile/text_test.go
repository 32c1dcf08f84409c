package profile

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"siteward/probes/snmp/mib"
)

func TestCleanMakesTextOfAnything(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "eth0", "eth0"},
		{"UTF-8", "Büro €", "Büro €"},
		{"Latin-1", "B\xfcro", "Büro"},
		{"NUL at the end", "Local Area\x00", "Local Area"},
		{"buffer with rubbish behind the NUL", "PORT\x00\x00\xb8\xc9", "PORT"},
		{"lines", "Cisco IOS\r\nVersion 12", "Cisco IOS Version 12"},
		{"terminal escape", "a\x1b[31mb", "a [31mb"},
		{"right-to-left override", "abc\u202egpj.exe", "abc gpj.exe"},
		{"cut in a character", "Stra\xc3", "Stra"},
		{"markup stays text", "<script>alert(1)</script>", "<script>alert(1)</script>"},
		{"blank", " \t ", ""},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean([]byte(c.in)); got != c.want {
				t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
	if n := len(clean([]byte(strings.Repeat("ä", 5000)))); n > maxText {
		t.Errorf("a long text is %d bytes, want at most %d", n, maxText)
	}
}

func TestNumbersInTexts(t *testing.T) {
	for in, want := range map[string]float64{
		"51.569": 51.569, "28 C/82 F": 28, "32.000": 32, "-3.5 dBm": -3.5, "20,5": 20.5, "x": math.NaN(), "": math.NaN(), "+7": 7, "9.": 9,
	} {
		if got := numberIn([]byte(in)); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("numberIn(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestHints(t *testing.T) {
	for _, c := range []struct {
		hint     hint
		in, want string
	}{
		{hintMAC, "\x00\x26\x30\x6b\xb6\x01", "00:26:30:6b:b6:01"},
		{hintMAC, "", ""},
		{hintDate, "\x07\xe8\x02\x1f\x0d\x05\x09\x00", "2024-02-31T13:05:09"},
		{hintDate, "\x07\xe8\x02\x10\x0d\x05\x09\x00+\x02\x00", "2024-02-16T13:05:09+02:00"},
		{hintDate, "\x00\x00\x00\x00\x00\x00\x00\x00", ""},
		{hintHex, "\x01\xff", "01ff"},
	} {
		if got := c.hint.format([]byte(c.in)); got != c.want {
			t.Errorf("hint %d of %q = %q, want %q", c.hint, c.in, got, c.want)
		}
	}
}

func TestDecode(t *testing.T) {
	minus := func(n int64) uint64 { return uint64(n) }
	for _, c := range []struct {
		name string
		o    object
		v    mib.Varbind
		want float64
	}{
		{"scale and offset", object{Scale: 0.1, Offset: -3}, mib.Varbind{Type: mib.Gauge32, Num: 250}, 22},
		{"sentinel", object{Unknown: []string{"65535"}}, mib.Varbind{Type: mib.Integer, Num: 65535}, math.NaN()},
		{"sentinel range", object{Unknown: []string{"-3..-1"}}, mib.Varbind{Type: mib.Integer, Num: minus(-2)}, math.NaN()},
		{"sentinel before the scale", object{Scale: 0.1, Unknown: []string{"-1"}}, mib.Varbind{Type: mib.Integer, Num: minus(-1)}, math.NaN()},
		{"overflowed Integer32", object{Wraps: true}, mib.Varbind{Type: mib.Integer, Num: minus(-2147483648)}, 2147483648},
		{"number by expression", object{Number: `/(\d+) F`}, mib.Varbind{Type: mib.OctetString, Bytes: []byte("28 C/82 F")}, 82},
		{"opaque float", object{}, mib.Varbind{Type: mib.Opaque, Bytes: []byte{0x9f, 0x78, 4, 0x3f, 0x80, 0, 0}}, 1},
		{"no such instance", object{}, mib.Varbind{Type: mib.NoSuchInstance}, math.NaN()},
		{"text without a number", object{}, mib.Varbind{Type: mib.OctetString, Bytes: []byte("N/A")}, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Name, c.o.OID = "x", "1.3.6.1"
			s, err := compileObject(c.o)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.decode(c.v); math.Abs(got-c.want) > 1e-9 || math.IsNaN(got) != math.IsNaN(c.want) {
				t.Errorf("decode = %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "eth0", "B\xfcro", "a\x00b", "28 C/82 F", "\x07\xe8\x02\x10\x0d\x05\x09\x00+\x02\x00", "\x9f\x78\x04\x3f\x80\x00\x00", "\xe2\x80\xae", "-,1e99"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, h := range hints {
			s := h.format(b)
			if !utf8.ValidString(s) || len(s) > 4*maxText {
				t.Fatalf("hint %d of %q = %q", h, b, s)
			}
			for _, r := range s {
				if r < ' ' || r == 0x7f || r == 0x202e {
					t.Fatalf("%q holds %U", s, r)
				}
			}
		}
		if v := numberIn(b); math.IsInf(v, 0) {
			t.Fatalf("%q is infinite", b)
		}
		if v := opaqueFloat(b); math.IsInf(v, 0) {
			t.Fatalf("%q is infinite", b)
		}
	})
}
