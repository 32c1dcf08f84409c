package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// testBinary builds the tests of a package, to be run in its folder.
func (e *env) testBinary(ctx context.Context, pkg string) (string, error) {
	path := filepath.Join(e.dir, strings.ReplaceAll(pkg, "/", "_")+".test")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	_, err := e.command(ctx, e.root, nil, "", "go", "test", "-c", "-tags", tags, "-o", path, "./"+pkg)
	return path, err
}

// benchmark runs Go benchmarks of a package and gives their metrics by name and unit.
func (e *env) benchmark(ctx context.Context, pkg, pattern, benchtime string) (map[string]map[string]float64, error) {
	bin, err := e.testBinary(ctx, pkg)
	if err != nil {
		return nil, err
	}
	out, err := e.command(ctx, filepath.Join(e.root, pkg), []string{"TMPDIR=" + e.dir}, "", bin, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+benchtime, "-test.timeout=10m")
	if err != nil {
		return nil, err
	}
	all := benchmarkLines(out)
	if len(all) == 0 {
		return nil, fmt.Errorf("no benchmark %s in %s: %s", pattern, pkg, out)
	}
	return all, nil
}

// benchmarkLines reads the lines "BenchmarkX/y-2  100  12 ns/op  3 B/op".
func benchmarkLines(out string) map[string]map[string]float64 {
	all := map[string]map[string]float64{}
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name := f[0]
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i]
		}
		metrics := map[string]float64{}
		for i := 2; i+1 < len(f); i += 2 {
			if v, err := strconv.ParseFloat(f[i], 64); err == nil {
				metrics[f[i+1]] = v
			}
		}
		all[name] = metrics
	}
	return all
}

// one gives a metric that must be there.
func one(all map[string]map[string]float64, name, unit string) (float64, error) {
	v, ok := all[name][unit]
	if !ok {
		return 0, fmt.Errorf("%s reports no %s", name, unit)
	}
	return v, nil
}

// runTest runs one test of a package, verbosely, with a setting in the environment.
func (e *env) runTest(ctx context.Context, pkg, name, setting string) (string, error) {
	bin, err := e.testBinary(ctx, pkg)
	if err != nil {
		return "", err
	}
	return e.command(ctx, filepath.Join(e.root, pkg), []string{setting, "TMPDIR=" + e.dir}, "", bin, "-test.run=^"+name+"$", "-test.v", "-test.timeout=20m")
}
