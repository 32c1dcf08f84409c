package daemon

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes/backuplog"
)

const (
	heardFlush = 5 * time.Second // lines wait in memory for at most that long
	heardBlock = 64 << 10        // or until there are so many bytes of them
	heardLimit = 16 << 20        // bytes of lines that wait for the end of a run; what is older is given up
)

// heard are lines of one source that are not spooled yet.
type heard struct {
	text  bytes.Buffer
	since time.Time
}

// heardLine hands a message of syslog to the sources that want it. It is called by the syslog receiver, once for each message,
// and returns at once: lines are written to the disk together, at most heardFlush later.
func (d *Daemon) heardLine(at time.Time, sender, host, program, text string) {
	for _, s := range d.syslogSources() {
		if s.Paused.Active(d.now()) || !wants(s.Syslog, sender, host, program) {
			continue
		}
		if d.sources.hear(s.ID, at, host, program, text) {
			d.flushHeard(s.ID)
		}
	}
}

// syslogSources are the sources that take syslog. They are looked up when something that people declare has changed: messages
// come by the thousand.
func (d *Daemon) syslogSources() []appliance.Source {
	n := d.configured.Load() + 1
	d.sources.mu.Lock()
	defer d.sources.mu.Unlock()
	if d.sources.configured == n {
		return d.sources.syslogs
	}
	list, err := d.store.Sources()
	if err != nil {
		return nil
	}
	d.sources.configured = n
	d.sources.syslogs = slices.DeleteFunc(list, func(s appliance.Source) bool { return s.Kind != appliance.SourceSyslog })
	return d.sources.syslogs
}

func wants(s *appliance.SyslogSettings, sender, host, program string) bool {
	if s == nil {
		return true
	}
	same := func(b string) func(string) bool { return func(a string) bool { return strings.EqualFold(a, b) } }
	return (len(s.Hosts) == 0 || slices.ContainsFunc(s.Hosts, same(host)) || slices.ContainsFunc(s.Hosts, same(sender))) && (len(s.Programs) == 0 || slices.ContainsFunc(s.Programs, same(program)))
}

// hear adds a line and says whether there are enough to write them now.
func (s *sources) hear(id appliance.ID, at time.Time, host, program, text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.lines[id]
	if h == nil {
		h = &heard{}
		s.lines[id] = h
	}
	if h.text.Len() == 0 {
		h.since = at
	}
	line := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == 0 {
			return ' '
		}
		return r
	}, text)
	fmt.Fprintf(&h.text, "%s %s %s: %s\n", at.Format("2006-01-02T15:04:05.000000-07:00"), host, program, line)
	return h.text.Len() >= heardBlock
}

// flushHeard writes the lines of one source, or of all when id is 0.
func (d *Daemon) flushHeard(id appliance.ID) {
	d.sources.mu.Lock()
	blocks := map[appliance.ID][]byte{}
	for of, h := range d.sources.lines {
		if (id == 0 || of == id) && h.text.Len() > 0 {
			blocks[of] = bytes.Clone(h.text.Bytes())
			delete(d.sources.lines, of)
		}
	}
	d.sources.mu.Unlock()
	for of, text := range blocks {
		if err := d.spool(of, "syslog", appliance.Push{Body: text, At: d.now()}); err != nil {
			d.log.Warn("lines of syslog could not be kept", "source", of, "bytes", len(text), "err", err)
			continue
		}
		d.wakeSource(of)
	}
}

// syslog reads the lines that wait as one growing log: those of a run that has not ended stay until its end has come.
func (r *sourceReading) syslog(ctx context.Context) error {
	var waiting []store.Spooled
	var base appliance.SourceFile
	err := r.d.store.View(func(tx *store.Tx) (err error) {
		if waiting, err = tx.Spooled(r.source.ID, maxSpooled); err != nil {
			return err
		}
		files, err := tx.SourceFiles(r.source.ID)
		if len(files) > 0 {
			base = files[0]
		}
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	var text []byte
	for _, w := range waiting {
		text = append(text, w.Push.Body...)
	}
	o, err := r.options("syslog")
	if err != nil {
		return err
	}
	o.Offset = base.Offset
	result, err := backuplog.Read(ctx, bytes.NewReader(text), o)
	if err != nil {
		return err
	}
	gone, size := settledLines(waiting, result.Resume-base.Offset, len(text))
	base.Name, base.Offset, base.Product, base.Read = "syslog", base.Offset+size, result.Product, r.now
	return r.keep(ctx, result, size, func(tx *store.Tx) error {
		for _, w := range gone {
			if err := tx.Unspool(w); err != nil {
				return err
			}
		}
		return tx.PutSourceFile(r.source.ID, &base)
	})
}

// settledLines are the blocks that lie before resume, and the oldest ones when too much waits.
func settledLines(waiting []store.Spooled, resume int64, all int) (gone []store.Spooled, size int64) {
	for _, w := range waiting {
		n := int64(len(w.Push.Body))
		if size+n > resume && int64(all)-size <= heardLimit && len(waiting)-len(gone) < maxSpooled/2 {
			break
		}
		gone, size = append(gone, w), size+n
	}
	return gone, size
}
