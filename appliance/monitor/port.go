package monitor

import (
	"strings"

	"siteward/appliance"
)

// The two words of IF-MIB (RFC 2863) that make a port's state, and the number that tells a line which fell back.
const (
	portStatus = "if.oper_status"
	portAdmin  = "if.admin_status"
	portSpeed  = "if.speed"
)

// port is one interface as a reading tells it.
type port struct {
	label string
	role  appliance.PortRole // "" = nobody expects anything of it
	named bool               // its names were read in this run
	oper  *appliance.Status
	speed *appliance.Value // of the line, bit/s
	admin *appliance.Status
}

func isPort(name string) bool { return strings.HasPrefix(name, "if.") }

// ports finds the interfaces of the reading that have a role, or had one when they were judged before. A switch tells hundreds of
// numbers of ports that nobody expects anything of, each time: those are left alone as early as possible.
func (c *court) ports() map[string]*port {
	judged := c.judgedPorts()
	if len(c.in.Device.Ports) == 0 && len(judged) == 0 {
		return nil
	}
	ports := portsOf(c.in.Device, c.in.Reading)
	for instance, p := range ports {
		switch {
		case p.role != "":
		case !judged[instance]:
			delete(ports, instance)
		case !p.named && len(c.in.Device.Ports) > 0:
			// Names are read more rarely than the rest, and a port that was marked by a name which this run did not read
			// has not lost its mark.
			p.role = appliance.PortImportant
		}
	}
	return ports
}

// judgedPorts are the instances of interfaces that have a state.
func (c *court) judgedPorts() map[string]bool {
	var judged map[string]bool
	for item := range c.states {
		if instance, ok := strings.CutPrefix(item, "if/"); ok {
			if judged == nil {
				judged = map[string]bool{}
			}
			judged[instance] = true
		}
	}
	return judged
}

// portsOf finds the interfaces of a reading and the role that a person gave them, by label, ifName or ifDescr.
func portsOf(d appliance.Device, r appliance.Reading) map[string]*port {
	ports := map[string]*port{}
	note := func(instance, label string) *port {
		p, ok := ports[instance]
		if !ok {
			p = &port{}
			ports[instance] = p
		}
		if p.label == "" && label != "" {
			p.label = label
		}
		if role, ok := d.Ports[label]; ok && label != "" {
			p.role = role
		}
		return p
	}
	for i := range r.Values {
		if v := &r.Values[i]; isPort(v.Metric) {
			p := note(v.Instance, v.Label)
			if v.Metric == portSpeed && v.Number > 0 {
				p.speed = v
			}
		}
	}
	for i := range r.Statuses {
		s := &r.Statuses[i]
		if !isPort(s.Name) {
			continue
		}
		switch p := note(s.Instance, s.Label); s.Name {
		case portStatus:
			p.oper = s
		case portAdmin:
			p.admin = s
		}
	}
	for i := range r.Texts {
		t := &r.Texts[i]
		if t.Name != "if.name" && t.Name != "if.descr" {
			continue
		}
		p, ok := ports[t.Instance]
		if !ok {
			continue
		}
		p.named = true
		if role, marked := d.Ports[t.Value]; marked {
			p.role = role
		}
	}
	return ports
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
func (p *port) judge(c *court, t *tally) {
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
	if p.speed != nil && p.oper.Word == "up" {
		p.compare(c, t)
	}
}

// compare tells a line that carries less than it once did: a damaged cable or a worn plug makes both ends agree on a tenth. What a
// port has had is kept with its state, so it is forgotten when somebody takes the mark from the port and sets it again.
func (p *port) compare(c *court, t *tally) {
	now := p.speed.Number
	t.numbers[portSpeed], t.speed = true, now
	prev := c.states[appliance.Item(portSpeed, p.speed.Instance)]
	if prev == nil || prev.Speed <= now {
		return
	}
	t.speed = prev.Speed
	t.add(finding{appliance.StateWarning, func() appliance.Evidence {
		a := args{"number": now, "before": prev.Speed, "unit": "bit/s"}
		return appliance.Evidence{Why: say("monitor.port_slower", a), Source: c.source(p.speed.Source), Verbatim: verbatimNumber(*p.speed),
			At: c.at, Metric: portSpeed, Number: &now, Unit: "bit/s",
			Steps: []appliance.Message{say("monitor.step_slower", a), say("monitor.step_slower_meant", nil)}}
	}})
}
