package agent

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestOID(t *testing.T) {
	for _, s := range []string{"0.0", "0.39", "1.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.4.1.4294967295.128.127", "2.999.3", "2.4294967295"} {
		o, err := ParseOID("." + s)
		if err != nil || o.String() != s || !validOID([]byte(o)) {
			t.Errorf("%s: %q, %v, valid %v", s, o, err, validOID([]byte(o)))
		}
	}
	for _, s := range []string{"", "1", ".", "1.", "3.1", "1.40", "1..3", "1.3.4294967296", "1.3.-1", "1.3.+1", "1.3.x", "1.3.xx.4"} {
		if o, err := ParseOID(s); err == nil {
			t.Errorf("%q became %s", s, o)
		}
	}
}

func TestOIDFromTheNetwork(t *testing.T) {
	for _, bad := range []string{"\x2b\x80\x01", "\x2b\x86", "\x2b\x90\x80\x80\x80\x00", "\x2b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"} {
		if validOID([]byte(bad)) {
			t.Errorf("%x passes", bad)
		}
	}
}

func TestOIDOrder(t *testing.T) {
	arcs := rapid.SliceOfN(rapid.OneOf(rapid.Uint32Range(0, 3), rapid.Uint32Range(120, 130), rapid.Uint32()), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		a, b := arcs.Draw(t, "a"), arcs.Draw(t, "b")
		x, y := MustOID("1.3").Append(a...), MustOID("1.3").Append(b...)
		if got, want := x.Compare(y), slices.Compare(a, b); got != want {
			t.Fatalf("%s against %s: %d, want %d", x, y, got, want)
		}
		if got, want := x.HasPrefix(y), len(a) >= len(b) && slices.Equal(a[:min(len(a), len(b))], b); got != want {
			t.Fatalf("%s below %s: %v", x, y, got)
		}
		if !slices.Equal(x.Arcs()[2:], a) {
			t.Fatalf("%v came back as %v", a, x.Arcs())
		}
	})
}

func TestIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Uint64().Draw(t, "u")
		if got, ok := readUnsigned(appendUint(nil, u)); !ok || got != u {
			t.Fatalf("%d came back as %d", u, got)
		}
		i := int64(binary.LittleEndian.Uint64(binary.LittleEndian.AppendUint64(nil, u)))
		b := appendInt(nil, i)
		if got, ok := readSigned(b); !ok || got != i {
			t.Fatalf("%d came back as %d", i, got)
		}
		if len(b) > 1 && ((b[0] == 0 && b[1] < 0x80) || (b[0] == 0xff && b[1] >= 0x80)) {
			t.Fatalf("%d is not in its shortest form: %x", i, b)
		}
	})
}
