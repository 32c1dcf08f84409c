package cli

import (
	"encoding/json"
	"io"
	"strings"
)

// printJSON writes v indented, characters of device texts that could steer a terminal escaped by encoding/json.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// plain makes text from outside harmless for a terminal: control characters become a dot.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return '·'
		}
		return r
	}, s)
}
