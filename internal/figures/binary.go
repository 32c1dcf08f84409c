package main

import (
	"context"
	"fmt"
	"os"
)

// measureBinary gives figure 17: the size of the file, stripped, pages and profiles inside.
func measureBinary(_ context.Context, e *env) (map[int]outcome, error) {
	ours, err := os.Stat(e.siteward)
	if err != nil {
		return nil, err
	}
	other, recorded := float64(prometheusBinary), true
	if path, ok := find("prometheus"); ok {
		if st, err := os.Stat(path); err == nil {
			other, recorded = float64(st.Size()), false
		}
	}
	size := float64(ours.Size())
	return map[int]outcome{17: {values: []float64{size / other}, recorded: recorded,
		detail: fmt.Sprintf("siteward %.1f MB, prometheus %.1f MB", size/1e6, other/1e6)}}, nil
}
