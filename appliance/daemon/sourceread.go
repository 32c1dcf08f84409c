package daemon

import (
	"context"
	"errors"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes"
	"siteward/probes/backuplog"
	"siteward/probes/source"
)

const (
	// sourceLimit bounds one reading: what is left is read the next time.
	sourceLimit = 10 * time.Minute
	// sourceHistory is how far back files are read that a new source finds.
	sourceHistory = 35 * 24 * time.Hour
	// readNowLimit is how long a person waits.
	readNowLimit = 45 * time.Second
)

// ReadSource is App.ReadSource.
func (d *Daemon) ReadSource(ctx context.Context, by appliance.Actor, id appliance.ID) (appliance.SourceStatus, error) {
	s, err := d.store.Source(id)
	if err != nil {
		return appliance.SourceStatus{}, err
	}
	if err := d.auditSource(by, s); err != nil {
		return appliance.SourceStatus{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, readNowLimit)
	defer cancel()
	if err := d.readSource(ctx, id); err != nil {
		return appliance.SourceStatus{}, err
	}
	return d.store.SourceStatus(id)
}

// readSource reads what is new in a source and keeps how that went. Its error is one of the store; a source that cannot be
// read is news, and the program is well.
func (d *Daemon) readSource(ctx context.Context, id appliance.ID) error {
	lock := d.sources.lockOf(id)
	lock.Lock()
	defer lock.Unlock()
	s, err := d.store.Source(id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sourceLimit)
	defer cancel()
	began := d.now()
	r := sourceReading{d: d, source: s, now: began}
	readErr := r.read(ctx)
	if errors.Is(readErr, context.Canceled) {
		return nil // the appliance stops; nothing is said about the source
	}
	if appliance.CodeOf(readErr) == appliance.CodeReadOnly {
		return readErr
	}
	return d.store.Update(func(tx *store.Tx) error {
		if _, err := tx.Source(id); err != nil {
			return nil //nolint:nilerr // deleted meanwhile
		}
		st, err := tx.SourceStatus(id)
		if err != nil {
			return err
		}
		r.settle(&st, readErr, d.now())
		return tx.PutSourceStatus(st)
	})
}

// settle writes how the reading went.
func (r *sourceReading) settle(st *appliance.SourceStatus, err error, now time.Time) {
	st.Tried, st.Took, st.Error = r.now, appliance.Duration(now.Sub(r.now)), nil
	if r.files >= 0 {
		st.Files = r.files
	}
	if r.note != nil || r.heard {
		st.Note = r.note
	}
	st.Next = time.Time{}
	if every := r.source.Every(); every > 0 {
		st.Next = r.now.Add(every)
	}
	if err == nil {
		st.Read = r.now
		return
	}
	m := sentenceOf(err)
	st.Error, st.Failed = &m, r.now
}

// sentenceOf makes a sentence for people of why a source could not be read.
func sentenceOf(err error) appliance.Message {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		return e.Message
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return appliance.Message{Key: "source.error_slow", English: "it took too long; what is left is read the next time"}
	}
	return appliance.Message{Key: "source.error_other", Args: map[string]any{"why": err.Error()}, English: err.Error()}
}

func (s *sources) lockOf(id appliance.ID) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading[id] == nil {
		s.reading[id] = &sync.Mutex{}
	}
	return s.reading[id]
}

// sourceReading is one reading of one source.
type sourceReading struct {
	d      *Daemon
	source appliance.Source
	now    time.Time
	files  int // found; -1: the source has none
	heard  bool
	note   *appliance.Message
}

func (r *sourceReading) read(ctx context.Context) error {
	r.files = -1
	switch r.source.Kind {
	case appliance.SourceFiles, appliance.SourceSFTP:
		return r.follow(ctx)
	case appliance.SourceCommand:
		return r.command(ctx)
	case appliance.SourceSyslog:
		return r.syslog(ctx)
	}
	return r.spooled(ctx)
}

// open opens the place where the files of a source lie.
func (d *Daemon) openPlace(ctx context.Context, s appliance.Source) (source.Place, error) {
	if s.Kind == appliance.SourceFiles {
		return source.Local(d.LogFolders(), s.Files.Paths)
	}
	login, err := d.login(s.Credential)
	if err != nil {
		return nil, err
	}
	return source.SFTP(ctx, *s.SFTP, login)
}

