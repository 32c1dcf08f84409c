package config

import (
	"slices"
	"strconv"
	"strings"

	"siteward/appliance"
)

// FileContact is an entry of the section contacts. The secrets of its channels never hold a value.
type FileContact struct {
	At Position
	appliance.Contact
	Kept []bool // by channel: the secret that the appliance holds already
}

func (p *reader) contact(n *node, path string) {
	before := len(p.problems)
	c := FileContact{At: n.at}
	var hours appliance.ServiceHours
	p.mapping(n, path, p.hoursKeys(fields{
		"name": p.text(&c.Name), "role": p.text((*string)(&c.Role)), "language": p.text(&c.Language), "phone": p.text(&c.Phone),
		"daily": p.text(&c.Daily), "off": p.flag(&c.Off), "channels": p.list(func(n *node, path string) {
			var ch appliance.Channel
			var kept bool
			p.mapping(n, path, fields{"kind": p.text((*string)(&ch.Kind)), "address": p.text(&ch.Address), "least": p.least(&ch.Least),
				"secret_file": p.text(&ch.Secret.File), "secret_env": p.text(&ch.Secret.Env), "secret_kept": p.flag(&kept)})
			p.secretPlaces(path, "secret")
			c.Channels, c.Kept = append(c.Channels, ch), append(c.Kept, kept)
		}),
	}, &hours))
	if n.kind != isMap {
		return
	}
	c.Hours = p.someHours(n, path, hours)
	probe := c.Contact
	probe.Hours = nil // looked at already
	probe.Channels = slices.Clone(c.Channels)
	for i := range probe.Channels {
		if c.Kept[i] {
			probe.Channels[i].Secret.Value = keptSecret
		}
		p.numberedPlaces(path, "channels", "channel", i, "kind", "address", "secret", "least")
	}
	p.rules(path, before, ValidateContact(probe))
	p.file.Contacts = append(p.file.Contacts, c)
}

// numberedPlaces gives the places of an entry of a list to the fields by which forms call it, counted from 1.
func (p *reader) numberedPlaces(path, list, word string, i int, parts ...string) {
	from, to := path+"."+list+"["+strconv.Itoa(i)+"]", path+"."+word+"."+strconv.Itoa(i+1)
	p.places[to] = p.places[from]
	for _, part := range parts {
		if at, ok := p.places[from+"."+part]; ok {
			p.places[to+"."+part] = at
		}
	}
}

// least is the least severity that is told.
func (p *reader) least(to *appliance.State) func(*node, string) {
	return func(n *node, path string) {
		s, err := appliance.ParseState(n.text)
		if n.kind != isText || err != nil || !slices.Contains(leasts, s) {
			p.wrong(n, path, "must be warning, critical or nodata")
			return
		}
		*to = s
	}
}

func exportContact(c appliance.Contact) FileContact {
	out := FileContact{Contact: c, Kept: make([]bool, len(c.Channels))}
	out.Channels = slices.Clone(c.Channels)
	for i := range out.Channels {
		if out.Channels[i].Secret.Value != "" {
			out.Channels[i].Secret, out.Kept[i] = appliance.Secret{}, true
		}
	}
	return out
}

func (w *writer) contact(c FileContact) {
	w.line(0, "name: %s", quoted(c.Name))
	w.word("role", string(c.Role))
	w.word("language", c.Language)
	w.word("phone", c.Phone)
	w.hours(c.Hours)
	if c.Daily != "" {
		w.line(0, "daily: %q", c.Daily)
	}
	w.flag("off", c.Off)
	if len(c.Channels) > 0 {
		w.line(0, "channels:")
	}
	for i, ch := range c.Channels {
		w.item(func() {
			w.line(0, "kind: %s", quoted(string(ch.Kind)))
			w.word("address", ch.Address)
			w.held("secret", ch.Secret, c.Kept[i])
			w.severity("least", ch.Least)
		})
	}
}

func (w *writer) severity(key string, s appliance.State) {
	if s != appliance.StateOK {
		w.line(0, "%s: %s", key, s)
	}
}

func (p *planner) contacts() {
	for _, want := range p.f.Contacts {
		old, known := find(p.cur.Contacts, want.Name, func(c appliance.Contact) string { return c.Name })
		c := want.Contact
		c.ID, c.Version, c.Owner, c.Channels = old.ID, old.Version, p.f.Name, slices.Clone(c.Channels)
		for i := range c.Channels {
			if !want.Kept[i] {
				continue
			}
			if c.Channels[i].Secret = heldSecret(old, c.Channels[i], i); c.Channels[i].Secret.Value == "" {
				p.say(want.At, appliance.CodeInvalid, "secret_kept", "the appliance holds no secret of channel %d of %s; name a file with secret_file or enter it in the interface", i+1, clip(want.Name))
			}
		}
		before := ""
		if known {
			before = lined(exportContact(old), (*writer).contact)
		}
		p.put(want.At, "contact", want.Name, old.Owner, before, lined(want, (*writer).contact), !known, func(a *applier) error {
			err := a.tx.PutContact(&c)
			a.contacts[strings.ToLower(c.Name)] = c.ID
			return err
		})
	}
}

// heldSecret is the secret of a channel of the same kind to the same place; of several the one at the same number.
func heldSecret(c appliance.Contact, ch appliance.Channel, i int) appliance.Secret {
	same := func(o appliance.Channel) bool { return o.Kind == ch.Kind && o.Address == ch.Address }
	if i < len(c.Channels) && same(c.Channels[i]) {
		return c.Channels[i].Secret
	}
	if k := slices.IndexFunc(c.Channels, same); k >= 0 {
		return c.Channels[k].Secret
	}
	return appliance.Secret{}
}
