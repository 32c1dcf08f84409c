package ui

import (
	"cmp"
	"context"

	"siteward/ui/view"
)

// maxGuests is how many a row names; the others are counted.
const maxGuests = 4

// portGuests is who was seen behind a port, in words.
type portGuests struct {
	known []view.PortGuest
	more  string
}

// guestsOf is who was seen behind the ports of a device. Technicians see hardware addresses as well.
func (s *Server) guestsOf(ctx context.Context, d *subject) map[string]portGuests {
	t, err := s.App.Topology(ctx)
	if err != nil {
		return nil
	}
	out := map[string]portGuests{}
	for _, p := range t.Ports {
		if p.Device != d.ID {
			continue
		}
		g := portGuests{}
		rest := p.More
		for _, guest := range p.Guests {
			one := view.PortGuest{Name: cmp.Or(guest.Name, guest.Address, guest.MAC)}
			if guest.Device != 0 {
				one = view.PortGuest{Name: d.name(guest.Device), Href: "/devices/" + guest.Device.String()}
			} else if !d.technical {
				rest++
				continue
			}
			if len(g.known) == maxGuests {
				rest++
				continue
			}
			g.known = append(g.known, one)
		}
		if rest > 0 && len(g.known) > 0 {
			g.more = d.l.T("device.guests_more", "n", rest)
		}
		if len(g.known) > 0 {
			out[p.Index], out[p.Port] = g, g
		}
	}
	return out
}

// behind finds the guests of an interface by its index, which is the ifIndex, else by its name.
func (d *subject) behind(n netif) (portGuests, bool) {
	for _, key := range []string{n.instance, n.name, d.told.text("if.name", n.instance), d.told.text("if.descr", n.instance)} {
		if g, ok := d.guests[key]; ok && key != "" {
			return g, true
		}
	}
	return portGuests{}, false
}
