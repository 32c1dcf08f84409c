package apptest

import (
	"maps"
	"slices"

	"siteward/appliance"
)

// siteTx is one step of an Apply: it changes copies. The App's lock is held by the caller.
type siteTx struct {
	*App
	site        appliance.Site
	devices     map[appliance.ID]appliance.Device
	checks      map[appliance.ID]appliance.Check
	credentials map[appliance.ID]appliance.Credential
	sources     []appliance.SourceView
	jobs        []appliance.BackupJob
	relay       appliance.MailRelay
	contacts    []appliance.Contact
	routes      []appliance.Route
	consumers   []appliance.Consumer
	windows     []appliance.Window
}

func newSiteTx(a *App) *siteTx {
	return &siteTx{App: a, site: a.site, devices: maps.Clone(a.devices), checks: maps.Clone(a.checks), credentials: maps.Clone(a.credentials),
		sources: slices.Clone(a.sources), jobs: slices.Clone(a.backups.jobs),
		relay: a.relay, contacts: slices.Clone(a.contacts), routes: slices.Clone(a.routes), windows: slices.Clone(a.windows), consumers: a.plainConsumers()}
}

func (t *siteTx) Site() (appliance.Site, error)                { return t.site, nil }
func (t *siteTx) Devices() ([]appliance.Device, error)         { return values(t.devices), nil }
func (t *siteTx) Checks() ([]appliance.Check, error)           { return values(t.checks), nil }
func (t *siteTx) Credentials() ([]appliance.Credential, error) { return values(t.credentials), nil }
func (t *siteTx) Coverage() (map[appliance.ID][]appliance.Coverage, error) {
	out := map[appliance.ID][]appliance.Coverage{}
	for id, inv := range t.stock {
		if len(inv.Coverage) > 0 {
			out[id] = inv.Coverage
		}
	}
	return out, nil
}
func (t *siteTx) PutCoverage(device appliance.ID, list []appliance.Coverage) error {
	inv := t.stock[device]
	inv.Device, inv.Coverage = device, list
	t.stock[device] = inv
	return nil
}
func (t *siteTx) Contract() (appliance.Contract, error) {
	if !t.desk.contract.Agreed() {
		return appliance.Contract{}, appliance.ErrNotFound
	}
	return t.desk.contract, nil
}
func (t *siteTx) PutContract(c *appliance.Contract) error {
	c.Version++
	t.desk.contract = *c
	return nil
}
func (t *siteTx) PutSite(s appliance.Site) error         { t.site = s; return nil }
func (t *siteTx) DeleteDevice(id appliance.ID) error     { delete(t.devices, id); return nil }
func (t *siteTx) DeleteCheck(id appliance.ID) error      { delete(t.checks, id); return nil }
func (t *siteTx) DeleteCredential(id appliance.ID) error { delete(t.credentials, id); return nil }
func (t *siteTx) PutDevice(d *appliance.Device) error {
	t.number(&d.ID, &d.Version)
	t.devices[d.ID] = *d
	return nil
}
func (t *siteTx) PutCheck(c *appliance.Check) error {
	t.number(&c.ID, &c.Version)
	t.checks[c.ID] = *c
	return nil
}
func (t *siteTx) PutCredential(c *appliance.Credential) error {
	t.number(&c.ID, &c.Version)
	t.credentials[c.ID] = *c
	return nil
}
func (t *siteTx) Sources() ([]appliance.Source, error) {
	var out []appliance.Source
	for _, s := range t.sources {
		out = append(out, s.Source)
	}
	return out, nil
}
func (t *siteTx) PutSource(s *appliance.Source) error {
	i := slices.IndexFunc(t.sources, func(v appliance.SourceView) bool { return v.ID == s.ID })
	t.number(&s.ID, &s.Version)
	if i < 0 {
		t.sources = append(t.sources, appliance.SourceView{Source: *s})
		return nil
	}
	t.sources[i].Source = *s
	return nil
}
func (t *siteTx) DeleteSource(id appliance.ID) error {
	t.sources = slices.DeleteFunc(t.sources, func(s appliance.SourceView) bool { return s.ID == id })
	return nil
}
func (t *siteTx) BackupJobs() ([]appliance.BackupJob, error) { return t.jobs, nil }
func (t *siteTx) PutBackupJob(j *appliance.BackupJob) error {
	i := slices.IndexFunc(t.jobs, func(v appliance.BackupJob) bool { return v.ID == j.ID })
	t.number(&j.ID, &j.Version)
	if i < 0 {
		t.jobs = append(t.jobs, *j)
		return nil
	}
	t.jobs[i] = *j
	return nil
}
func (t *siteTx) DeleteBackupJob(id appliance.ID) error {
	t.jobs = slices.DeleteFunc(t.jobs, func(j appliance.BackupJob) bool { return j.ID == id })
	return nil
}

func (t *siteTx) number(id *appliance.ID, version *uint64) {
	if *id == 0 {
		*id = t.next()
	}
	*version++
}

func (t *siteTx) MailRelay() (appliance.MailRelay, error)  { return t.relay, nil }
func (t *siteTx) PutMailRelay(r appliance.MailRelay) error { t.relay = r; return nil }
func (t *siteTx) Contacts() ([]appliance.Contact, error)   { return t.contacts, nil }
func (t *siteTx) Routes() ([]appliance.Route, error)       { return t.routes, nil }
func (t *siteTx) Consumers() ([]appliance.Consumer, error) { return t.consumers, nil }

func (t *siteTx) PutConsumer(c *appliance.Consumer) error {
	return putIn(t, &t.consumers, c, &c.ID, &c.Version, func(o appliance.Consumer) appliance.ID { return o.ID })
}

func (t *siteTx) DeleteConsumer(id appliance.ID) error {
	t.consumers = slices.DeleteFunc(t.consumers, func(c appliance.Consumer) bool { return c.ID == id })
	return nil
}

func (t *siteTx) Windows() ([]appliance.Window, error) { return t.windows, nil }
func (t *siteTx) DeleteContact(id appliance.ID) error {
	t.contacts = slices.DeleteFunc(t.contacts, func(c appliance.Contact) bool { return c.ID == id })
	return nil
}
func (t *siteTx) DeleteRoute(id appliance.ID) error {
	t.routes = slices.DeleteFunc(t.routes, func(r appliance.Route) bool { return r.ID == id })
	return nil
}
func (t *siteTx) DeleteWindow(id appliance.ID) error {
	t.windows = slices.DeleteFunc(t.windows, func(w appliance.Window) bool { return w.ID == id })
	return nil
}
func (t *siteTx) PutContact(c *appliance.Contact) error {
	return putIn(t, &t.contacts, c, &c.ID, &c.Version, func(o appliance.Contact) appliance.ID { return o.ID })
}
func (t *siteTx) PutRoute(r *appliance.Route) error {
	return putIn(t, &t.routes, r, &r.ID, &r.Version, func(o appliance.Route) appliance.ID { return o.ID })
}
func (t *siteTx) PutWindow(w *appliance.Window) error {
	return putIn(t, &t.windows, w, &w.ID, &w.Version, func(o appliance.Window) appliance.ID { return o.ID })
}

func putIn[T any](t *siteTx, list *[]T, v *T, id *appliance.ID, version *uint64, of func(T) appliance.ID) error {
	i := slices.IndexFunc(*list, func(o T) bool { return of(o) == *id })
	t.number(id, version)
	if i < 0 {
		*list = append(*list, *v)
		return nil
	}
	(*list)[i] = *v
	return nil
}
