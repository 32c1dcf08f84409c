package main

import (
	"context"
	"fmt"
	"time"
)

// settled is how long a site that is polled each minute runs before its steady costs are counted: all devices have been
// looked at.
const settled = 70 * time.Second

// measureSite gives figures 11 to 14: a site of 20 switches and 100 pings each minute, an empty one, and beside them,
// at the same time, the programs they are compared with.
func measureSite(ctx context.Context, e *env) (map[int]outcome, error) {
	const switches, pings = 20, 100
	ours, err := e.startFleet(fleetOptions{good: switches})
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	theirs, err := e.startFleet(fleetOptions{good: switches, first: exporterFirst})
	if err != nil {
		return nil, err
	}
	defer theirs.stop()
	busy, err := e.serveSite(ctx, site{switches: switches, port: ours.Port, pings: pings, interval: time.Minute})
	if err != nil {
		return nil, err
	}
	defer busy.stop()
	idle, err := e.serveSite(ctx, site{})
	if err != nil {
		return nil, err
	}
	defer idle.stop()
	groups := map[string][]*process{"site": {busy.process}, "idle": {idle.process}}
	four, err := e.startOthers(ctx, switches, pings, theirs.Port)
	if err != nil {
		return nil, err
	}
	defer four.stop()
	if four != nil {
		groups["four"] = four
	}
	zabbix, err := e.startZabbix()
	if err != nil {
		return nil, err
	}
	defer zabbix.stop()
	if err := wait(ctx, settled); err != nil {
		return nil, err
	}
	if zabbix != nil {
		if groups["zabbix"], err = zabbix.family(); err != nil {
			return nil, err
		}
	}
	got, err := watch(ctx, choose(e, 2*time.Minute, 50*time.Second), groups)
	if err != nil {
		return nil, err
	}
	return siteFigures(got, four == nil, zabbix == nil), nil
}

func siteFigures(got map[string]minute, noFour, noZabbix bool) map[int]outcome {
	four, zabbix := got["four"], got["zabbix"]
	if noFour {
		four = minute{cpu: recordedSiteCPU, pss: recordedSitePSS}
	}
	if noZabbix {
		zabbix = minute{cpu: recordedZabbixCPU}
	}
	busy, idle := got["site"], got["idle"]
	return map[int]outcome{
		11: {values: []float64{busy.pss / four.pss}, recorded: noFour, detail: fmt.Sprintf("siteward %.0f MB, the four %.0f MB", busy.pss, four.pss)},
		12: {values: []float64{busy.cpu / four.cpu}, recorded: noFour, detail: fmt.Sprintf("siteward %.0f ms a minute, the four %.0f ms", busy.cpu*1e3, four.cpu*1e3)},
		13: {values: []float64{idle.rss / recordedBeszelRSS}, recorded: true, detail: fmt.Sprintf("siteward %.1f MB, beszel hub %.0f MB", idle.rss, recordedBeszelRSS)},
		14: {values: []float64{idle.cpu / zabbix.cpu}, recorded: noZabbix, detail: fmt.Sprintf("siteward %.0f ms a minute, zabbix-proxy %.0f ms", idle.cpu*1e3, zabbix.cpu*1e3)},
	}
}
