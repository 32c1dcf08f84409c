package config

import (
	"maps"
	"slices"
	"strings"

	"siteward/appliance"
)

// deletions are what the file owned and no longer declares.
func (p *planner) deletions() {
	p.actDeletions()
	p.logDeletions()
	declared := map[string]*FileDevice{}
	for i, d := range p.f.Devices {
		declared[strings.ToLower(d.Name)] = &p.f.Devices[i]
	}
	var gone []appliance.Device
	for _, d := range p.cur.Devices {
		want := declared[strings.ToLower(d.Name)]
		if want == nil && d.Owner == p.f.Name {
			gone = append(gone, d)
			p.strangers(d)
			continue
		}
		for _, c := range p.checksOf(d.ID) {
			if c.Owner == p.f.Name && !declares(want, c.Name) {
				p.delete("check", d.Name+"/"+c.Name, func(a *applier) error { return a.tx.DeleteCheck(c.ID) })
			}
		}
	}
	for _, d := range childrenFirst(gone) {
		p.delete("device", d.Name, func(a *applier) error { return a.tx.DeleteDevice(d.ID) })
	}
	for _, c := range p.cur.Credentials {
		_, wanted := find(p.f.Credentials, c.Name, func(f FileCredential) string { return f.Name })
		if c.Owner == p.f.Name && !wanted {
			p.delete("credential", c.Name, func(a *applier) error { return a.tx.DeleteCredential(c.ID) })
		}
	}
}

func (p *planner) delete(noun, name string, do func(*applier) error) {
	p.leave = append(p.leave, Change{Verb: Delete, Noun: noun, Name: name, do: do})
}

func declares(d *FileDevice, check string) bool {
	if d == nil {
		return false
	}
	_, ok := find(d.Checks, check, func(c FileCheck) string { return c.Name })
	return ok
}

// strangers are checks that somebody else put on a device which the file gives up: they would go with it.
func (p *planner) strangers(d appliance.Device) {
	for _, c := range p.checksOf(d.ID) {
		if c.Owner != p.f.Name && !p.takeOver {
			p.say(Position{}, appliance.CodeConflict, "", "the device %s is no longer in the file, but its check %s %s; remove that first, or use --take-over to delete both", clip(d.Name), clip(c.Name), ownedBy(c.Owner))
		}
	}
}

// childrenFirst orders devices so that none is deleted before those that are reached through it.
func childrenFirst(devices []appliance.Device) []appliance.Device {
	left := slices.Clone(devices)
	out := make([]appliance.Device, 0, len(left))
	for len(left) > 0 {
		i := max(slices.IndexFunc(left, func(d appliance.Device) bool {
			return !slices.ContainsFunc(left, func(other appliance.Device) bool { return slices.Contains(other.Parents, d.ID) })
		}), 0)
		out = append(out, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return out
}

// references looks at the site as it would be: every parent and credential that is named must be there, and nobody may
// be reached through himself.
func (p *planner) references() {
	deleted := map[string]bool{}
	for _, c := range p.leave {
		deleted[c.Noun+" "+strings.ToLower(c.Name)] = true
	}
	links, credentials := map[string][]string{}, map[string]bool{}
	for _, c := range p.cur.Credentials {
		credentials[strings.ToLower(c.Name)] = !deleted["credential "+strings.ToLower(c.Name)]
	}
	for _, c := range p.f.Credentials {
		credentials[strings.ToLower(c.Name)] = true
	}
	for _, d := range p.cur.Devices {
		if !deleted["device "+strings.ToLower(d.Name)] {
			links[strings.ToLower(d.Name)] = exportDevice(d, nil, p.names).ParentNames
		}
	}
	for _, d := range p.f.Devices {
		links[strings.ToLower(d.Name)] = d.ParentNames
	}
	p.parentsExist(links)
	p.credentialsExist(credentials, deleted)
	if chain := circle(links); chain != nil && len(p.problems) == 0 {
		in, _ := find(p.f.Devices, chain[0], func(d FileDevice) string { return d.Name })
		p.say(in.At, appliance.CodeInvalid, "parents", "%s", english("parent_cycle", map[string]any{"chain": strings.Join(chain, " → ")}))
	}
}

func (p *planner) parentsExist(links map[string][]string) {
	places := map[string]Position{}
	for _, d := range p.f.Devices {
		places[strings.ToLower(d.Name)] = d.At
	}
	for _, name := range slices.Sorted(maps.Keys(links)) {
		for _, parent := range links[name] {
			if _, there := links[strings.ToLower(parent)]; there {
				continue
			}
			at, ours := places[name]
			if ours {
				p.say(at, appliance.CodeInvalid, "parents", "there is no device %q; declare it in the file or correct the name", clip(parent))
			} else {
				p.say(at, appliance.CodeConflict, "", "the device %s is no longer in the file, but %s is still reached through it; change that first", clip(parent), clip(name))
			}
		}
	}
}

func (p *planner) credentialsExist(credentials, deleted map[string]bool) {
	for _, d := range p.f.Devices {
		for _, c := range d.Checks {
			if (c.SNMP != nil || c.NUT != nil && c.CredentialName != "") && !credentials[strings.ToLower(c.CredentialName)] {
				p.say(c.At, appliance.CodeInvalid, "credential", "there is no credential %q; declare it in the file or correct the name", clip(c.CredentialName))
			}
		}
	}
	for _, c := range p.cur.Checks {
		id := c.Credential()
		if id == 0 {
			continue
		}
		device, name := p.names.devices[c.Device], p.names.credentials[id]
		if name == "" || credentials[strings.ToLower(name)] || deleted["device "+strings.ToLower(device)] || deleted["check "+strings.ToLower(device+"/"+c.Name)] {
			continue
		}
		if want, ok := find(p.f.Devices, device, func(d FileDevice) string { return d.Name }); ok && declares(&want, c.Name) {
			continue
		}
		p.say(Position{}, appliance.CodeConflict, "", "the credential %s is no longer in the file, but the check %s still uses it; change that first", clip(name), clip(device+"/"+c.Name))
	}
}
