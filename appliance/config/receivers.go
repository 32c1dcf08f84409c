package config

import (
	"strings"

	"siteward/appliance"
)

// receiversOff reads the names of receivers that are switched off.
func (p *reader) receiversOff(to *FileSite) func(*node, string) {
	names := p.list(func(n *node, path string) {
		var name string
		p.text(&name)(n, path)
		to.ReceiversOff = append(to.ReceiversOff, appliance.Receiver(name))
	})
	return func(n *node, path string) {
		to.ReceiversOff = []appliance.Receiver{} // the key is there: what it does not name is on
		names(n, path)
	}
}

func (w *writer) receiversOff(off []appliance.Receiver) {
	if len(off) == 0 {
		return
	}
	names := make([]string, len(off))
	for i, r := range off {
		names[i] = string(r)
	}
	w.line(0, "receivers_off: [%s]", strings.Join(names, ", "))
}
