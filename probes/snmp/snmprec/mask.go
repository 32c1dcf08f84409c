package snmprec

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/names"
)

// Mask takes out of a recording what tells whose device it was taken from: the names of the device and of its neighbours, place,
// contact, serial numbers, and the last three octets of hardware addresses (the first three say the vendor, which a profile wants),
// wherever they stand. The same value is hidden by the same one, so that tables still fit each other. Addresses, texts that people
// wrote elsewhere (port descriptions) and whatever stands in objects that nobody knows stay: look at the file before you pass it on.
func Mask(vars []mib.Varbind, table *names.Table) []mib.Varbind {
	m := &masker{table: table, words: map[string]string{}, counts: map[names.Hidden]int{}}
	_, _ = rand.Read(m.key[:]) // never fails: the runtime ends the program instead
	out := slices.Clone(vars)
	for i := range out {
		m.learn(&out[i])
	}
	m.order()
	for i := range out {
		m.hide(&out[i])
	}
	slices.SortStableFunc(out, func(a, b mib.Varbind) int { return mib.Compare(a.OID, b.OID) })
	return out
}

type masker struct {
	table  *names.Table
	key    [32]byte
	words  map[string]string // what is hidden -> by what
	long   []string          // keys of words that are looked for inside other texts, longest first
	counts map[names.Hidden]int
}

// learn notes the words that are to be hidden.
func (m *masker) learn(v *mib.Varbind) {
	kind := m.table.Hides(v.OID)
	if v.Type != mib.OctetString || kind == "" || kind == names.HideMAC || kind == names.HideMACIndex {
		return
	}
	text := strings.TrimSpace(strings.TrimRight(string(v.Bytes), "\x00"))
	if text == "" || m.words[text] != "" {
		return
	}
	m.counts[kind]++
	m.words[text] = fmt.Sprintf("%s-%d", kind, m.counts[kind])
}

// minInside is how long a word must be to be looked for inside other texts: a device called "sw" would spoil half of them.
const minInside = 5

func (m *masker) order() {
	for w := range m.words {
		if len(w) >= minInside {
			m.long = append(m.long, w)
		}
	}
	slices.SortFunc(m.long, func(a, b string) int { return len(b) - len(a) })
}

func (m *masker) hide(v *mib.Varbind) {
	if m.table.MACIndex(v.OID) {
		v.OID = m.macIndex(v.OID)
	}
	if v.Type != mib.OctetString {
		return
	}
	kind := m.table.Hides(v.OID)
	trimmed := strings.TrimSpace(strings.TrimRight(string(v.Bytes), "\x00"))
	switch {
	case m.words[trimmed] != "" && (kind != "" || len(trimmed) >= minInside):
		v.Bytes = []byte(m.words[trimmed])
	case kind == names.HideMAC:
		v.Bytes = m.macs(v.Bytes)
	case len(v.Bytes) == 6 && !plain(v.Bytes):
		v.Bytes = m.macs(v.Bytes)
	default:
		v.Bytes = m.inside(v.Bytes)
	}
}

// inside replaces known words in a longer text, and hardware addresses that are written out.
func (m *masker) inside(b []byte) []byte {
	for _, w := range m.long {
		if bytes.Contains(b, []byte(w)) {
			b = bytes.ReplaceAll(b, []byte(w), []byte(m.words[w]))
		}
	}
	return m.written(b)
}

// macs hides the last three of six octets; longer values (bridge ids, engine ids) end in an address.
func (m *masker) macs(b []byte) []byte {
	if len(b) < 6 {
		return b
	}
	if plain(b) {
		return m.written(b)
	}
	out := slices.Clone(b)
	if bytes.Equal(b[len(b)-6:], make([]byte, 6)) {
		return out
	}
	copy(out[len(b)-3:], m.tail(b[len(b)-6:]))
	return out
}

// tail is what stands for the end of an address.
func (m *masker) tail(mac []byte) []byte {
	h := hmac.New(sha256.New, m.key[:])
	_, _ = h.Write(mac)
	return h.Sum(nil)[:3]
}

// written hides addresses written as 00:26:30:6b:b6:01 or with dashes.
func (m *masker) written(b []byte) []byte {
	out := slices.Clone(b)
	for i := 0; i+17 <= len(out); i++ {
		mac, ok := macAt(out[i : i+17])
		if !ok {
			continue
		}
		t := m.tail(mac)
		copy(out[i+9:], fmt.Appendf(nil, "%02x%c%02x%c%02x", t[0], out[i+2], t[1], out[i+2], t[2]))
		i += 16
	}
	return out
}

func macAt(b []byte) (mac []byte, ok bool) {
	sep := b[2]
	if sep != ':' && sep != '-' {
		return nil, false
	}
	for i := range 6 {
		if i < 5 && b[3*i+2] != sep {
			return nil, false
		}
		n, err := strconv.ParseUint(string(b[3*i:3*i+2]), 16, 8)
		if err != nil {
			return nil, false
		}
		mac = append(mac, byte(n))
	}
	return mac, true
}

// macIndex hides the end of an address at the end of an instance.
func (m *masker) macIndex(o mib.OID) mib.OID {
	arcs := strings.Split(string(o), ".")
	if len(arcs) < 8 {
		return o
	}
	mac := make([]byte, 6)
	for i, a := range arcs[len(arcs)-6:] {
		n, err := strconv.ParseUint(a, 10, 8)
		if err != nil {
			return o
		}
		mac[i] = byte(n)
	}
	for i, b := range m.tail(mac) {
		arcs[len(arcs)-3+i] = strconv.Itoa(int(b))
	}
	return mib.OID(strings.Join(arcs, "."))
}
