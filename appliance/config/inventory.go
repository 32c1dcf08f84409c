package config

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"siteward/appliance"
)

// Inventory is what is declared at the site now, whoever declared it.
type Inventory struct {
	Site        *appliance.Site     // nil before set-up
	Contract    *appliance.Contract // nil before one was entered
	Devices     []appliance.Device
	Checks      []appliance.Check
	Credentials []appliance.Credential
	Coverage    map[appliance.ID][]appliance.Coverage // end dates, by device
	Sources     []appliance.Source
	Jobs        []appliance.BackupJob
	Mail        appliance.MailRelay // without a host: there is none
	Contacts    []appliance.Contact
	Routes      []appliance.Route
	Windows     []appliance.Window
	Consumers   []appliance.Consumer
}

// Reader is what is asked of the store to see the inventory.
type Reader interface {
	Site() (appliance.Site, error)         // CodeNotFound before set-up
	Contract() (appliance.Contract, error) // CodeNotFound before one was entered
	Devices() ([]appliance.Device, error)
	Checks() ([]appliance.Check, error)
	Credentials() ([]appliance.Credential, error)
	Coverage() (map[appliance.ID][]appliance.Coverage, error)
	Sources() ([]appliance.Source, error)
	BackupJobs() ([]appliance.BackupJob, error)
	MailRelay() (appliance.MailRelay, error)
	Contacts() ([]appliance.Contact, error)
	Routes() ([]appliance.Route, error)
	Windows() ([]appliance.Window, error)
	Consumers() ([]appliance.Consumer, error)
}

// Tx is one transaction of the store: all of a file's changes are seen together or not at all. Put sets the ID of a
// new object and raises its Version.
type Tx interface {
	Reader
	PutSite(appliance.Site) error
	PutContract(*appliance.Contract) error
	PutDevice(*appliance.Device) error
	PutCheck(*appliance.Check) error
	PutCredential(*appliance.Credential) error
	PutCoverage(device appliance.ID, list []appliance.Coverage) error
	DeleteDevice(appliance.ID) error // with its checks
	DeleteCheck(appliance.ID) error
	DeleteCredential(appliance.ID) error
	PutSource(*appliance.Source) error
	DeleteSource(appliance.ID) error
	PutBackupJob(*appliance.BackupJob) error
	DeleteBackupJob(appliance.ID) error
	PutMailRelay(appliance.MailRelay) error
	PutContact(*appliance.Contact) error
	DeleteContact(appliance.ID) error // also from routes
	PutRoute(*appliance.Route) error
	DeleteRoute(appliance.ID) error
	PutWindow(*appliance.Window) error
	DeleteWindow(appliance.ID) error
	PutConsumer(*appliance.Consumer) error
	DeleteConsumer(appliance.ID) error // what waits for it is let go of afterwards
}

// ReadInventory asks the store.
func ReadInventory(r Reader) (Inventory, error) {
	var inv Inventory
	site, err := r.Site()
	switch {
	case err == nil:
		inv.Site = &site
	case appliance.CodeOf(err) != appliance.CodeNotFound:
		return inv, err
	}
	contract, err := r.Contract()
	switch {
	case err == nil:
		inv.Contract = &contract
	case appliance.CodeOf(err) != appliance.CodeNotFound:
		return inv, err
	}
	var errs [11]error
	inv.Devices, errs[0] = r.Devices()
	inv.Checks, errs[1] = r.Checks()
	inv.Credentials, errs[2] = r.Credentials()
	inv.Coverage, errs[3] = r.Coverage()
	inv.Sources, errs[4] = r.Sources()
	inv.Jobs, errs[5] = r.BackupJobs()
	inv.Mail, errs[6] = r.MailRelay()
	inv.Contacts, errs[7] = r.Contacts()
	inv.Routes, errs[8] = r.Routes()
	inv.Windows, errs[9] = r.Windows()
	inv.Consumers, errs[10] = r.Consumers()
	return inv, errors.Join(errs[:]...)
}

