package profile

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"siteward/probes/snmp/mib"
)

// recording answers as the device did from which a .snmprec was taken.
type recording struct {
	vars   []mib.Varbind
	byOID  map[mib.OID]int
	gets   int // instances asked for
	walked int // columns walked
}

// readRecording parses a .snmprec file: OID|TAG|VALUE, as the README of the corpus describes.
func readRecording(tb testing.TB, path string) *recording {
	tb.Helper()
	if r, ok := read.Load(path); ok {
		return newRecording(r.([]mib.Varbind))
	}
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var vars []mib.Varbind
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		v, err := recordLine(lines.Text())
		if err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		vars = append(vars, v)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	read.Store(path, vars)
	return newRecording(vars)
}

var read sync.Map // path -> []mib.Varbind

func newRecording(vars []mib.Varbind) *recording {
	byOID := func(a, b mib.Varbind) int { return mib.Compare(a.OID, b.OID) }
	if !slices.IsSortedFunc(vars, byOID) {
		slices.SortStableFunc(vars, byOID)
	}
	r := &recording{vars: vars, byOID: make(map[mib.OID]int, len(vars))}
	for i, v := range vars {
		r.byOID[v.OID] = i
	}
	return r
}

func recordLine(line string) (mib.Varbind, error) {
	parts := strings.SplitN(line, "|", 3)
	if len(parts) != 3 {
		return mib.Varbind{}, fmt.Errorf("line %q", line)
	}
	tag, isHex := strings.CutSuffix(parts[1], "x")
	n, err := strconv.Atoi(tag)
	if err != nil {
		return mib.Varbind{}, err
	}
	v := mib.Varbind{OID: mib.OID(parts[0]), Type: mib.Type(n), Bytes: []byte(parts[2])}
	if isHex {
		if v.Bytes, err = hex.DecodeString(parts[2]); err != nil {
			return v, err
		}
	}
	switch {
	case v.Type == mib.IPAddress && !isHex:
		var ip [4]byte
		_, err = fmt.Sscanf(parts[2], "%d.%d.%d.%d", &ip[0], &ip[1], &ip[2], &ip[3])
		v.Bytes = ip[:]
	case v.Type == mib.Integer:
		var i int64
		i, err = strconv.ParseInt(parts[2], 10, 64)
		v.Num, v.Bytes = uint64(i), nil
	case v.Numeric():
		v.Num, err = strconv.ParseUint(parts[2], 10, 64)
		v.Bytes = nil
	}
	return v, err
}

func (r *recording) Get(_ context.Context, oids []mib.OID) ([]mib.Varbind, error) {
	r.gets += len(oids)
	out := make([]mib.Varbind, len(oids))
	for i, o := range oids {
		out[i] = mib.Varbind{OID: o, Type: mib.NoSuchInstance}
		if n, ok := r.byOID[o]; ok {
			out[i] = r.vars[n]
		}
	}
	return out, nil
}

func (r *recording) Walk(_ context.Context, columns []mib.OID) ([]mib.Varbind, error) {
	r.walked += len(columns)
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
