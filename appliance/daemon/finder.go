package daemon

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/probes/discover"
)

// finder is the search for devices that is under way, and what the last one did. There is one at a time.
type finder struct {
	mu      sync.Mutex
	run     appliance.DiscoveryRun
	cancel  context.CancelFunc
	stopped bool // by a person
	all     sync.WaitGroup
}

// What the store keeps of searches under a name.
const (
	lastDiscoveryKey     = "discovery.last"
	discoverySettingsKey = "discovery.settings"
)

// begin takes the place of the search, or says that another has it.
func (f *finder) begin(r appliance.DiscoveryRun, cancel context.CancelFunc) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel != nil {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "discovery.busy",
			English: "a search is under way already; wait for its end or stop it"}}
	}
	f.run, f.cancel, f.stopped = r, cancel, false
	return nil
}

func (f *finder) progress(p discover.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.run.Step, f.run.Done, f.run.Total, f.run.Left = p.Step, p.Done, p.Total, appliance.Duration(p.Left)
	f.run.Packets, f.run.Answers = p.Packets, p.Answers
}

func (f *finder) end(run appliance.DiscoveryRun) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.run, f.cancel = run, nil
}

// stop ends the search that is under way, and says whether there was one.
func (f *finder) stop(person bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel == nil {
		return false
	}
	f.stopped = f.stopped || person
	f.cancel()
	return true
}

func (f *finder) byPerson() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stopped
}

// close ends the search and waits for it.
func (f *finder) close() {
	f.stop(false)
	f.all.Wait()
}

func (f *finder) last() appliance.DiscoveryRun {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.run
}

// LastDiscovery is App.LastDiscovery.
func (d *Daemon) LastDiscovery(context.Context) (appliance.DiscoveryRun, error) {
	if run := d.finder.last(); !run.Began.IsZero() {
		return run, nil
	}
	var run appliance.DiscoveryRun
	if b, err := d.store.Meta(lastDiscoveryKey); err != nil {
		return run, err
	} else if len(b) == 0 || json.Unmarshal(b, &run) != nil {
		return run, appliance.ErrNotFound
	}
	return run, nil
}

// StopDiscovery is App.StopDiscovery.
func (d *Daemon) StopDiscovery(context.Context, appliance.Actor) error {
	if !d.finder.stop(true) {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "discovery.idle", English: "no search is under way"}}
	}
	return nil
}

// keepDiscovery remembers what the search did. Nobody misses it when that fails.
func (d *Daemon) keepDiscovery(run appliance.DiscoveryRun) {
	b, err := json.Marshal(run)
	if err == nil {
		err = d.store.PutMeta(lastDiscoveryKey, b)
	}
	if err != nil {
		d.log.Warn("what a search did could not be kept", "err", err)
	}
}

// DiscoverySettings is App.DiscoverySettings.
func (d *Daemon) DiscoverySettings(context.Context) (appliance.DiscoverySettings, error) {
	s := appliance.DiscoverySettings{Minute: 2*60 + 30}
	b, err := d.store.Meta(discoverySettingsKey)
	if err != nil || len(b) == 0 {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

// discoveryTime is when the search that runs by itself is due, and whether it is switched on.
func (d *Daemon) discoveryTime() (minute int, on bool) {
	s, err := d.DiscoverySettings(context.Background())
	return s.Minute, err == nil && s.On
}

// discoverByItself is the row of the jobs table. It never runs unless somebody has switched it on.
func (d *Daemon) discoverByItself(ctx context.Context) error {
	s, err := d.DiscoverySettings(ctx)
	if err != nil || !s.On {
		return err
	}
	_, err = d.discover(ctx, byItself, appliance.DiscoveryRequest{Ranges: s.Ranges, Public: s.Public})
	if appliance.CodeOf(err) == appliance.CodeConflict {
		return nil // somebody searches at this moment, and finds the same
	}
	return err
}

// byItself is the actor of what the appliance does without being asked each time.
var byItself = appliance.Actor{Name: "siteward", Role: appliance.RoleAdministrator, Via: "schedule"}

// clearedAfter is how long a decided proposal is kept when nobody finds its device any more.
const clearedAfter = 180 * 24 * time.Hour
