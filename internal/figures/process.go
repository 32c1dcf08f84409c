package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program under measurement.
type process struct {
	name string
	cmd  *exec.Cmd
	pid  int
	errs *tail
	gone chan struct{} // closed when it has ended
	err  error
}

// start runs a program. It ends with the measurement at the latest.
func (e *env) start(name string, environ []string, path string, args ...string) (*process, error) {
	p := &process{name: name, cmd: exec.Command(path, args...), errs: &tail{}, gone: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = e.dir, append(os.Environ(), environ...)
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, p.errs
	return p, p.begin()
}

func (p *process) begin() error {
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.pid = p.cmd.Process.Pid
	go func() {
		p.err = p.cmd.Wait()
		close(p.gone)
	}()
	return nil
}

// stop ends the process and waits for it; it is killed when it does not end by itself.
func (p *process) stop() {
	if p == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.gone:
		return
	case <-time.After(10 * time.Second):
	}
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// alive is an error when the process has ended.
func (p *process) alive() error {
	select {
	case <-p.gone:
		return fmt.Errorf("%s ended: %w\n%s", p.name, errors.Join(p.err, errors.New("see its last words")), p.errs)
	default:
		return nil
	}
}

// file reads one of the process's files below /proc.
func (p *process) file(name string) string {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/" + name)
	return string(b)
}

// cpu is what the process has used until now, in seconds: user and system, exact to 10 ms.
func (p *process) cpu() (float64, error) {
	stat := p.file("stat")
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, errors.Join(p.alive(), fmt.Errorf("no CPU time of %s", p.name))
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100, nil // USER_HZ is 100 on every architecture that Go knows
}

// cpuWhile is what the process uses while something is done, in seconds.
func (p *process) cpuWhile(do func() error) (float64, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return after - before, err
}

// pss is the memory of the process, what it shares with others counted by its part, in MB.
func (p *process) pss() (float64, error) { return p.kilobytes("smaps_rollup", "Pss:") }

// rss is the memory of the process in MB.
func (p *process) rss() (float64, error) { return p.kilobytes("status", "VmRSS:") }

func (p *process) kilobytes(file, key string) (float64, error) {
	for line := range strings.Lines(p.file(file)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return n / 1024, err
		}
	}
	return 0, errors.Join(p.alive(), fmt.Errorf("no %s of %s", key, p.name))
}

// tail keeps the end of what a program said.
type tail struct{ buf bytes.Buffer }

func (t *tail) Write(b []byte) (int, error) {
	if t.buf.Len() > 64<<10 {
		t.buf.Next(32 << 10)
	}
	return t.buf.Write(b)
}

func (t *tail) String() string {
	b := t.buf.Bytes()
	return string(b[max(0, len(b)-2000):])
}

// command runs a program to its end and gives what it printed.
func (e *env) command(ctx context.Context, dir string, environ []string, stdin, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, append(os.Environ(), environ...), strings.NewReader(stdin)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w\n%s", path, strings.Join(args, " "), err, out[max(0, len(out)-2000):])
	}
	return string(out), nil
}
