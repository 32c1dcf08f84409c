package backuplog

import (
	"bytes"
	"context"
	"testing"
	"time"

	"siteward/appliance"
)

func FuzzRead(f *testing.F) {
	set := shipped(f)
	for _, s := range []string{
		"terminating with success status, rc 0\n", "{\"archive\":{\"name\":\"a\",\"stats\":{\"original_size\":1}}}\n", "\xff\xfes\x00e\x00n\x00t\x00",
		"Subject: [Success] x\nFrom: a\nTo: b\nMIME-Version: 1.0\n\nBackup job: x\tSuccess\n", "<Event xmlns='x'><System><EventID>4</EventID></System></Event>",
		"20261122 023234 100 231.2 0 [OL CHRG] NA 49.9\n", "INFO: starting new backup job: vzdump\nINFO: Finished Backup of VM 1 (00:00:01)\n", "\x1f\x8b\x08", "[{\n", "a\rb\r\nc\x00d\x1b[2K",
	} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		o := Options{Formats: set, Location: berlin, Now: readAt, Final: true, Limit: 1 << 20}
		res, err := Read(context.Background(), bytes.NewReader(text), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range res.Runs {
			if r.Evidence.Length < 0 || r.Evidence.Offset < 0 || r.Product == "" || r.Status == "" {
				t.Fatalf("%+v", r)
			}
		}
		o.Final = false
		part := text[:max(0, min(cut, len(text)))]
		if res, _ := Read(context.Background(), bytes.NewReader(part), o); res.Resume < 0 || res.Encoding == "" && res.Resume > int64(len(part)) {
			t.Fatalf("resume %d of %d", res.Resume, len(part))
		}
	})
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"2026-11-22 02:15:31", "Sun Nov 22 02:06:19 CET 2026", "So 22. Nov 01:49:47 CET 2026", "19-5月-2019 20:32:28", "Nov 22 02:39:11", "10/11/2016 06:53:05", "?2012?-?03?-?31T07:00:05.748719600Z", "1795308478.25"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := clock{loc: berlin, now: readAt}
		if _, n, ok := c.stamp(s); ok && n > len(s) {
			t.Fatal("took more than there is")
		}
		c.parse(s)
		size(s, true)
		span(s)
	})
}

func FuzzCompileFormat(f *testing.F) {
	f.Add([]byte("format: a\nrules:\n  - {match: 'abc', end: true, status: success}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := CompileFormat(b)
		if err == nil {
			_, _ = Try(context.Background(), &Set{}, c, "abc\n", nil, time.Time{})
		} else if appliance.CodeOf(err) == "" {
			t.Fatalf("no error for people: %v", err)
		}
	})
}
