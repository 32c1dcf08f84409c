package access

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// Audit makes the journal's line about a change: who did what to which object ("device sw-core"). Message arguments
// must hold no secrets; Difference makes a summary without them.
func Audit(now time.Time, by appliance.Actor, object string, m appliance.Message) appliance.Event {
	return appliance.Event{At: now, Kind: appliance.EventAudit, By: by.Name, Object: object, Message: m}
}

// audited makes an audit event with its locale key "audit.<verb>" and the arguments every one has.
func audited(now time.Time, by appliance.Actor, object, verb, english string, args map[string]any) appliance.Event {
	all := map[string]any{"Via": by.Via}
	if by.Address != "" {
		all["Address"] = by.Address
	}
	maps.Copy(all, args)
	return Audit(now, by, object, appliance.Message{Key: "audit." + verb, Args: all, English: english})
}

// secretFields are never told in a summary, only that they changed.
var secretFields = []string{"password", "community", "auth", "priv", "hash"}

// silentFields change with every write and say nothing to a person.
var silentFields = []string{"version", "stamp", "created", "signed_in", "used", "id"}

const maxDifference = 600

// Difference tells in one line which fields differ between two values of one type, by their JSON names:
// `role viewer → technician, password changed`. Secrets are named, never shown. A nil before or after is a value that
// was not there.
func Difference(before, after any) string {
	b, a := fields(before), fields(after)
	keys := slices.Sorted(maps.Keys(b))
	for k := range a {
		if _, both := b[k]; !both {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var parts []string
	for _, k := range keys {
		old, now := string(b[k]), string(a[k])
		switch {
		case old == now || slices.Contains(silentFields, k):
		case slices.Contains(secretFields, k):
			parts = append(parts, k+" changed")
		case len(old) > 80 || len(now) > 80 || hasSecret(old) || hasSecret(now):
			parts = append(parts, k+" changed")
		default:
			parts = append(parts, fmt.Sprintf("%s %s → %s", k, show(old), show(now)))
		}
	}
	return shorten(strings.Join(parts, ", "), maxDifference)
}

func fields(v any) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	if b, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(b, &m) // null and values that are no objects have no fields
	}
	return m
}

// hasSecret finds nested records that hold secret fields.
func hasSecret(raw string) bool {
	return slices.ContainsFunc(secretFields, func(f string) bool { return strings.Contains(raw, `"`+f+`":`) })
}

func show(raw string) string {
	var s string
	switch {
	case raw == "" || raw == `""` || raw == "null":
		return "–"
	case json.Unmarshal([]byte(raw), &s) == nil:
		return s
	}
	return raw
}

func shorten(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
