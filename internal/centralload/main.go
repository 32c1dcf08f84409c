// Command centralload measures one central: it speaks for ten thousand sites over HTTP on loopback, as fast as central takes it, and
// prints how many times faster than these sites report that is, what a site costs in memory, and how long the list of the fleet takes.
//
//	go run -tags gosnmp_nodebug ./internal/centralload -binary bin/siteward-central [-database postgres://…]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A site reports four times an hour and tells of four other things: eight requests.
const requestsPerHour = 8

func main() {
	binary := flag.String("binary", "bin/siteward-central", "the central to measure")
	sites := flag.Int("sites", 10_000, "how many sites")
	database := flag.String("database", "", "keep everything in this PostgreSQL instead of a folder")
	seconds := flag.Int("seconds", 30, "how long to send as fast as it goes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *binary, *database, *sites, time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "centralload:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, binary, database string, sites int, took time.Duration) error {
	dir, err := os.MkdirTemp("", "centralload")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f, err := newFleet(ctx, dir, database, sites)
	if err != nil {
		return err
	}
	args := []string{"central", "serve", "--data", dir, "--listen", f.address, "--log-level", "warn"}
	if database != "" {
		args = append(args, "--database", database)
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }()
	if err := f.ready(ctx); err != nil {
		return err
	}
	before := resident(cmd.Process.Pid)
	began := time.Now()
	if err := f.round(ctx); err != nil { // each site reports once
		return err
	}
	fmt.Printf("first reports of %d sites: %.1f s\n", sites, time.Since(began).Seconds())
	all := resident(cmd.Process.Pid)
	n, lapse, err := f.flood(ctx, took)
	if err != nil {
		return err
	}
	rate, need := float64(n)/lapse.Seconds(), float64(sites)*requestsPerHour/3600
	after := resident(cmd.Process.Pid)
	fmt.Printf("taken: %.0f requests a second; %d sites need %.1f: headroom %.1fx (goal 5x)\n", rate, sites, need, rate/need)
	fmt.Printf("memory: %.0f MB with the reports of all sites, %.0f MB before: %.1f kB a site in all (goal 20 kB); %.0f MB at that rate\n",
		float64(all)/1e6, float64(before)/1e6, float64(all)/1e3/float64(sites), float64(after)/1e6)
	times, err := f.pages(ctx, 300)
	if err != nil {
		return err
	}
	slices.Sort(times)
	fmt.Printf("list of the fleet, 100 of %d sites with totals, while they report: median %.1f ms, p99 %.1f ms (goal 100 ms)\n", sites,
		float64(times[len(times)/2].Microseconds())/1e3, float64(times[len(times)*99/100].Microseconds())/1e3)
	return f.check(ctx)
}

// resident is how much memory a process has, in bytes.
func resident(pid int) int64 {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}
