package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// measureFullDisk gives figure 21 on the whole program: siteward polls 50 addresses on a small file system that another
// process fills for a minute, while users are added all the time. A user whose command succeeded is acknowledged and
// must be there after kill -9 and a start.
func measureFullDisk(ctx context.Context, e *env) (map[int]outcome, error) {
	dir, err := e.tmpfs("200m")
	if err != nil {
		return nil, err
	}
	made, err := e.newStore(ctx, site{pings: 50, interval: 10 * time.Second})
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "store")
	if err := copyStore(data, made); err != nil {
		return nil, err
	}
	a, err := e.serve(ctx, data)
	if err != nil {
		return nil, err
	}
	defer func() { a.stop() }()
	u := &users{e: e, data: data}
	if err := u.addFor(ctx, 3*time.Second); err != nil || len(u.acked) == 0 {
		return nil, fmt.Errorf("no user could be added while there was room: %w", errors.Join(err, u.refused))
	}
	ballast := filepath.Join(dir, "others")
	if err := fillUp(ballast); err != nil {
		return nil, err
	}
	before := len(u.acked)
	if err := u.addFor(ctx, choose(e, time.Minute, 15*time.Second)); err != nil {
		return nil, err
	}
	if u.refused == nil {
		return nil, errors.New("no user was refused on the full disk: was it full?")
	}
	during := len(u.acked) - before
	if err := os.Remove(ballast); err != nil {
		return nil, err
	}
	began, count := time.Now(), len(u.acked)
	for len(u.acked) == count && time.Since(began) < 2*time.Minute {
		if err := u.addFor(ctx, 0); err != nil {
			return nil, err
		}
	}
	back := time.Since(began)
	crashes := 0.0
	if a.alive() != nil {
		crashes = 1
	}
	_ = a.cmd.Process.Kill()
	<-a.gone
	if a, err = e.serve(ctx, data); err != nil {
		return nil, err
	}
	lost, err := u.lost(ctx)
	return map[int]outcome{21: {values: []float64{crashes, lost, back.Seconds()}, err: err, detail: fmt.Sprintf(
		"%d users acknowledged before, %d while it was full; refused with %q", before, during, message(u.refused.Error()))}}, nil
}

// users are added one after the other, by the command line.
type users struct {
	e       *env
	data    string
	tried   int
	acked   []string
	refused error // the last refusal
}

// addFor adds users for a while, at least one. Refusals are no error.
func (u *users) addFor(ctx context.Context, d time.Duration) error {
	for began := time.Now(); ; {
		u.tried++
		name := fmt.Sprintf("user%d", u.tried)
		_, err := u.e.command(ctx, u.e.dir, nil, userPassword+"\n", u.e.siteward, "user", "add", name, "--role", "viewer", "--data", u.data)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			u.refused = err
		} else {
			u.acked = append(u.acked, name)
		}
		if time.Since(began) >= d {
			return nil
		}
		if err := wait(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
}

// lost counts users that were acknowledged and are not there.
func (u *users) lost(ctx context.Context) (n float64, err error) {
	out, err := u.e.command(ctx, u.e.dir, nil, "", u.e.siteward, "user", "list", "--data", u.data)
	for _, name := range u.acked {
		if !strings.Contains(out, name+" ") {
			n++
		}
	}
	return n, err
}

// tmpfs mounts a small file system in memory, until the end of the run.
func (e *env) tmpfs(size string) (string, error) {
	dir, err := e.folder("disk")
	if err != nil {
		return "", err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		return "", fmt.Errorf("mount a small file system, which needs root: %w", err)
	}
	e.cleanup = append(e.cleanup, func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir, nil
}

// fillUp writes until nothing fits any more.
func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			return err
		}
	}
	return nil
}

// message is the last line that a command printed: its message.
func message(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
