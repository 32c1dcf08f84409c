package daemon

import (
	"context"
	"errors"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"siteward/appliance"
	"siteward/appliance/store"
)

const (
	sourcesEvery  = time.Minute // how often is looked which source is due
	sourcesAtOnce = 3
	settleWait    = 2 * time.Second // a file that is being written is left alone for that long
)

// wakeSource has a source read soon. When too many wait, the next look at what is due finds it.
func (d *Daemon) wakeSource(id appliance.ID) {
	select {
	case d.sources.wake <- id:
	default:
	}
}

// wakeNamed is wakeSource for a source of which only the name is known.
func (d *Daemon) wakeNamed(name string) {
	list, err := d.store.Sources()
	if err != nil {
		return // it is found when it is due
	}
	for _, s := range list {
		if strings.EqualFold(s.Name, name) {
			d.wakeSource(s.ID)
		}
	}
}

// readDue reads the sources that are due, and those of which something waits, and settles how they stand.
func (d *Daemon) readDue(ctx context.Context) error {
	d.flushHeard(0)
	if err := d.readWaiting(ctx); err != nil {
		return err
	}
	return d.expectSources(ctx)
}

func (d *Daemon) readWaiting(ctx context.Context) error {
	list, err := d.Sources(ctx)
	if err != nil {
		return err
	}
	var waiting []appliance.ID
	if err := d.store.View(func(tx *store.Tx) (err error) { waiting, err = tx.SpoolSources(); return err }); err != nil {
		return err
	}
	now := d.now()
	var due []appliance.ID
	for _, s := range list {
		switch {
		case s.Paused.Active(now):
		case s.Kind.Comes():
			for _, id := range waiting {
				if id == s.ID {
					due = append(due, s.ID)
				}
			}
		case s.Status.Next.IsZero(), !s.Status.Next.After(now), s.Status.Next.After(now.Add(2 * s.Every())): // the clock was set back
			due = append(due, s.ID)
		}
	}
	return d.readAll(ctx, due)
}

func (d *Daemon) readAll(ctx context.Context, ids []appliance.ID) error {
	errs := make([]error, len(ids))
	room := make(chan struct{}, sourcesAtOnce)
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(func() {
			select {
			case room <- struct{}{}:
				defer func() { <-room }()
				errs[i] = d.readSource(ctx, id)
			case <-ctx.Done():
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// watchSources reads what has come by itself right away, and files soon after they were written. What it misses (folders of
// other machines tell nothing) is read when it is due.
func (d *Daemon) watchSources(ctx context.Context) error {
	watch := newFileWatch(d)
	defer watch.close()
	flush := time.NewTicker(heardFlush)
	defer flush.Stop()
	soon := map[appliance.ID]bool{}
	var settle <-chan time.Time
	watch.follow(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case id := <-d.sources.wake:
			soon[id] = true
			watch.follow(ctx)
			if settle == nil {
				settle = time.After(50 * time.Millisecond)
			}
		case e := <-watch.events():
			for _, id := range watch.sources(e.Name) {
				soon[id] = true
			}
			if settle == nil && len(soon) > 0 {
				settle = time.After(settleWait)
			}
		case err := <-watch.errors(): // what is missed is found at the next look by the clock
			d.log.Debug("watching log files", "err", err)
		case <-flush.C:
			d.flushHeard(0)
		case <-settle:
			settle = nil
			ids := make([]appliance.ID, 0, len(soon))
			now := d.now()
			for id := range soon {
				if s, err := d.store.Source(id); err == nil && !s.Paused.Active(now) {
					ids = append(ids, id)
				}
			}
			clear(soon)
			if err := d.readAll(ctx, ids); err != nil {
				d.log.Warn("a source of logs could not be read", "err", err)
			}
		}
	}
}

// fileWatch is told by the kernel which folders have changed. It may be out of order: then all is read when it is due.
type fileWatch struct {
	d       *Daemon
	w       *fsnotify.Watcher
	folders map[string][]appliance.ID
}

func newFileWatch(d *Daemon) *fileWatch {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		d.log.Info("changes of files are not told by the kernel; they are read when they are due", "err", err)
		w = nil
	}
	return &fileWatch{d: d, w: w, folders: map[string][]appliance.ID{}}
}

// follow watches the folders of the sources as they are now.
func (f *fileWatch) follow(ctx context.Context) {
	list, err := f.d.Sources(ctx)
	if f.w == nil || err != nil {
		return
	}
	now := map[string][]appliance.ID{}
	for _, s := range list {
		if s.Files == nil {
			continue
		}
		for _, p := range s.Files.Paths {
			if dir := path.Dir(p); !strings.ContainsAny(dir, "*?[") {
				now[dir] = append(now[dir], s.ID)
			}
		}
	}
	for dir := range f.folders {
		if now[dir] == nil {
			_ = f.w.Remove(dir)
		}
	}
	for dir := range now {
		if f.folders[dir] == nil && f.w.Add(dir) != nil {
			delete(now, dir) // it does not exist yet
		}
	}
	f.folders = now
}

func (f *fileWatch) sources(name string) []appliance.ID { return f.folders[path.Dir(name)] }

func (f *fileWatch) events() <-chan fsnotify.Event {
	if f.w == nil {
		return nil
	}
	return f.w.Events
}

func (f *fileWatch) errors() <-chan error {
	if f.w == nil {
		return nil
	}
	return f.w.Errors
}

func (f *fileWatch) close() {
	if f.w != nil {
		_ = f.w.Close()
	}
}
