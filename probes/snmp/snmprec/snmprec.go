// Package snmprec reads and writes recordings of devices in the .snmprec format of snmpsim, one object a line, OID|TAG|VALUE, and
// answers from one as the device did. It also takes out of a recording what tells whose device it was taken from.
package snmprec

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"siteward/probes/snmp/mib"
)

// Bounds of a recording. The greatest of real devices, a chassis switch, has a tenth of it.
const (
	maxObjects = 500_000
	maxLine    = 1 << 20
)

// Write writes objects in their order, which is that of a walk.
func Write(w io.Writer, vars []mib.Varbind) error {
	out := bufio.NewWriter(w)
	for i := range vars {
		v := &vars[i]
		if !v.Exists() {
			continue
		}
		tag := strconv.Itoa(int(v.Type))
		var value string
		switch {
		case v.Type == mib.Integer:
			value = strconv.FormatInt(v.Int(), 10)
		case v.Numeric():
			value = strconv.FormatUint(v.Num, 10)
		case v.Type == mib.IPAddress && len(v.Bytes) == 4:
			value = netip.AddrFrom4([4]byte(v.Bytes)).String()
		case v.Type == mib.ObjectID, v.Type == mib.OctetString && plain(v.Bytes):
			value = string(v.Bytes)
		default:
			tag, value = tag+"x", hex.EncodeToString(v.Bytes)
		}
		if _, err := fmt.Fprintf(out, "%s|%s|%s\n", v.OID, tag, value); err != nil {
			return err
		}
	}
	return out.Flush()
}

// plain says that octets can stand in a line as they are.
func plain(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < ' ' || c > '~' })
}

// Parse reads a recording and sorts it.
func Parse(r io.Reader) ([]mib.Varbind, error) {
	var vars []mib.Varbind
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(text) == "" {
			continue
		}
		v, err := parseLine(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(vars) >= maxObjects {
			return nil, fmt.Errorf("line %d: more than %d objects", n, maxObjects)
		}
		vars = append(vars, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the recording: %w", err)
	}
	slices.SortStableFunc(vars, func(a, b mib.Varbind) int { return mib.Compare(a.OID, b.OID) })
	return vars, nil
}

func parseLine(line string) (mib.Varbind, error) {
	parts := strings.SplitN(line, "|", 3)
	if len(parts) != 3 {
		return mib.Varbind{}, fmt.Errorf("%.40q is not OID|TAG|VALUE", line)
	}
	tag, isHex := strings.CutSuffix(parts[1], "x")
	n, err := strconv.ParseUint(tag, 10, 8)
	if err != nil {
		return mib.Varbind{}, fmt.Errorf("%.20q is no tag of a recorded value", parts[1])
	}
	v := mib.Varbind{OID: mib.OID(strings.TrimPrefix(parts[0], ".")), Type: mib.Type(n)}
	if !dotted(string(v.OID)) {
		return v, fmt.Errorf("%.40q is no OID", parts[0])
	}
	return v, fill(&v, parts[2], isHex)
}

func fill(v *mib.Varbind, text string, isHex bool) (err error) {
	switch {
	case isHex:
		v.Bytes, err = hex.DecodeString(text)
	case v.Type == mib.Integer:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v.Num = uint64(n) //nolint:gosec // two's complement, as Varbind has it
	case v.Numeric():
		v.Num, err = strconv.ParseUint(text, 10, 64)
	case v.Type == mib.IPAddress:
		v.Bytes, err = quad(text)
	case v.Type == mib.ObjectID:
		v.Bytes = []byte(strings.TrimPrefix(text, "."))
	default:
		v.Bytes = []byte(text)
	}
	if err != nil {
		return fmt.Errorf("%.40q is no value of type %d", text, v.Type)
	}
	return nil
}

// quad reads a dotted quad; some recordings have leading zeros in it.
func quad(text string) ([]byte, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return nil, strconv.ErrSyntax
	}
	out := make([]byte, 4)
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil {
			return nil, err
		}
		out[i] = byte(n)
	}
	return out, nil
}

// dotted says that a text is an OID in dotted decimal.
func dotted(s string) bool {
	arcs := strings.Split(s, ".")
	for _, a := range arcs {
		if n, err := strconv.ParseUint(a, 10, 32); err != nil || strconv.FormatUint(n, 10) != a {
			return false
		}
	}
	return len(arcs) >= 2 && len(arcs) <= 128
}

// Recording answers as the device did. It implements mib.Asker.
type Recording struct {
	vars  []mib.Varbind
	byOID map[mib.OID]int
}

var _ mib.Asker = (*Recording)(nil)

// New makes a recording of sorted objects.
func New(vars []mib.Varbind) *Recording {
	r := &Recording{vars: vars, byOID: make(map[mib.OID]int, len(vars))}
	for i := range vars {
		r.byOID[vars[i].OID] = i
	}
	return r
}

// Objects are all objects in order.
func (r *Recording) Objects() []mib.Varbind { return r.vars }

// Get is mib.Asker.Get.
func (r *Recording) Get(_ context.Context, oids []mib.OID) ([]mib.Varbind, error) {
	out := make([]mib.Varbind, len(oids))
	for i, o := range oids {
		out[i] = mib.Varbind{OID: o, Type: mib.NoSuchInstance}
		if n, ok := r.byOID[o]; ok {
			out[i] = r.vars[n]
		}
	}
	return out, nil
}

// Walk is mib.Asker.Walk.
func (r *Recording) Walk(_ context.Context, columns []mib.OID) ([]mib.Varbind, error) {
	var out []mib.Varbind
	for _, c := range columns {
		from, _ := slices.BinarySearchFunc(r.vars, c, func(v mib.Varbind, c mib.OID) int { return mib.Compare(v.OID, c) })
		for _, v := range r.vars[from:] {
			if !v.OID.Under(c) {
				break
			}
			if v.OID != c {
				out = append(out, v)
			}
		}
	}
	return out, nil
}
