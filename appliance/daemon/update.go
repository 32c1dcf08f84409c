package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/store"
	"siteward/appliance/update"
)

// How long a new version has to be well before it has proved itself, and how long it may take until then.
const (
	trialStay  = 30 * time.Second
	trialLimit = 4 * time.Minute
	trialLook  = 2 * time.Second
)

// releases is the folder of releases, and what is signed with a key that is known.
func (d *Daemon) releases() (update.Folder, error) {
	keys, err := update.LoadKeys(orElse(d.ReleaseKeys, update.KeysFolder))
	return update.Folder{Dir: d.Releases, Keys: keys, OS: runtime.GOOS, Arch: runtime.GOARCH}, err
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// UpdateState is Updates.UpdateState.
func (d *Daemon) UpdateState(context.Context) (appliance.UpdateState, error) {
	out := appliance.UpdateState{Running: d.about.Version}
	if d.Releases == "" {
		return out, nil
	}
	s, err := update.Folder{Dir: d.Releases}.Load()
	out.Able, out.Release = s.Settled != "", s.Chosen
	if s.Pending != nil {
		out.Trial, out.Starts = s.Pending.Version, s.Pending.Starts
	}
	for _, f := range s.Failed {
		out.Failed = append(out.Failed, appliance.FailedUpdate(f))
	}
	return out, err
}

// Update is Updates.Update.
func (d *Daemon) Update(ctx context.Context, by appliance.Actor, r appliance.UpdateRequest) (string, error) {
	src, err := update.At(r.Source)
	if err != nil {
		return "", err
	}
	version, err := d.updateFrom(ctx, by, src, r)
	if err == nil && !r.Try {
		d.restart(nil)
	}
	return version, err
}

// updateFrom puts a release in place. It runs after a restart, which is for the caller once he has noted what he did.
func (d *Daemon) updateFrom(ctx context.Context, by appliance.Actor, src update.Source, r appliance.UpdateRequest) (string, error) {
	f, err := d.releases()
	if err != nil {
		return "", err
	}
	if r.Try {
		m, err := f.Look(ctx, src)
		if err == nil {
			err = m.Fits(d.about.Version, r.Downgrade)
		}
		return m.Version, err
	}
	if d.Releases == "" {
		return "", update.ErrNotOurs
	}
	if !d.updating.TryLock() {
		return "", appliance.Errorf(appliance.CodeConflict, "an update is under way; wait until it is there")
	}
	defer d.updating.Unlock()
	m, err := f.Stage(ctx, src, update.Staging{Running: d.about.Version, By: by.Name, Downgrade: r.Downgrade, Again: r.Again, Now: clean(d.now()),
		Needs: d.Health(ctx).Store.Bytes, Backup: d.store.Backup, Verify: func(r io.Reader) error { _, err := store.VerifyBackup(r); return err }})
	if err != nil {
		return "", err
	}
	d.tellUpdates(f)
	return m.Version, nil
}

// errRestart ends Run so that the service manager starts what is in place now.
var errRestart = errors.New("a new version is in place")

// restart lets a running appliance stop. why is nil when that was asked for.
func (d *Daemon) restart(why error) {
	if why == nil {
		why = errRestart
	}
	select {
	case d.leave <- why:
	default:
	}
}

// watchLeave waits for a restart.
func (d *Daemon) watchLeave(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case why := <-d.leave:
		return why
	}
}

// updateWords are the English sentences of the steps.
var updateWords = map[string]string{
	update.StepStaged:    "update from %[2]s to %[1]s: checked, the store is saved, the new version starts",
	update.StepConfirmed: "update from %[2]s to %[1]s: the new version has proved itself",
	update.StepReverted:  "update from %[2]s to %[1]s: taken back, the version before runs: %[3]s",
	update.StepRestored:  "update to %[1]s: the store went back to how it was before; what was written in between is kept apart",
	update.StepDamaged:   "the files of version %[1]s do not fit their signature, another version runs: %[3]s",
}