// Export is the file that declares the inventory as it is. Applied to the same site it changes nothing. Pauses,
// people, states and samples are not part of it, and secrets never are: those that the appliance holds itself are
// written as "…_kept: true".
func (inv Inventory) Export() *File {
	f := &File{Name: "site.yaml"}
	if inv.Site != nil {
		f.Site = &FileSite{Set: map[string]string{}}
		for _, key := range siteKeys {
			if v := *siteField(inv.Site, key); v != "" {
				f.Site.Set[key] = v
			}
		}
		f.Site.DaysOff, f.Site.ReceiversOff = inv.Site.DaysOff, inv.Site.ReceiversOff
	}
	if inv.Contract != nil {
		f.Contract = &FileContract{Contract: *inv.Contract}
	}
	for _, c := range inv.Credentials {
		f.Credentials = append(f.Credentials, exportCredential(c))
	}
	names := inv.names()
	for _, d := range inv.Devices {
		out := exportDevice(d, inv.Coverage[d.ID], names)
		for _, c := range inv.Checks {
			if c.Device == d.ID {
				out.Checks = append(out.Checks, exportCheck(c, names))
			}
		}
		slices.SortFunc(out.Checks, func(a, b FileCheck) int { return byName(a.Name, b.Name) })
		f.Devices = append(f.Devices, out)
	}
	f.Sources, f.Jobs = inv.exportSources(names), inv.exportJobs(names)
	inv.exportActs(f, names)
	slices.SortFunc(f.Credentials, func(a, b FileCredential) int { return byName(a.Name, b.Name) })
	slices.SortFunc(f.Devices, func(a, b FileDevice) int { return byName(a.Name, b.Name) })
	return f
}

func byName(a, b string) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}

// exportActs adds who is told of what, and planned maintenance.
func (inv Inventory) exportActs(f *File, n names) {
	if inv.Mail.Host != "" {
		m := exportMail(inv.Mail)
		f.Mail = &m
	}
	for _, c := range inv.Contacts {
		f.Contacts = append(f.Contacts, exportContact(c))
	}
	for _, r := range inv.Routes {
		f.Routes = append(f.Routes, exportRoute(r, n))
	}
	for _, c := range inv.Consumers {
		f.Consumers = append(f.Consumers, exportConsumer(c))
	}
	slices.SortFunc(f.Consumers, func(a, b FileConsumer) int { return byName(a.Name, b.Name) })
	slices.SortFunc(f.Contacts, func(a, b FileContact) int { return byName(a.Name, b.Name) })
	slices.SortFunc(f.Routes, func(a, b FileRoute) int { return byName(a.Name, b.Name) })
	f.Windows = inv.exportWindows(n)
}

// names are those of what others name, by number.
type names struct{ devices, credentials, sources, jobs, contacts map[appliance.ID]string }

func (inv Inventory) names() names {
	n := names{devices: map[appliance.ID]string{}, credentials: map[appliance.ID]string{}, sources: map[appliance.ID]string{},
		jobs: map[appliance.ID]string{}, contacts: map[appliance.ID]string{}}
	for _, j := range inv.Jobs {
		n.jobs[j.ID] = j.Name
	}
	for _, c := range inv.Contacts {
		n.contacts[c.ID] = c.Name
	}
	for _, s := range inv.Sources {
		n.sources[s.ID] = s.Name
	}
	for _, d := range inv.Devices {
		n.devices[d.ID] = d.Name
	}
	for _, c := range inv.Credentials {
		n.credentials[c.ID] = c.Name
	}
	return n
}

func exportCredential(c appliance.Credential) FileCredential {
	out := FileCredential{Credential: c, Kept: map[string]bool{}}
	for _, s := range out.secrets() {
		if s.secret.Value != "" {
			*s.secret, out.Kept[s.field] = appliance.Secret{}, true
		}
	}
	return out
}

func exportDevice(d appliance.Device, ends []appliance.Coverage, n names) FileDevice {
	out := FileDevice{Device: d, Coverage: ends}
	for _, id := range d.Parents {
		if name, ok := n.devices[id]; ok {
			out.ParentNames = append(out.ParentNames, name)
		}
	}
	return out
}

func exportCheck(c appliance.Check, n names) FileCheck {
	out := FileCheck{Check: c}
	if id := c.Credential(); id != 0 {
		out.CredentialName = n.credentials[id]
	}
	return out
}
