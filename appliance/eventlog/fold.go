package eventlog

import (
	"strings"

	"siteward/appliance"
)

// Fold leaves the newest of the messages that only differ in numbers, with the count of all of them, in the order of the first of each.
func Fold(ms []appliance.LogMessage) (out []appliance.LogMessage) {
	type like struct {
		shape uint64
		rules string
	}
	at := map[like]int{}
	for i := range ms {
		m := ms[i]
		key := like{shape(&m), strings.Join(m.Rules, " ")}
		if j, ok := at[key]; ok {
			m.Count += out[j].Count
			out[j] = m
			continue
		}
		at[key] = len(out)
		out = append(out, m)
	}
	return out
}
