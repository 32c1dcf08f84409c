// Program figures measures what the product has to reach and prints each figure beside its goal, from one run:
// `make bench`. docs/figures.md says how each is measured and holds the last table.
//
// The product's side is the binary as it ships, or the benchmark of the package that does the work. The other side is
// run in the same run, on the same work, where its program is installed; otherwise a number measured earlier stands in
// its place, and the line says so. Nothing is kept: all of it happens in a temporary folder, on loopback addresses.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && helpers[os.Args[1]] != nil {
		if err := helpers[os.Args[1]](os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "figures", os.Args[1]+":", err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// helpers are what this program is started as, besides, so that their CPU is not counted to anybody else.
var helpers = map[string]func([]string) error{
	"fleet": fleetMain, "pings": pingsMain, "echoes": echoesMain, "static": staticMain,
}

func run() error {
	only := flag.String("only", "", "numbers of the figures to measure, 1,2,7; all when empty")
	quick := flag.Bool("quick", false, "fewer rounds and shorter waits: a first impression, less exact")
	strict := flag.Bool("strict", false, "end with 1 when a first goal is missed")
	binary := flag.String("binary", "", "measure this siteward instead of building one")
	verbose := flag.Bool("v", false, "say what is being done")
	flag.Parse()
	wanted, err := numbers(*only)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	e, err := newEnv(ctx, *quick, *verbose, *binary)
	if err != nil {
		return err
	}
	defer e.close()
	outcomes := measure(ctx, e, wanted)
	if err := ctx.Err(); err != nil {
		return err
	}
	if missed := printTable(os.Stdout, outcomes); *strict && missed > 0 {
		return fmt.Errorf("%d figures miss their first goal", missed)
	}
	return nil
}

func numbers(list string) ([]int, error) {
	var out []int
	if list == "" {
		for _, f := range figures {
			out = append(out, f.number)
		}
		return out, nil
	}
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || !slices.ContainsFunc(figures, func(f figure) bool { return f.number == n }) {
			return nil, fmt.Errorf("-only %q: there is no figure %q", list, s)
		}
		out = append(out, n)
	}
	return out, nil
}

// measure runs what is needed for the wanted figures.
func measure(ctx context.Context, e *env, wanted []int) map[int]outcome {
	outcomes := map[int]outcome{}
	var mu sync.Mutex
	for _, together := range measurements {
		var group sync.WaitGroup
		for _, m := range together {
			if ctx.Err() != nil || !slices.ContainsFunc(m.numbers, func(n int) bool { return slices.Contains(wanted, n) }) {
				continue
			}
			group.Go(func() {
				got := m.measure(ctx, e)
				mu.Lock()
				defer mu.Unlock()
				maps.Copy(outcomes, got)
			})
		}
		group.Wait()
	}
	maps.DeleteFunc(outcomes, func(n int, _ outcome) bool { return !slices.Contains(wanted, n) })
	return outcomes
}

// measure gives an outcome for each of the numbers.
func (m measurement) measure(ctx context.Context, e *env) map[int]outcome {
	began := time.Now()
	e.say("%v %s: begins", m.numbers, m.what)
	ctx, cancel := context.WithTimeout(ctx, m.limit)
	defer cancel()
	got, err := m.run(ctx, e)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("it takes longer than %s, or was ended: %w", m.limit, err)
	}
	all := map[int]outcome{}
	for _, n := range m.numbers {
		o, ok := got[n]
		if !ok {
			o.err = errors.Join(err, o.err)
		}
		all[n] = o
	}
	e.say("%v %s: done after %s", m.numbers, m.what, time.Since(began).Round(time.Second))
	return all
}
