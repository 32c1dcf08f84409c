package backuplog

import (
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The library's own table, go-message/charset, links those of Chinese, Japanese and Korean too: 1 MiB for letters that
// no backup program uses to say how it went.
func init() { message.CharsetReader = readCharset }

// readCharset turns the text of a mail into UTF-8, from the encodings of one byte a letter and from UTF-16.
func readCharset(name string, r io.Reader) (io.Reader, error) {
	if e := charsetOf(name); e != nil {
		return e.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("the encoding %q is not known; the text is taken as it is", clipText(name))
}

// charsetOf finds an encoding by the name that mails give it, such as iso-8859-15, windows-1252, cp850 or latin1.
func charsetOf(name string) encoding.Encoding {
	name = charsetKey(name)
	switch name {
	case "utf16", "utf16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "utf8", "unicode11utf8":
		return unicode.UTF8
	case "latin1", "l1", "ascii":
		return charmap.ISO8859_1
	case "latin9":
		return charmap.ISO8859_15
	case "macintosh":
		return charmap.Macintosh
	}
	for _, prefix := range []string{"cp", "ibm", "windows", "xcp"} {
		if number, ok := strings.CutPrefix(name, prefix); ok {
			for _, e := range charmap.All {
				if key := charsetKey(fmt.Sprint(e)); key == "windows"+number || key == "ibmcodepage"+number {
					return e
				}
			}
		}
	}
	for _, e := range charmap.All {
		if charsetKey(fmt.Sprint(e)) == name {
			return e
		}
	}
	return nil
}

// charsetKey is a name without the signs that everybody sets otherwise.
func charsetKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}
