package appliance

import (
	"encoding/json"
	"testing"
	"time"
)

// TestDurationsGoThroughJSON: what is given is taken again, and what older releases stored as nanoseconds is read.
func TestDurationsGoThroughJSON(t *testing.T) {
	for text, d := range map[string]time.Duration{`"1m"`: time.Minute, `"15m"`: 15 * time.Minute, `"1h"`: time.Hour, `"10h"`: 10 * time.Hour, `"1h0m30s"`: time.Hour + 30*time.Second, `"1h30m"`: 90 * time.Minute,
		`"0s"`: 0, `"-20m"`: -20 * time.Minute, `"10m10s"`: 10*time.Minute + 10*time.Second, `"1.5s"`: 1500 * time.Millisecond} {
		b, err := json.Marshal(Duration(d))
		if err != nil || string(b) != text {
			t.Errorf("%s is given as %s, want %s, %v", d, b, text, err)
		}
		var back Duration
		if err := json.Unmarshal(b, &back); err != nil || time.Duration(back) != d {
			t.Errorf("%s came back as %s, %v", d, back, err)
		}
	}
	var old struct {
		Took Duration `json:"took,omitempty"`
	}
	if err := json.Unmarshal([]byte(`{"took":900000000000}`), &old); err != nil || old.Took != Duration(15*time.Minute) {
		t.Errorf("%+v, %v", old, err)
	}
	for _, bad := range []string{`"x"`, `1.5`, `{}`, `"5"`} {
		if err := json.Unmarshal([]byte(bad), new(Duration)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
