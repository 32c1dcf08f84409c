package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tags are those the product is built with.
const tags = "gosnmp_nodebug"

// env is where a run happens.
type env struct {
	quick, verbose bool
	root           string // of the source
	dir            string // temporary, removed at the end
	self           string // this program, for its helpers
	siteward       string // the binary as it ships
	used           used
	cleanup        []func()
}

func newEnv(ctx context.Context, quick, verbose bool, binary string) (*env, error) {
	e := &env{quick: quick, verbose: verbose, siteward: binary}
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "siteward").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module; run this in its folder: %w", err)
	}
	e.root = strings.TrimSpace(string(out))
	if e.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if e.dir, err = os.MkdirTemp("", "siteward-figures-"); err != nil {
		return nil, err
	}
	if binary == "" {
		e.siteward = filepath.Join(e.root, "bin", "siteward")
		err = e.build(ctx)
	} else {
		e.siteward, err = filepath.Abs(binary)
	}
	if err != nil {
		e.close()
		return nil, err
	}
	e.age(ctx)
	return e, nil
}

// build makes the binary that ships.
func (e *env) build(ctx context.Context) error {
	e.say("building siteward")
	cmd := exec.CommandContext(ctx, "make", "-s", "build")
	cmd.Dir = e.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build siteward: %w\n%s", err, out)
	}
	return nil
}

func (e *env) close() {
	e.used.stop()
	for _, f := range e.cleanup {
		f()
	}
	_ = os.RemoveAll(e.dir)
}

// say tells on standard error what is going on, because some of it takes minutes.
func (e *env) say(format string, args ...any) {
	if e.verbose {
		fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
	}
}

// folder makes a new empty folder.
func (e *env) folder(name string) (string, error) { return os.MkdirTemp(e.dir, name+"-") }

// file writes a file in a folder of its own.
func (e *env) file(name, text string) (string, error) {
	dir, err := e.folder("file")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// choose gives the second value in a quick run.
func choose[T any](e *env, full, quick T) T {
	if e.quick {
		return quick
	}
	return full
}

// find looks for one of several names of a program: distributions rename them.
func find(names ...string) (string, bool) {
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path, true
		}
	}
	return "", false
}

// freePort gives an address of loopback that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// wait sleeps unless the context ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// until tries again until it works, for so long as the context and the limit allow.
func until(ctx context.Context, limit time.Duration, try func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := try()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return err
		}
		if stopped := wait(ctx, 20*time.Millisecond); stopped != nil {
			return errors.Join(stopped, err)
		}
	}
}
