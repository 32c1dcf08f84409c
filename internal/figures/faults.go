package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"
)

// The tests of the store do the killing and the cutting: a process of their own writes numbered records and says
// which of them are acknowledged.
var (
	killsSaid = regexp.MustCompile(`kills (\d+), acknowledged (\d+), lost (\d+), slowest start of a process until ready ([0-9a-zµ.]+)`)
	cutsSaid  = regexp.MustCompile(`power cuts (\d+), acknowledged (\d+), lost (\d+)`)
)

// measureKills gives figure 19. The test itself has no hands: each start that fails ends it, so that a test that ends
// well has needed no repair.
func measureKills(ctx context.Context, e *env) (map[int]outcome, error) {
	kills := choose(e, 200, 40)
	out, err := e.runTest(ctx, "appliance/store", "TestKillLosesNothing", "SITEWARD_KILLS="+strconv.Itoa(kills))
	m := killsSaid.FindStringSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("the kill test says nothing: %w\n%s", err, out)
	}
	ready, bad := time.ParseDuration(m[4])
	if bad != nil {
		return nil, bad
	}
	lost, _ := strconv.ParseFloat(m[3], 64)
	repairs := 0.0
	if err != nil && lost == 0 && ready < 2*time.Second {
		repairs = 1
	}
	return map[int]outcome{19: {values: []float64{lost, repairs, ready.Seconds()},
		detail: fmt.Sprintf("%s kills, %s records acknowledged, %s lost, slowest start until ready %s", m[1], m[2], m[3], ready.Round(time.Millisecond))}}, nil
}

// measurePowerCuts gives figure 20: ext4 on a loop device, which forgets what it has not written.
func measurePowerCuts(ctx context.Context, e *env) (map[int]outcome, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("power cuts need root and loop devices")
	}
	cuts := choose(e, 50, 15)
	out, err := e.runTest(ctx, "appliance/store", "TestPowerCutLosesNothing", "SITEWARD_POWERCUTS="+strconv.Itoa(cuts))
	m := cutsSaid.FindStringSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("the power cut test says nothing: %w\n%s", err, out)
	}
	lost, _ := strconv.ParseFloat(m[3], 64)
	if err != nil && lost == 0 {
		return nil, err
	}
	return map[int]outcome{20: {values: []float64{lost}, detail: fmt.Sprintf("%s cuts, %s records acknowledged, %s lost", m[1], m[2], m[3])}}, nil
}
