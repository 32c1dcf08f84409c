package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/internal/peer"
)

func mustOpen(tb testing.TB, path string) *Recording {
	tb.Helper()
	recs, err := Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	return recs[0]
}

func TestRecordingReadsEveryType(t *testing.T) {
	r := mustOpen(t, "testdata/switch.snmprec")
	for oid, want := range map[string]string{
		"1.3.6.1.2.1.1.1.0":                "Example Switch 2P, firmware 1.4",
		"1.3.6.1.2.1.1.2.0":                "1.3.6.1.4.1.32473.1.2",
		"1.3.6.1.2.1.1.3.0":                "8640000",
		"1.3.6.1.2.1.1.4.0":                "",
		"1.3.6.1.2.1.1.6.0":                "Küche",
		"1.3.6.1.2.1.2.2.1.5.2":            "4294967295",
		"1.3.6.1.2.1.2.2.1.6.1":            "\x02\x00\x00\x00\x00\xa1",
		"1.3.6.1.2.1.4.20.1.1.192.0.2.200": "192.0.2.200",
		"1.3.6.1.2.1.31.1.1.1.6.2":         "18446744073709551615",
		"1.3.6.1.2.1.31.1.1.1.18.1":        "up\tlink \\ \"A\"",
		"1.3.6.1.4.1.32473.1.1.0":          "-40",
		"1.3.6.1.4.1.32473.1.3.0":          "\x9f\x78\x04\x42\x7b\x00\x00",
		"1.3.6.1.4.1.32473.1.4.0":          "",
		"1.3.6.1.4.1.32473.1.5":            "a|b",
	} {
		v, ok := r.Get(MustOID(oid))
		if !ok || v.Text() != want {
			t.Errorf("%s = %q, %v; want %q", oid, v.Text(), ok, want)
		}
	}
	if r.Name != "switch" || r.Len() != 29 {
		t.Errorf("%s has %d objects", r.Name, r.Len())
	}
}

func TestRecordingWalks(t *testing.T) {
	r := mustOpen(t, "testdata/switch.snmprec")
	var got []string
	for o := range r.Walk(MustOID("1.3.6.1.2.1.2.2.1.2")) {
		got = append(got, o.String())
	}
	if strings.Join(got, " ") != "1.3.6.1.2.1.2.2.1.2.1 1.3.6.1.2.1.2.2.1.2.2" {
		t.Errorf("walk of ifDescr: %v", got)
	}
	n := 0
	for o, v, ok := r.Next(""); ok; o, v, ok = r.Next(o) {
		if have, ok := r.Get(o); !ok || have != v {
			t.Errorf("%s: Next says %v, Get says %v", o, v, have)
		}
		n++
	}
	if n != r.Len() {
		t.Errorf("Next found %d of %d", n, r.Len())
	}
	if _, ok := r.Get(MustOID("1.3.6.1.2.1.1.1")); ok {
		t.Error("an object without its .0 was found")
	}
}

func TestRecordingKeepsTheLastOfADouble(t *testing.T) {
	r := MustParse("x", "1.3.6.2|2|5\n1.3.6.1|2|1\n\n# note\n1.3.6.2|2|7\r\n")
	if v, _ := r.Get(MustOID("1.3.6.2")); r.Len() != 2 || v.Text() != "7" {
		t.Errorf("%d objects, %s", r.Len(), v.Text())
	}
}

func TestParseNamesFileAndLine(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"no bars":          {"1.3.6.1", "want OID|TAG|VALUE"},
		"one bar":          {"1.3.6.1|4", "want OID|TAG|VALUE"},
		"masked OID":       {"1.3.6.1.xx|4|a", `"xx" is no number`},
		"unknown tag":      {"1.3.6.1|3|a", `unknown tag "3"`},
		"no tag":           {"1.3.6.1||a", `unknown tag ""`},
		"two suffixes":     {"1.3.6.1|4xe|a", `unknown tag "4xe"`},
		"suffix of number": {"1.3.6.1|2x|05", "only 4, 64 and 68"},
		"computed":         {"1.3.6.1|2:numeric|min=1", "computed"},
		"odd hex":          {"1.3.6.1|4x|abc", "hexadecimal"},
		"no hex":           {"1.3.6.1|4x|zz", "hexadecimal"},
		"large integer":    {"1.3.6.1|2|2147483648", "no 32-bit INTEGER"},
		"negative gauge":   {"1.3.6.1|66|-1", "unsigned number of 32 bits"},
		"large counter":    {"1.3.6.1|70|18446744073709551616", "unsigned number of 64 bits"},
		"address":          {"1.3.6.1|64|192.0.2.256", "no IPv4 address"},
		"short address":    {"1.3.6.1|64|192.0.2", "no IPv4 address"},
		"short hex":        {"1.3.6.1|64x|c000", "no IPv4 address"},
		"value of NULL":    {"1.3.6.1|5|x", "no value"},
		"half an escape":   {`1.3.6.1|4e|\x0`, "two hexadecimal digits"},
		"other escape":     {`1.3.6.1|4e|\q`, "unknown escape"},
		"OID value":        {"1.3.6.1|6|1", "two numbers"},
		"value too long":   {"1.3.6.1|4|" + strings.Repeat("a", maxValue+1), "no datagram"},
		"line too long":    {"1.3.6.1|4|" + strings.Repeat("a", MaxLine), "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("dir/x.snmprec", strings.NewReader("# first\n1.3.6.1.1|2|1\n"+c.line+"\n"))
			if err == nil || !strings.HasPrefix(err.Error(), "dir/x.snmprec:3: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"b.snmprec", "a.snmprec", "readme.txt", "c.snmprec", "sub/a.snmprec"} {
		if err := os.WriteFile(filepath.Join(dir, f), []byte("1.3.6.1.2.1.1.5.0|4|"+f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	recs, err := Open(dir)
	if err != nil || len(recs) != 4 || recs[0].Name != "a" || recs[3].Name != "sub/a" {
		t.Errorf("%d recordings, %v", len(recs), err)
	}
	if _, err := Open(dir, filepath.Join(dir, "a.snmprec")); err == nil || !strings.Contains(err.Error(), "one name") {
		t.Errorf("a recording twice: %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("an empty folder is no error")
	}
	if _, err := Open(filepath.Join(dir, "d.snmprec")); err == nil {
		t.Error("a missing file is no error")
	}
}

// TestFormat reads and writes all of the corpus: what is written reads as the same again.
func TestFormat(t *testing.T) {
	recs, err := Open(peer.Corpus(t, "snmp"), "testdata/switch.snmprec")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recs {
		mustRoundTrip(t, r)
	}
}

func mustRoundTrip(tb testing.TB, r *Recording) {
	tb.Helper()
	var text bytes.Buffer
	if err := r.Format(&text); err != nil {
		tb.Fatal(err)
	}
	again, err := Parse(r.Name, &text)
	if err != nil {
		tb.Fatalf("%s does not read its own output: %v", r.Name, err)
	}
	if again.blob != r.blob {
		tb.Errorf("%s reads differently again", r.Name)
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/switch.snmprec")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("1.3.6.1|4e|\\x0\n")
	f.Add("2.999|64x|00\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse("fuzz", strings.NewReader(text))
		if err != nil {
			return
		}
		mustRoundTrip(t, r)
		for o, v := range r.All() {
			if got, ok := r.Get(o); !ok || got != v || !validOID([]byte(o)) {
				t.Fatalf("%s: %v, %v", o, got, v)
			}
		}
	})
}
