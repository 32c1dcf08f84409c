package apptest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/logbook"
	"siteward/appliance/monitor"
)

// Present is the time at the sample site: a Friday morning in Berlin.
var Present = time.Date(2026, 11, 20, 8, 41, 20, 0, berlin())

func berlin() *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("CET", 3600)
	}
	return loc
}

// App is the sample site. Its fields may be set before it serves; its methods may be called by many at once.
type App struct {
	mu         sync.Mutex
	now        time.Time
	generation uint64
	last       appliance.ID

	site        appliance.Site
	devices     map[appliance.ID]appliance.Device
	checks      map[appliance.ID]appliance.Check
	credentials map[appliance.ID]appliance.Credential
	users       map[appliance.ID]appliance.User
	tokens      map[appliance.ID]appliance.Token
	states      map[appliance.ID][]appliance.StateRecord // by check
	readings    map[appliance.ID]appliance.Reading       // by check
	answers     map[appliance.ID]appliance.Reading       // by check, the last one that was no failure
	identities  map[appliance.ID]appliance.Identity      // by device
	events      []appliance.Event                        // oldest first
	series      []appliance.SeriesInfo
	silent      map[appliance.ID]time.Time // devices that have stopped answering, and when
	jobs        []appliance.JobRun
	sources     []appliance.SourceView
	health      appliance.Health
	outages     []appliance.UPSOutage
	done        []string
	trapsOff    bool
	seen        map[string]uint64 // messages of syslog, by source
	refuse      error
	changes     []chan appliance.Change
	book        *logbook.Book
	verified    appliance.LogbookReport // of the book
	found       found
	backups     backupSample
	stock       map[appliance.ID]appliance.Inventory // by device

	rounds        []appliance.Round // by number
	roundSettings appliance.RoundSettings
	spots         []appliance.SpotCheck
	judged        map[uint64]appliance.SpotAnswer
	noMessages    bool // nobody sends messages
	formats       []appliance.LogFormat
	windows       []appliance.Window // by number
	statusLinks   []appliance.StatusLink
	windowRuns    []appliance.WindowRun
	desk          ticketSample
	contacts      []appliance.Contact
	routes        []appliance.Route
	relay         appliance.MailRelay
	notes         map[appliance.ID][]appliance.IncidentNote // by incident
	snoozed       map[appliance.ID]*appliance.Snooze
	stories       []appliance.Incident // beside those of the problems
	enrolments    []appliance.Enrolment
	leaves        appliance.UplinkPolicy
	Sent          []appliance.Sent // deliveries, oldest first
	offers        []appliance.ProviderOffer
	offerPolicy   appliance.OfferPolicy
	uplinkState   *appliance.UplinkState
	consumers     []appliance.ConsumerView
}

// Done lists what was changed through the App, in order: "pause device 3", "run check 5".
func (a *App) Done() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.done)
}

// Refuse makes every change fail with err until it is called with nil.
func (a *App) Refuse(err error) { a.mu.Lock(); a.refuse = err; a.mu.Unlock() }

// Speak sets the site's language, which is that of all its people.
func (a *App) Speak(lang string) { a.mu.Lock(); a.site.Language = lang; a.mu.Unlock() }

// Find gives the number of the device of that name.
func (a *App) Find(name string) appliance.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, d := range a.devices {
		if d.Name == name {
			return id
		}
	}
	return 0
}

// CheckOf gives the number of a device's check by its name.
func (a *App) CheckOf(device, check string) appliance.ID {
	id := a.Find(device)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.checks {
		if c.Device == id && c.Name == check {
			return c.ID
		}
	}
	return 0
}

// change is how all changes are made: refused or noted, counted, told to those who listen.
func (a *App) change(what string, note appliance.Change, do func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuse != nil {
		return a.refuse
	}
	if err := do(); err != nil {
		return err
	}
	a.generation++
	a.done = append(a.done, what)
	for _, ch := range a.changes {
		select {
		case ch <- note:
		default:
		}
	}
	return nil
}

// Now is Present.
func (a *App) Now() time.Time { return a.now }

// About is a made-up version.
func (a *App) About() appliance.About {
	return appliance.About{Version: "1.4.2", Commit: "4f1c2d9", Date: Present.AddDate(0, 0, -9), Started: Present.Add(-15 * time.Hour), DataDir: "/var/lib/siteward"}
}

// Generation counts changes.
func (a *App) Generation() uint64 { a.mu.Lock(); defer a.mu.Unlock(); return a.generation }

// Site is the sample site.
func (a *App) Site(context.Context) (appliance.Site, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.site.Name == "" {
		return appliance.Site{}, appliance.ErrNotFound
	}
	return a.site, nil
}

// SaveSite stores the site.
func (a *App) SaveSite(_ context.Context, _ appliance.Actor, s appliance.Site) error {
	return a.change("save site", appliance.Change{Config: true}, func() error {
		if problems := config.ValidateSite(s); len(problems) > 0 {
			return problems[0]
		}
		if file := config.SiteOwner(a.site, s); file != "" {
			return &appliance.Error{Code: appliance.CodeOwnedByFile, Message: appliance.Message{Key: "errors.owned_by_file.text", Args: map[string]any{"file": file}, English: "this is declared in " + file}}
		}
		s.Owned = a.site.Owned
		a.site = s
		return nil
	})
}

// TakeOverSite takes the fields of the site from their file.
func (a *App) TakeOverSite(context.Context, appliance.Actor) error {
	return a.change("take over site", appliance.Change{Config: true}, func() error {
		a.site.Owned = nil
		return nil
	})
}