// login gives the credential of a server with its secrets.
func (d *Daemon) login(id appliance.ID) (source.Login, error) {
	c, err := d.store.Credential(id)
	if err != nil {
		return source.Login{}, err
	}
	if c, err = probes.Resolve(c, d.secrets); err != nil {
		return source.Login{}, err
	}
	return source.Login{User: c.User, Password: c.Password.Value, Key: c.Key.Value, Passphrase: c.Passphrase.Value}, nil
}

func (r *sourceReading) follow(ctx context.Context) error {
	place, err := r.d.openPlace(ctx, r.source)
	if err != nil {
		return err
	}
	defer func() { _ = place.Close() }()
	known, err := r.d.store.SourceFiles(r.source.ID)
	if err != nil {
		return err
	}
	done, err := source.Follow(ctx, place, known, source.Options{Now: r.now, Horizon: r.now.Add(-sourceHistory)}, r.piece)
	r.files = done.Files
	if len(done.Gone) > 0 {
		err = errors.Join(err, r.d.store.Update(func(tx *store.Tx) error {
			for _, f := range done.Gone {
				if err := tx.DeleteSourceFile(r.source.ID, f.N); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return err
}

// piece reads what is new in a file and keeps it together with how far that was.
func (r *sourceReading) piece(ctx context.Context, p source.Piece, done func(source.Done) (*appliance.SourceFile, error)) error {
	o, err := r.options(p.File)
	if err != nil {
		return err
	}
	o.Offset, o.Final, o.Grown = p.Offset, p.Final, p.Modified
	if o.Product == "" {
		o.Product = p.Product
	}
	result, err := backuplog.Read(ctx, p.Reader, o)
	if err != nil {
		return err
	}
	file, err := done(source.Done{Resume: result.Resume, Product: result.Product, More: result.More})
	if err != nil {
		return err
	}
	return r.keep(ctx, result, file.Length-p.Offset, func(tx *store.Tx) error { return tx.PutSourceFile(r.source.ID, file) })
}

// options are those with which a text of this source is read.
func (r *sourceReading) options(name string) (backuplog.Options, error) {
	formats, err := r.d.formats()
	if err != nil {
		return backuplog.Options{}, err
	}
	return backuplog.Options{Formats: formats, Product: r.source.Product, Name: name, Location: r.source.Location(r.d.location()), Now: r.now}, nil
}

// keep stores what was read and how far that was in one step: neither can be there without the other. Events of a UPS come
// first, because telling them twice changes nothing.
func (r *sourceReading) keep(ctx context.Context, result backuplog.Result, size int64, also func(*store.Tx) error) error {
	for i := range result.Runs {
		result.Runs[i].Source = r.source.ID
	}
	if err := r.d.takeUPSEvents(ctx, r.whose(result.Events)); err != nil {
		return err
	}
	_, err := r.d.takeRuns(ctx, r.source.ID, result.Runs, func(tx *store.Tx) error {
		st, err := tx.SourceStatus(r.source.ID)
		if err != nil {
			return err
		}
		r.count(&st, result, size)
		if err := tx.PutSourceStatus(st); err != nil {
			return err
		}
		return also(tx)
	})
	r.heard = r.heard || len(result.Runs)+len(result.Events) > 0
	return err
}

// whose puts to events of a UPS which one it is and who told them. Two that write the same program's words, a file and syslog, are two
// tellers: each may tell of an event once.
func (r *sourceReading) whose(events []appliance.UPSEvent) []appliance.UPSEvent {
	device := r.d.upsOf(r.source.Device)
	for i := range events {
		e := &events[i]
		if e.Device == 0 {
			e.Device = device
		}
		if r.source.Kind == appliance.SourceSyslog {
			e.Told = []string{"syslog"}
		}
	}
	return events
}

// count adds what was read to what is said about the source.
func (r *sourceReading) count(st *appliance.SourceStatus, result backuplog.Result, size int64) {
	st.Source = r.source.ID
	st.Bytes += max(0, size)
	st.Events += len(result.Events)
	for _, run := range result.Runs {
		if !run.Open {
			st.Runs++
		}
	}
	if result.Product != "" {
		st.Product = result.Product
	}
	if size > 0 {
		st.Heard = r.now
	}
	if n := len(result.Runs); n > 0 {
		last := result.Runs[n-1]
		st.LastRun = &last
	}
}
