package profile

import (
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// readIdentity fills what the device says it is: for each key the first source that gives a text, best profile first.
func (p *Plan) readIdentity() *appliance.Identity {
	found := map[string]string{}
	for _, c := range p.identity {
		if found[c.key] == "" {
			found[c.key] = p.learn(c)
		}
	}
	id := &appliance.Identity{
		Vendor: found["vendor"], Model: found["model"], Serial: found["serial"], Firmware: found["firmware"],
		Kind: appliance.Kind(found["kind"]), Profiles: p.match.Names(),
		SysName: found["sysName"], SysDescr: found["sysDescr"], SysObjectID: found["sysObjectID"],
		SysLocation: found["sysLocation"], SysContact: found["sysContact"],
	}
	if !slices.Contains(appliance.Kinds, id.Kind) {
		id.Kind = appliance.KindOther
	}
	return id
}

func (p *Plan) learn(c *chosen) string {
	text := p.named(c.slots, c.source.from)
	if c.source.from != "" && text == "" {
		return ""
	}
	if c.source.prefix != nil {
		return longestPrefix(c.source.prefix, mib.OID(text))
	}
	var groups []string
	if c.source.re != nil {
		if groups = c.source.re.FindStringSubmatch(text); groups == nil {
			return ""
		}
		text = groups[min(1, len(groups)-1)]
	}
	if c.source.value == nil {
		return strings.TrimSpace(text)
	}
	return c.source.value.render(func(name string) string {
		if len(name) == 1 && isDigit(name[0]) {
			if n := int(name[0] - '0'); n < len(groups) {
				return groups[n]
			}
			return ""
		}
		return p.named(c.slots, name)
	})
}

func longestPrefix(all map[mib.OID]string, oid mib.OID) string {
	for oid != "" {
		if v, ok := all[oid]; ok {
			return v
		}
		cut := strings.LastIndexByte(string(oid), '.')
		if cut < 0 {
			return ""
		}
		oid = oid[:cut]
	}
	return ""
}
