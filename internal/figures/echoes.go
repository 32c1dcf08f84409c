package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	words "siteward/appliance"
	"siteward/probes"
)

// Echoes are sent to addresses of loopback, each of which answers.
const (
	pingFirst   = "127.77.0.1"
	pingTargets = 1000
)

// echoCost is the CPU of 1,000 echoes in seconds, one number a round.
type echoCost struct{ Ours, Blackbox, Fping []float64 }

// measureEchoes gives figure 6, in a network namespace of its own: there datagram ICMP sockets are allowed, as the
// package allows them where it is installed, whatever this machine allows.
func measureEchoes(ctx context.Context, e *env) (map[int]outcome, error) {
	cmd := exec.CommandContext(ctx, e.self, "pings", fmt.Sprint(choose(e, 5, 3)))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("in a network namespace: %w", err)
	}
	var c echoCost
	if err := json.Unmarshal(out, &c); err != nil {
		return nil, err
	}
	if len(c.Blackbox) == 0 {
		return nil, errors.New("blackbox_exporter is not installed, and no figure of it was recorded alone")
	}
	ours, theirs := median(c.Ours)*1e3, median(c.Blackbox)*1e3
	detail := fmt.Sprintf("siteward's probe %.0f ms (datagram sockets, 50 at once), blackbox_exporter %.0f ms", ours, theirs)
	if len(c.Fping) > 0 {
		detail += fmt.Sprintf(", fping -i 1 %.0f ms: %.1f of fping (to reach 1.0)", median(c.Fping)*1e3, ours/(median(c.Fping)*1e3))
	}
	return map[int]outcome{6: {values: []float64{ours / theirs}, detail: detail}}, nil
}

// pingsMain is the helper inside the namespace: it lets all of them send in turn and prints what it cost.
func pingsMain(args []string) error {
	if err := echoesAllowed(); err != nil {
		return err
	}
	e := &env{}
	var err error
	if e.self, err = os.Executable(); err != nil {
		return err
	}
	if e.dir, err = os.MkdirTemp("", "siteward-echoes-"); err != nil {
		return err
	}
	defer e.close()
	ctx := context.Background()
	blackbox, url, err := e.startBlackbox(ctx)
	if err != nil {
		return err
	}
	defer blackbox.stop()
	var rounds int
	if _, err := fmt.Sscan(args[0], &rounds); err != nil {
		return err
	}
	var c echoCost
	for range rounds {
		if err := c.round(ctx, e, blackbox, url); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(c)
}

func (c *echoCost) round(ctx context.Context, e *env, blackbox *process, url string) error {
	ours, err := e.childCPU(ctx, e.self, "echoes")
	if err != nil {
		return err
	}
	c.Ours = append(c.Ours, ours)
	if fping, ok := find("fping"); ok {
		first, last := following(pingFirst, 0), following(pingFirst, pingTargets-1)
		theirs, err := e.childCPU(ctx, fping, "-q", "-C", "1", "-i", "1", "-g", first, last)
		if err != nil {
			return err
		}
		c.Fping = append(c.Fping, theirs)
	}
	if blackbox == nil {
		return nil
	}
	theirs, err := blackbox.cpuWhile(func() error {
		for i := range pingTargets {
			if err := answers(ctx, http.DefaultClient, url+following(pingFirst, i)); err != nil {
				return err
			}
		}
		return nil
	})
	c.Blackbox = append(c.Blackbox, theirs)
	return err
}

// childCPU runs a program and gives the CPU it took, in seconds.
func (e *env) childCPU(ctx context.Context, path string, args ...string) (float64, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", filepath.Base(path), err, out[max(0, len(out)-500):])
	}
	if s := strings.TrimSpace(string(out)); path == e.self && s != "" { // it measures itself, without its start
		var v float64
		_, err := fmt.Sscan(s, &v)
		return v, err
	}
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), nil
}

// echoesMain is the helper that asks all targets once by the probe of the product, 50 at a time.
func echoesMain([]string) error {
	ask := probes.Guard(probes.NewPing(0), slog.New(slog.DiscardHandler))
	targets := make(chan string)
	var failed error
	var mu sync.Mutex
	var group sync.WaitGroup
	before := ownCPU()
	for range 50 {
		group.Go(func() {
			for t := range targets {
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				r := ask(ctx, probes.Target{Device: words.Device{Address: t}, Check: words.Check{ID: 1, Probe: words.ProbePing, Ping: &words.PingSettings{Count: 1}}}, nil)
				cancel()
				if r.Failure != nil {
					mu.Lock()
					failed = fmt.Errorf("%s: %s", t, r.Failure.Detail)
					mu.Unlock()
				}
			}
		})
	}
	for i := range pingTargets {
		targets <- following(pingFirst, i)
	}
	close(targets)
	group.Wait()
	fmt.Println((ownCPU() - before).Seconds())
	return failed
}

func ownCPU() time.Duration {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// echoesAllowed brings loopback up and lets every group send echoes, in this namespace.
func echoesAllowed() error {
	if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("0 0"), 0o600); err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	ifr.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr)
}

// startBlackbox starts blackbox_exporter and gives the URL to which a target is added. nil when it is not installed.
func (e *env) startBlackbox(ctx context.Context) (*process, string, error) {
	path, ok := find("blackbox_exporter", "prometheus-blackbox-exporter")
	if !ok {
		return nil, "", nil
	}
	file, err := e.file("blackbox.yml", "modules:\n  icmp: {prober: icmp, timeout: 2s, icmp: {preferred_ip_protocol: ip4}}\n")
	if err != nil {
		return nil, "", err
	}
	listen, err := freePort()
	if err != nil {
		return nil, "", err
	}
	p, err := e.start("blackbox_exporter", nil, path, "--config.file="+file, "--web.listen-address="+listen)
	if err != nil {
		return nil, "", err
	}
	if err := p.ready(ctx, "http://"+listen+"/"); err != nil {
		p.stop()
		return nil, "", err
	}
	return p, "http://" + listen + "/probe?module=icmp&target=", nil
}
