package logbook

import (
	"bytes"
	"io"
	"slices"

	"siteward/appliance"
)

// Naming gives the entries of an export that name a file with this SHA-256 (hexadecimal). Whether the export is true is said by Verify.
func Naming(r io.Reader, sum string) (entries []uint64, err error) {
	in := scanner(r)
	for in.Scan() {
		if !bytes.HasPrefix(in.Bytes(), []byte(lineStart)) {
			continue
		}
		l, err := parseLine(in.Bytes())
		if err != nil {
			return nil, err
		}
		e, err := Parse(l.Record)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(e.Files, func(f appliance.LogbookFileRef) bool { return f.SHA256 == sum }) {
			entries = append(entries, e.Seq)
		}
	}
	return entries, in.Err()
}
