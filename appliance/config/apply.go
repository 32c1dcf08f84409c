package config

import (
	"fmt"
	"strings"
	"time"

	"siteward/appliance"
)

// Apply plans against what the transaction shows and carries the plan out. Called inside one store transaction it is
// all or nothing. An error of the plan is a *FileError. What it gives back beside the
// changes is still to be done in the same transaction.
func Apply(tx Tx, f *File, takeOver bool, now time.Time) (Changes, []Follow, error) {
	inv, err := ReadInventory(tx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the inventory: %w", err)
	}
	changes, err := Plan(inv, f, takeOver)
	if err != nil {
		return nil, nil, err
	}
	a := &applier{tx: tx, now: now, owner: f.Name, devices: map[string]appliance.ID{}, credentials: map[string]appliance.ID{}, sources: map[string]appliance.ID{},
		jobs: map[string]appliance.ID{}, contacts: map[string]appliance.ID{}}
	for _, j := range inv.Jobs {
		a.jobs[strings.ToLower(j.Name)] = j.ID
	}
	for _, c := range inv.Contacts {
		a.contacts[strings.ToLower(c.Name)] = c.ID
	}
	for _, s := range inv.Sources {
		a.sources[strings.ToLower(s.Name)] = s.ID
	}
	for _, d := range inv.Devices {
		a.devices[strings.ToLower(d.Name)] = d.ID
	}
	for _, c := range inv.Credentials {
		a.credentials[strings.ToLower(c.Name)] = c.ID
	}
	for _, c := range changes {
		if err := c.do(a); err != nil {
			return nil, nil, fmt.Errorf("%s %s %s: %w", c.Verb, c.Noun, c.Name, err)
		}
	}
	return changes, a.follow, nil
}

// applier knows the numbers of what exists and of what was made on the way.
type applier struct {
	tx                            Tx
	now                           time.Time
	owner                         string // name of the file
	devices, credentials, sources map[string]appliance.ID
	jobs, contacts                map[string]appliance.ID
	follow                        []Follow
}

func (a *applier) putDevice(d appliance.Device, parents []string) error {
	d.Parents = nil
	for _, name := range parents {
		d.Parents = append(d.Parents, a.devices[strings.ToLower(name)])
	}
	if d.ID == 0 {
		d.Created = a.now
	}
	err := a.tx.PutDevice(&d)
	a.devices[strings.ToLower(d.Name)] = d.ID
	return err
}

func (a *applier) putCoverage(device string, list []appliance.Coverage) error {
	list, err := ValidCoverage(list)
	if err != nil {
		return err
	}
	return a.tx.PutCoverage(a.devices[strings.ToLower(device)], list)
}

func (a *applier) putCheck(c appliance.Check, device, credential string) error {
	c.Device = a.devices[strings.ToLower(device)]
	if c.SNMP != nil {
		snmp := *c.SNMP
		snmp.Credential = a.credentials[strings.ToLower(credential)]
		c.SNMP = &snmp
	}
	if c.NUT != nil && credential != "" {
		nut := *c.NUT
		nut.Credential = a.credentials[strings.ToLower(credential)]
		c.NUT = &nut
	}
	if c.ID == 0 {
		c.Created = a.now
	}
	return a.tx.PutCheck(&c)
}
