package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// measureUnit gives figure 23: what systemd says of the unit file, without a running systemd.
func measureUnit(ctx context.Context, e *env) (map[int]outcome, error) {
	path, ok := find("systemd-analyze")
	if !ok {
		return nil, errors.New("systemd-analyze is not installed")
	}
	out, err := e.command(ctx, e.root, nil, "", path, "security", "--offline=true", "--threshold=100", "--no-pager", "systemd/siteward.service")
	if err != nil {
		return nil, err
	}
	m := regexp.MustCompile(`exposure level for siteward\.service: ([0-9.]+)`).FindStringSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("systemd-analyze says no exposure: %s", out)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	return map[int]outcome{23: {values: []float64{v}, detail: "systemd-analyze security --offline=true systemd/siteward.service"}}, err
}