// tellUpdates writes into logbook and journal what has happened with updates since it was told last.
func (d *Daemon) tellUpdates(f update.Folder) {
	err := f.Told(func(s update.Step) error {
		m := appliance.Message{Key: "update.log." + s.What, Args: map[string]any{"version": s.Version, "from": s.From, "why": s.Why},
			English: fmt.Sprintf(updateWords[s.What]+"%.0[1]s%.0[2]s%.0[3]s", s.Version, s.From, s.Why)}
		by := appliance.Actor{Name: orElse(s.By, appliance.PartySiteward), Role: appliance.RoleAdministrator, Via: "update"}
		return d.store.Update(func(tx *store.Tx) error {
			if err := offerOutcome(tx, s); err != nil {
				return err
			}
			return tx.Append([]appliance.Event{access.Audit(s.At, by, "version "+s.Version, m)}) // and so an entry of the logbook
		})
	})
	if err != nil {
		d.log.Error("what has happened with updates could not be told", "err", err)
	}
}

// startUpdates tells what happened before this start, and notes that this version can open the store.
func (d *Daemon) startUpdates() {
	if d.Releases == "" {
		return
	}
	f := update.Folder{Dir: d.Releases}
	d.tellUpdates(f)
	if err := f.Opened(); err != nil {
		d.log.Error("the folder of releases", "err", err)
	}
}

// prove watches a version on trial: it has proved itself when store, pages and checks have been well for a while. One that is not
// within its time says so and ends; the next start takes it back.
func (d *Daemon) prove(ctx context.Context, address net.Addr) error {
	f := update.Folder{Dir: d.Releases}
	if d.Releases == "" || !f.OnTrial(d.about.Version) {
		return nil
	}
	stay, limit := trialStay, trialLimit
	if d.Trial > 0 {
		stay, limit = d.Trial, 8*d.Trial
	}
	tick := time.NewTicker(min(trialLook, stay/4))
	defer tick.Stop()
	begun := time.Now()
	well := begun
	var why error
	for {
		if why = d.well(ctx, address, begun); why != nil {
			well = time.Now()
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case time.Since(well) >= stay:
			err := f.Confirm(d.about.Version, clean(d.now()))
			d.tellUpdates(f)
			d.log.Info("the new version has proved itself", "version", d.about.Version)
			return err
		case time.Since(begun) >= limit:
			d.log.Error("the new version is not healthy and will be taken back", "version", d.about.Version, "err", why)
			return errors.Join(f.Unwell(d.about.Version, why.Error()), fmt.Errorf("version %s is not healthy: %w", d.about.Version, why))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// well says what is wrong with this appliance, nil when the store answers, the pages do, and checks that were due have run.
func (d *Daemon) well(ctx context.Context, address net.Addr, since time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := d.store.Healthy(ctx); err != nil {
		return fmt.Errorf("the store does not answer: %w", err)
	}
	if readOnly, why := d.store.Mode(); readOnly {
		return fmt.Errorf("the store takes no writes: %s", why.English)
	}
	if err := d.pageAnswers(ctx, address); err != nil {
		return fmt.Errorf("the pages do not answer: %w", err)
	}
	for _, c := range d.live.allChecks() {
		if c.Paused == nil && time.Duration(c.Interval) <= time.Minute && d.Health(ctx).LastRun.Before(since.Add(-time.Second)) {
			return errors.New("no check has run")
		}
	}
	return nil
}

func (d *Daemon) pageAnswers(ctx context.Context, address net.Addr) error {
	scheme, transport := "http", &http.Transport{DisableKeepAlives: true}
	if d.Certificate != "" {
		// It asks itself, under an address that no certificate names.
		scheme, transport.TLSClientConfig = "https", &tls.Config{InsecureSkipVerify: true} //nolint:gosec // see above
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+address.String()+"/signin", nil)
	if err != nil {
		return err
	}
	c := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)); err != nil {
		return err
	}
	if res.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("they answer %s", res.Status)
	}
	return nil
}
