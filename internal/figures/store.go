package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
)

// storeRun is what writing and reading cost one store, by metric.
type storeRun map[string]float64

// measureStore gives figures 7 to 10: the benchmarks of appliance/store and program tsdb in turn, on the same samples.
func measureStore(ctx context.Context, e *env) (map[int]outcome, error) {
	peer := filepath.Join(e.dir, "tsdb")
	module := filepath.Join(e.root, "internal", "figures", "tsdb")
	_, missing := e.command(ctx, module, []string{"CGO_ENABLED=0"}, "", "go", "build", "-o", peer, ".")
	if missing != nil {
		e.say("the TSDB library cannot be built: %v", missing)
	}
	var ours, theirs []storeRun
	for range choose(e, 3, 1) {
		all, err := e.benchmark(ctx, "appliance/store", "^BenchmarkMonth$", "1x")
		if err != nil {
			return nil, err
		}
		ours = append(ours, all["BenchmarkMonth"])
		if missing != nil {
			continue
		}
		month, err := tsdb(ctx, e, peer, 0, 500, 30)
		if err != nil {
			return nil, err
		}
		theirs = append(theirs, month)
	}
	years, err := e.benchmark(ctx, "appliance/store", "^BenchmarkReadYear$", "41x")
	if err != nil {
		return nil, err
	}
	year, err := one(years, "BenchmarkReadYear", "ns/op")
	if err != nil {
		return nil, err
	}
	if missing != nil {
		return storeFigures(ours, []storeRun{recordedTSDB}, year/1e3, recordedTSDBYear, true), nil
	}
	theirYear, err := tsdb(ctx, e, peer, yearFirst, yearSeries, 365)
	out := storeFigures(ours, theirs, year/1e3, theirYear["read-all-us"], false)
	if err != nil {
		out[10] = outcome{err: err}
	}
	return out, nil
}

// The series of the benchmark of a year: of all kinds.
const yearFirst, yearSeries = 15, 20

// What the TSDB library took here when it could be built.
var recordedTSDB = storeRun{"disk-B/sample": 2.406, "cpu-ns/sample": 735, "written-B/sample": 22.3, "read-day-us": 57.7, "read-all-us": 1522}

const recordedTSDBYear = 20000.0

func storeFigures(ours, theirs []storeRun, year, theirYear float64, recorded bool) map[int]outcome {
	compare := func(metric, theirMetric string) (a, b, r float64) {
		a, b = middle(ours, metric), middle(theirs, theirMetric)
		return a, b, a / b
	}
	out := map[int]outcome{}
	for n, metric := range map[int]string{7: "disk-B/sample", 8: "cpu-ns/sample", 9: "written-B/sample"} {
		a, b, r := compare(metric, metric)
		out[n] = outcome{values: []float64{r}, recorded: recorded, detail: fmt.Sprintf("siteward %s, TSDB %s %s; median of %d rounds", number(a), number(b), metric, len(ours))}
	}
	da, db, day := compare("read-day-us", "read-day-us")
	ma, mb, month := compare("read-30days-us", "read-all-us")
	out[10] = outcome{values: []float64{day, month, year / theirYear}, recorded: recorded, detail: fmt.Sprintf(
		"siteward %s, %s, %s µs; TSDB %s, %s, %s µs; medians of 41 reads, the year a mean of them; %d rounds", number(da), number(ma), number(year), number(db), number(mb), number(theirYear), len(ours))}
	return out
}

func tsdb(ctx context.Context, e *env, path string, first, series, days int) (storeRun, error) {
	dir, err := e.folder("tsdb")
	if err != nil {
		return nil, err
	}
	out, err := e.command(ctx, dir, nil, "", path, "-dir", dir, "-first", strconv.Itoa(first), "-series", strconv.Itoa(series), "-days", strconv.Itoa(days), "-coarse="+strconv.FormatBool(days > 30))
	if err != nil {
		return nil, err
	}
	var r storeRun
	return r, json.Unmarshal([]byte(out), &r)
}

func middle(runs []storeRun, metric string) float64 {
	var v []float64
	for _, r := range runs {
		v = append(v, r[metric])
	}
	return median(v)
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	if len(s) == 0 {
		return 0
	}
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
