package score

import (
	"encoding/json"
	"testing"
)

func TestFactsAreCountedByTheRulesOfTheCorpus(t *testing.T) {
	const all = `{"sysName": "Sw-1", "interfaces": 4, "vendor": "HP", "cpu_count": null,
		"storage": [{"index": "31", "descr": "/", "size_bytes": 1000, "used_bytes": 500}],
		"ups": {"on_battery": false, "by_mib": {"UPS-MIB": {}}}}`
	for name, c := range map[string]struct {
		said         string
		full         bool
		right, total int
	}{
		"all right":                   {all, false, 5, 5},
		"null is no fact":             {all, true, 6, 6},
		"nothing said":                {`{}`, false, 0, 5},
		"case and spaces are nothing": {`{"sysName": " sw-1 "}`, false, 1, 5},
		"1 % off is right":            {`{"storage": [{"index": 31, "size_bytes": 1010, "used_bytes": 506}]}`, false, 1, 5},
		"a vendor's longer name":      {`{"vendor": "HP Inc."}`, true, 1, 6},
		"false is not left out":       {`{"ups": {"on_battery": null}}`, false, 0, 5},
		"wrong types":                 {`{"sysName": 4, "interfaces": "4", "storage": {}, "ups": []}`, false, 0, 5},
	} {
		s := Score{Full: c.full}
		s.Add(decode(t, all), decode(t, c.said))
		if s.Right != c.right || s.Total != c.total || len(s.Wrong) != c.total-c.right {
			t.Errorf("%s: %d of %d, want %d of %d; %v", name, s.Right, s.Total, c.right, c.total, s.Wrong)
		}
	}
	if p := (&Score{Right: 2, Total: 3}).Percent(); p != 66.66 {
		t.Errorf("two of three are %g %%", p)
	}
}

func decode(t *testing.T, text string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}
