package daemon

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/profile"
	"siteward/probes/snmp/trap"
)

// meaning is a trap as it is kept, and what follows from it.
type meaning struct {
	trap    appliance.Trap
	profile *profile.Trap // nil: nobody knows it
	label   string
}

// ifIndex names the port that linkDown and linkUp are about.
const ifIndex mib.OID = "1.3.6.1.2.1.2.2.1.1"

// understand says what a message is, who sent it, and whether that is believed.
func (d *Daemon) understand(m *trap.Message, set *profile.Set, table *names.Table) meaning {
	t := appliance.Trap{At: m.At, Last: m.At, Count: m.Count, Address: address(m.From), Version: m.Version, Inform: m.Inform,
		User: m.User, Engine: m.Engine, OID: string(m.OID), Uptime: appliance.Duration(m.Uptime), Why: m.Why, Detail: m.Detail}
	if m.Dropped() {
		t.Fate = appliance.TrapDropped
		if ids := d.post.senders.devices(m.From.Addr()); len(ids) == 1 {
			t.Device = ids[0]
		}
		return meaning{trap: t}
	}
	var why appliance.TrapRefusal
	t.Device, why = d.senderOf(m.From.Addr(), m.Credentials)
	t.Why = cmp.Or(t.Why, why)
	if t.Why == appliance.TrapGarbled {
		t.Fate = appliance.TrapMalformed
		return meaning{trap: t}
	}
	value := func(o mib.OID) string {
		for i := range m.Vars {
			if m.Vars[i].OID.Under(o) {
				return profile.ValueText(m.Vars[i])
			}
		}
		return ""
	}
	out := meaning{profile: set.Trap(m.OID, d.live.identity(t.Device).Profiles, value)}
	t.Vars = varsOf(m.Vars, table)
	t.Name = cmp.Or(nameOf(out.profile), trapName(table, m.OID))
	switch {
	case t.Why != "":
		t.Fate, out.profile = appliance.TrapUntrusted, nil
	case out.profile == nil:
		t.Fate = appliance.TrapUnknown
	default:
		t.Fate, t.Severity = appliance.TrapKnown, out.profile.Severity
		out.label = d.labelOf(t.Device, out.profile, value)
		t.Message = sentence(out.profile, out.label)
	}
	out.trap = t
	return out
}

func address(a netip.AddrPort) string {
	if !a.Addr().IsValid() {
		return ""
	}
	return a.Addr().String()
}

func nameOf(t *profile.Trap) string {
	if t == nil {
		return ""
	}
	return t.Name
}

// trapName is what an unknown trap is called, "" when nothing of it has a name.
func trapName(table *names.Table, o mib.OID) string {
	if o == "" || table.Name(o) == string(o) {
		return ""
	}
	return table.Name(o)
}

// sentence is what a person reads of a known trap.
func sentence(t *profile.Trap, label string) appliance.Message {
	english := cmp.Or(t.Words, t.Name)
	if label != "" {
		english += ": " + label
	}
	if t.Key == "" {
		return appliance.Message{English: english}
	}
	return appliance.Message{Key: "trap." + t.Key, Args: map[string]any{"label": label}, English: english}
}

// labelOf is what a trap is about. A port that the trap names by its number alone is called as the last reading did.
func (d *Daemon) labelOf(device appliance.ID, t *profile.Trap, value func(mib.OID) string) string {
	label := t.Label(value)
	index := value(ifIndex)
	if label == "" || label != index {
		return label
	}
	for _, c := range d.checksOf(device) {
		r, _ := d.live.reading(c.ID)
		for i := range r.Values {
			if v := &r.Values[i]; v.Instance == index && v.Label != "" && strings.HasPrefix(v.Metric, "if.") {
				return v.Label
			}
		}
	}
	return label
}

// maxTrapValue bounds the text of a variable, in bytes.
const maxTrapValue = 256

func varsOf(vars []mib.Varbind, table *names.Table) []appliance.TrapVar {
	out := make([]appliance.TrapVar, 0, len(vars))
	for i := range vars {
		v := &vars[i]
		out = append(out, appliance.TrapVar{OID: string(v.OID), Name: trapName(table, v.OID), Value: readable(v, table)})
	}
	return out
}

// readable is a value with the MIB's word for its number, or the name of the object that it is.
func readable(v *mib.Varbind, table *names.Table) string {
	text := profile.ValueText(*v)
	switch v.Type {
	case mib.ObjectID:
		text = table.Name(mib.OID(text))
	case mib.Integer:
		if w := table.Word(v.OID, v.Int()); w != "" {
			text = fmt.Sprintf("%s (%s)", text, w)
		}
	}
	if len(text) > maxTrapValue {
		text = strings.ToValidUTF8(text[:maxTrapValue], "") + "…"
	}
	return text
}
