package backuplog

import (
	"io"
	"strings"
	"testing"
)

func TestEncodingsOfMails(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"ISO-8859-1":   {"Gr\xf6\xdfe", "Größe"},
		"iso-8859-15":  {"5 \xa4", "5 €"},
		"latin1":       {"\xfc", "ü"},
		"windows-1252": {"\x80 \x96", "€ –"},
		"CP1252":       {"\x80", "€"},
		"cp850":        {"\x81", "ü"},
		"IBM437":       {"\x81", "ü"},
		"koi8-r":       {"\xc1", "а"},
		"utf-16":       {"\xff\xfeO\x00K\x00", "OK"},
		"utf-16be":     {"\x00O\x00K", "OK"},
	} {
		r, err := readCharset(name, strings.NewReader(c.raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b, err := io.ReadAll(r); err != nil || string(b) != c.want {
			t.Errorf("%s: %q, %v, want %q", name, b, err, c.want)
		}
	}
	for _, name := range []string{"", "gb2312", "cp"} {
		if _, err := readCharset(name, strings.NewReader("")); err == nil {
			t.Errorf("%q is known", name)
		}
	}
}