// Devices gives all devices by name.
func (a *App) Devices(context.Context) ([]appliance.DeviceView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []appliance.DeviceView
	for id := range a.devices {
		out = append(out, a.view(id))
	}
	slices.SortFunc(out, func(x, y appliance.DeviceView) int { return cmp.Compare(x.Name, y.Name) })
	return out, nil
}

// Device gives one device.
func (a *App) Device(_ context.Context, id appliance.ID) (appliance.DeviceView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.devices[id]; !ok {
		return appliance.DeviceView{}, appliance.ErrNotFound
	}
	return a.view(id), nil
}

func (a *App) view(id appliance.ID) appliance.DeviceView {
	v := appliance.DeviceView{Device: a.devices[id], Identity: a.identities[id], Worst: appliance.StateNoData}
	for _, c := range a.checksOf(id) {
		v.Checks = append(v.Checks, c)
		v.States = append(v.States, a.states[c.ID]...)
		r := a.answers[c.ID]
		if r.At.After(v.Seen) {
			v.Seen = r.At
		}
		if a.readings[c.ID].Failure == nil && !r.UpSince.IsZero() {
			v.UpSince = r.UpSince
		}
	}
	for _, s := range a.states[0] {
		if s.Device == id {
			v.States = append(v.States, s)
		}
	}
	for i, s := range v.States {
		if i == 0 || s.State > v.Worst || s.State == v.Worst && s.Since.Before(v.Since) {
			v.Worst, v.Since = s.State, s.Since
		}
	}
	return v
}

func (a *App) checksOf(device appliance.ID) []appliance.Check {
	var out []appliance.Check
	for _, id := range slices.Sorted(maps.Keys(a.checks)) {
		if a.checks[id].Device == device {
			out = append(out, a.checks[id])
		}
	}
	return out
}

// SaveDevice stores a device.
func (a *App) SaveDevice(_ context.Context, _ appliance.Actor, d *appliance.Device) error {
	return a.change("save device "+d.Name, appliance.Change{Config: true}, func() error { return a.putDevice(d) })
}

func (a *App) putDevice(d *appliance.Device) error {
	if problems := config.ValidateDevice(*d); len(problems) > 0 {
		return problems[0]
	}
	for id, other := range a.devices {
		if id != d.ID && other.Name == d.Name {
			return taken(d.Name)
		}
	}
	if old, ok := a.devices[d.ID]; ok {
		if old.Owner != "" && d.Owner == old.Owner {
			return ownedByFile(old.Owner)
		}
		if old.Version != d.Version {
			return overtaken()
		}
	}
	if d.ID == 0 {
		d.ID, d.Created = a.next(), a.now
	}
	d.Version++
	a.devices[d.ID] = *d
	return nil
}

func (a *App) next() appliance.ID { a.last++; return a.last }

// AddDevice stores a device and its checks.
func (a *App) AddDevice(_ context.Context, _ appliance.Actor, d *appliance.Device, checks []appliance.Check) error {
	return a.change("add device "+d.Name, appliance.Change{Config: true}, func() error {
		if err := a.putDevice(d); err != nil {
			return err
		}
		for _, c := range checks {
			c.ID, c.Device, c.Created = a.next(), d.ID, a.now
			a.checks[c.ID] = c
		}
		return nil
	})
}

// DeleteDevice forgets a device with its checks.
func (a *App) DeleteDevice(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("delete device "+id.String(), appliance.Change{Device: id, Config: true}, func() error {
		if _, ok := a.devices[id]; !ok {
			return appliance.ErrNotFound
		}
		for _, c := range a.checksOf(id) {
			delete(a.checks, c.ID)
			delete(a.states, c.ID)
		}
		delete(a.devices, id)
		return nil
	})
}

// PauseDevice pauses a device.
func (a *App) PauseDevice(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	return a.setPause("pause device ", id, &appliance.Pause{By: by.Name, Reason: reason, Since: a.now, Until: until})
}

// ResumeDevice ends a device's pause.
func (a *App) ResumeDevice(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.setPause("resume device ", id, nil)
}

func (a *App) setPause(what string, id appliance.ID, p *appliance.Pause) error {
	return a.change(what+id.String(), appliance.Change{Device: id, Config: true}, func() error {
		d, ok := a.devices[id]
		if !ok {
			return appliance.ErrNotFound
		}
		d.Paused = p
		a.devices[id] = d
		for _, c := range a.checksOf(id) {
			a.tick(c)
		}
		return nil
	})
}

// TakeOver takes a device from its file.
func (a *App) TakeOver(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.change("take over device "+id.String(), appliance.Change{Device: id, Config: true}, func() error {
		d, ok := a.devices[id]
		if !ok {
			return appliance.ErrNotFound
		}
		d.Owner = ""
		a.devices[id] = d
		return nil
	})
}

// tick lets the monitor see that something about a check has changed.
func (a *App) tick(c appliance.Check) {
	a.tickAt(c, a.now)
}

func (a *App) tickAt(c appliance.Check, now time.Time) {
	v := monitor.Tick(monitor.Input{Device: a.devices[c.Device], Check: c, Previous: a.states[c.ID], Now: now})
	a.states[c.ID] = v.States
	for _, e := range v.Events {
		a.record(e)
	}
}

func (a *App) record(e appliance.Event) {
	e.Seq = uint64(len(a.events) + 1)
	a.events = append(a.events, e)
}
