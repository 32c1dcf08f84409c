package snmprec_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/embed"
	"siteward/internal/peer"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/snmprec"
)

func TestRecordingsComeBackAsTheyWere(t *testing.T) {
	folder := peer.Corpus(t, "snmp")
	files, err := filepath.Glob(filepath.Join(folder, "*.snmprec"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, path := range files[:8] {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		vars, err := snmprec.Parse(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		var out bytes.Buffer
		if err := snmprec.Write(&out, vars); err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Count(out.String(), "\n"), len(vars); got != want {
			t.Errorf("%s: %d lines of %d", path, got, want)
		}
		again, err := snmprec.Parse(&out)
		if err != nil || len(again) != len(vars) {
			t.Fatalf("%s: %v", path, err)
		}
		for i := range vars {
			if vars[i].OID != again[i].OID || vars[i].Num != again[i].Num || !bytes.Equal(vars[i].Bytes, again[i].Bytes) {
				t.Fatalf("%s: %+v became %+v", path, vars[i], again[i])
			}
		}
	}
}

func TestMaskHidesWhoseItIs(t *testing.T) {
	table, err := names.New(embed.MIB)
	if err != nil {
		t.Fatal(err)
	}
	in := `1.0.8802.1.1.2.1.4.1.1.9.0.1.1|4|nachbar-switch
1.3.6.1.2.1.1.1.0|4|Model X praxis-nas-01 rev 2
1.3.6.1.2.1.1.4.0|4|Dr. Beispiel
1.3.6.1.2.1.1.5.0|4|praxis-nas-01
1.3.6.1.2.1.1.6.0|4|Keller, Musterweg 3
1.3.6.1.2.1.2.2.1.6.1|4x|00113201aabb
1.3.6.1.2.1.17.4.3.1.2.0.17.50.1.170.187|2|4
1.3.6.1.2.1.17.4.3.1.1.0.17.50.1.170.187|4x|00113201aabb
1.3.6.1.2.1.31.1.1.1.18.1|4|uplink 00:11:32:01:aa:bb
1.3.6.1.2.1.47.1.1.1.1.11.1|4|SN4711X
1.3.6.1.4.1.6574.1.5.2.0|4|serial is SN4711X
`
	vars, err := snmprec.Parse(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := snmprec.Write(&out, snmprec.Mask(vars, table)); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, secret := range []string{"praxis", "Beispiel", "Musterweg", "nachbar", "SN4711X", "01aabb", "01:aa:bb", ".1.170.187"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is still there:\n%s", secret, text)
		}
	}
	for _, kept := range []string{"Model X name-", "00113", "0.17.50.", "uplink 00:11:32:"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is gone:\n%s", kept, text)
		}
	}
	if strings.Count(text, "\n") != 11 {
		t.Errorf("lines are missing:\n%s", text)
	}
	if len(vars) == 0 || string(vars[3].Bytes) == "" {
		t.Error("the original was changed")
	}
}

func TestARecordingAnswersLikeADevice(t *testing.T) {
	vars, err := snmprec.Parse(strings.NewReader("1.3.6.1.2|2|1\n1.3.6.1.10|2|-2\n1.3.6.1.10.1|65|3\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := snmprec.New(vars)
	got, _ := r.Get(context.Background(), []mib.OID{"1.3.6.1.10", "1.3.6.1.3"})
	if got[0].Int() != -2 || got[1].Exists() {
		t.Errorf("%+v", got)
	}
	if walked, _ := r.Walk(context.Background(), []mib.OID{"1.3.6.1.10"}); len(walked) != 1 || walked[0].Num != 3 {
		t.Errorf("%+v", walked)
	}
	for _, bad := range []string{"1.3", "x|4|y", "1.3|z|y", "1.3.6|4x|zz", "1.3.6|2|x"} {
		if _, err := snmprec.Parse(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1.3.6.1.2.1.1.1.0|4|Netman 204\n1.3.6.1.2|4x|00ff\n1.3.6|64|192.0.2.1\n")
	f.Fuzz(func(t *testing.T, s string) {
		vars, err := snmprec.Parse(strings.NewReader(s))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := snmprec.Write(&out, vars); err != nil {
			t.Fatal(err)
		}
		if _, err := snmprec.Parse(&out); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
