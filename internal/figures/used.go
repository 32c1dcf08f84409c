package main

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// used is a store that has been served before. A new one makes its first backup within its first minute, which is no
// steady cost; so one store is served until it has its backup, and all measurements begin with a copy of it.
type used struct {
	data string
	done chan struct{}
	quit context.CancelFunc
	err  error
}

// age serves a new store in the background, while what needs no store is measured.
func (e *env) age(ctx context.Context) {
	ctx, quit := context.WithCancel(ctx)
	e.used = used{done: make(chan struct{}), quit: quit}
	go func() {
		defer close(e.used.done)
		e.used.data, e.used.err = e.usedStore(ctx)
	}()
}

func (e *env) usedStore(ctx context.Context) (data string, err error) {
	if data, err = e.folder("used"); err != nil {
		return "", err
	}
	if err := os.Chmod(data, 0o700); err != nil {
		return "", err
	}
	a, err := e.serve(ctx, data)
	if err != nil {
		return "", err
	}
	defer a.stop()
	if _, err = e.command(ctx, e.dir, nil, userPassword+"\n", e.siteward, "user", "add", userName, "--role", "administrator", "--data", data); err != nil {
		return "", err
	}
	for range 90 { // a new store before the hour of the nightly backup makes none
		found, err := filepath.Glob(filepath.Join(data, "backups", "*.backup"))
		if err != nil || len(found) > 0 {
			break
		}
		if err := wait(ctx, time.Second); err != nil {
			return "", err
		}
	}
	return data, wait(ctx, 3*time.Second) // what is due with the backup is done too
}

// wait gives the folder of the used store.
func (u *used) wait(ctx context.Context) (string, error) {
	select {
	case <-u.done:
		return u.data, u.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (u *used) stop() {
	if u.quit != nil {
		u.quit()
		<-u.done
	}
}
