package config

import (
	"slices"
	"strings"

	"siteward/appliance"
)

// Plan says what applying the file would do. It is pure: nothing is changed. Objects of the file are found by name, in
// any case of letters. What a person or another file owns is left alone while it says the same, and is a conflict when it says
// something else, unless takeOver or the file's own take_over. What the file owned and no longer declares is deleted.
func Plan(current Inventory, f *File, takeOver bool) (Changes, error) {
	p := &planner{trouble: trouble{file: f.Name}, cur: current, names: current.names(), f: f, takeOver: takeOver || f.TakeOver}
	p.site()
	p.contract()
	p.credentials()
	p.devices()
	p.sources()
	p.backupJobs()
	p.mail()
	p.contacts()
	p.routes()
	p.windows()
	p.consumers()
	p.deletions()
	p.references()
	p.logReferences()
	p.actReferences()
	if err := p.err(); err != nil {
		return nil, err
	}
	return slices.Concat(p.changes, p.leave), nil
}

type planner struct {
	trouble
	cur      Inventory
	names    names
	f        *File
	takeOver bool
	changes  Changes
	leave    Changes // deletions, which come last
}

// put notes a change of an object whose lines were before ("" = new) and are after.
func (p *planner) put(at Position, noun, name, owner, before, after string, isNew bool, do func(*applier) error) {
	change := Change{Noun: noun, Name: name, do: do}
	switch {
	case isNew:
		change.Verb, change.Lines = Create, difference("", after)
	case before != after:
		if owner != p.f.Name && !p.takeOver {
			p.say(at, appliance.CodeConflict, "", "the %s %s %s and says something else; change it there, or take it over with \"take_over: true\" or --take-over:\n    %s",
				noun, clip(name), ownedBy(owner), strings.Join(difference(before, after), "\n    "))
			return
		}
		change.Verb, change.Lines = Update, difference(before, after)
	case owner != p.f.Name && p.takeOver:
		change.Verb = TakeOver
	default:
		return
	}
	p.changes = append(p.changes, change)
}

func ownedBy(owner string) string {
	if owner == "" {
		return "was entered by a person"
	}
	return "belongs to the file " + owner
}

func (p *planner) credentials() {
	for _, want := range p.f.Credentials {
		old, known := find(p.cur.Credentials, want.Name, func(c appliance.Credential) string { return c.Name })
		c := want.Credential
		c.ID, c.Version, c.Owner = old.ID, old.Version, p.f.Name
		for i, s := range secretsOf(&c) {
			held := *secretsOf(&old)[i].secret
			if want.Kept[s.field] && held.Value == "" {
				p.say(want.At, appliance.CodeInvalid, s.field+"_kept", "the appliance holds no such secret of %s; name a file with %s_file or enter it in the interface", clip(want.Name), s.field)
			} else if want.Kept[s.field] {
				*s.secret = held
			}
		}
		before := ""
		if known {
			before = lined(exportCredential(old), (*writer).credential)
		}
		p.put(want.At, "credential", want.Name, old.Owner, before, lined(want, (*writer).credential), !known, func(a *applier) error {
			err := a.tx.PutCredential(&c)
			a.credentials[strings.ToLower(c.Name)] = c.ID
			return err
		})
	}
}

func (p *planner) devices() {
	for _, want := range parentsFirst(p.f.Devices) {
		old, known := find(p.cur.Devices, want.Name, func(d appliance.Device) string { return d.Name })
		d := want.Device
		d.ID, d.Version, d.Owner, d.Created, d.Paused, d.UPS = old.ID, old.Version, p.f.Name, old.Created, old.Paused, old.UPS
		before := ""
		if known {
			before = lined(exportDevice(old, p.cur.Coverage[old.ID], p.names), (*writer).device)
		}
		ends, declared := numbered(want.Coverage, p.cur.Coverage[old.ID]), want.Coverage != nil
		if !declared {
			want.Coverage = p.cur.Coverage[old.ID]
		}
		p.put(want.At, "device", want.Name, old.Owner, before, lined(want, (*writer).device), !known, func(a *applier) error {
			if err := a.putDevice(d, want.ParentNames); err != nil || !declared {
				return err
			}
			return a.putCoverage(want.Name, ends)
		})
		p.checks(want, old.ID)
	}
}

func (p *planner) checks(want FileDevice, device appliance.ID) {
	existing := p.checksOf(device)
	for _, check := range want.Checks {
		old, known := find(existing, check.Name, func(c appliance.Check) string { return c.Name })
		c := check.Check
		c.ID, c.Version, c.Owner, c.Created, c.Paused = old.ID, old.Version, p.f.Name, old.Created, old.Paused
		before := ""
		if known {
			before = lined(exportCheck(old, p.names), (*writer).check)
		}
		name := want.Name + "/" + check.Name
		p.put(check.At, "check", name, old.Owner, before, lined(check, (*writer).check), !known, func(a *applier) error {
			return a.putCheck(c, want.Name, check.CredentialName)
		})
	}
}

func (p *planner) checksOf(device appliance.ID) []appliance.Check {
	if device == 0 {
		return nil
	}
	var list []appliance.Check
	for _, c := range p.cur.Checks {
		if c.Device == device {
			list = append(list, c)
		}
	}
	return list
}

func lined[T any](object T, write func(*writer, T)) string {
	w := &writer{}
	write(w, object)
	return w.String()
}

func find[T any](list []T, name string, nameOf func(T) string) (T, bool) {
	for _, v := range list {
		if strings.EqualFold(nameOf(v), name) {
			return v, true
		}
	}
	var none T
	return none, false
}

// parentsFirst orders devices so that each comes after those of the file that it is reached through. Circles were refused before.
func parentsFirst(devices []FileDevice) []FileDevice {
	at := make(map[string]int, len(devices))
	for i, d := range devices {
		at[strings.ToLower(d.Name)] = i
	}
	done := make([]bool, len(devices))
	out := make([]FileDevice, 0, len(devices))
	var visit func(int)
	visit = func(i int) {
		if done[i] {
			return
		}
		done[i] = true
		for _, parent := range devices[i].ParentNames {
			if j, ok := at[strings.ToLower(parent)]; ok {
				visit(j)
			}
		}
		out = append(out, devices[i])
	}
	for i := range devices {
		visit(i)
	}
	return out
}
