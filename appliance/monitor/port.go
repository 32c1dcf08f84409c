package monitor

import (
	"strings"

	"siteward/appliance"
)

// The two words of IF-MIB (RFC 2863) that make a port's state.
const (
	portStatus = "if.oper_status"
	portAdmin  = "if.admin_status"
)

// port is one interface as a reading tells it.
type port struct {
	label string
	role  appliance.PortRole // "" = nobody expects anything of it
	named bool               // its names were read in this run
	oper  *appliance.Status
	admin *appliance.Status
}

func isPort(name string) bool { return strings.HasPrefix(name, "if.") }

// portsOf finds the interfaces of a reading and the role that a person gave them, by label, ifName or ifDescr.
func portsOf(d appliance.Device, r appliance.Reading) map[string]port {
	ports := map[string]port{}
	note := func(name, instance, label string, set func(*port)) {
		if !isPort(name) {
			return
		}
		p := ports[instance]
		if p.label == "" {
			p.label = label
		}
		if role, ok := d.Ports[label]; ok && label != "" {
			p.role = role
		}
		if set != nil {
			set(&p)
		}
		ports[instance] = p
	}
	for _, v := range r.Values {
		note(v.Metric, v.Instance, v.Label, nil)
	}
	for i, s := range r.Statuses {
		note(s.Name, s.Instance, s.Label, func(p *port) {
			switch s.Name {
			case portStatus:
				p.oper = &r.Statuses[i]
			case portAdmin:
				p.admin = &r.Statuses[i]
			}
		})
	}
	for _, t := range r.Texts {
		p, ok := ports[t.Instance]
		if !ok || t.Name != "if.name" && t.Name != "if.descr" {
			continue
		}
		p.named = true
		if role, marked := d.Ports[t.Value]; marked {
			p.role = role
		}
		ports[t.Instance] = p
	}
	return ports
}

// unnamed keeps the role of ports that were judged before: names are read more rarely than the rest, and a port that
// was marked by a name which this run did not read has not lost its mark.
func (c *court) unnamed(ports map[string]port) {
	for instance, p := range ports {
		_, judged := c.states[appliance.Item(portStatus, instance)]
		if p.role == "" && !p.named && judged && len(c.in.Device.Ports) > 0 {
			p.role = appliance.PortImportant
			ports[instance] = p
		}
	}
}

// operStates is what ifOperStatus of a port that should be up means. Words that are not here say nothing.
var operStates = map[string]appliance.State{
	"up":             appliance.StateOK,
	"down":           appliance.StateCritical,
	"lowerLayerDown": appliance.StateCritical,
	"notPresent":     appliance.StateCritical,
	"testing":        appliance.StateWarning,
	"dormant":        appliance.StateWarning, // waits for something, such as a sign-in by 802.1X or a call
	"unknown":        appliance.StateNoData,
}

// judge tells what the port's own words mean. A port without a role is not judged, whatever it says.
func (p port) judge(c *court, t *tally) {
	if p.role == "" {
		t.off = true
		return
	}
	if p.admin != nil && p.admin.Word == "down" {
		t.judged = true
		t.add(finding{appliance.StateWarning, func() appliance.Evidence { return c.wordEvidence(*p.admin, say("monitor.port_off", nil)) }})
		return
	}
	if p.oper == nil {
		return
	}
	state, ok := operStates[p.oper.Word]
	if !ok {
		return
	}
	t.judged = true
	t.add(finding{state, func() appliance.Evidence { return c.wordEvidence(*p.oper, say("monitor.port_"+p.oper.Word, nil)) }})
}
