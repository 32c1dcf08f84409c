package config

import (
	"errors"
	"strconv"
	"time"

	"siteward/appliance"
	"siteward/appliance/ticket"
)

// FileContract is the section contract. It is the whole contract: what it leaves out is not promised.
type FileContract struct {
	At Position
	appliance.Contract
}

func (p *reader) contract(n *node, path string) {
	before := len(p.problems)
	c := &FileContract{At: n.at, Contract: appliance.Contract{Table: appliance.DefaultContract.Table}}
	var availability string
	p.mapping(n, path, p.hoursKeys(fields{
		"name": p.text(&c.Name), "number": p.text(&c.Number), "hotline": p.text(&c.Hotline), "availability": p.text(&availability),
		"targets": p.list(p.targets(&c.Contract)), "table": p.priorityTable(&c.Contract),
		"contingents": p.list(func(n *node, path string) {
			var k appliance.Contingent
			p.mapping(n, path, fields{"from": p.text(&k.From), "until": p.text(&k.Until), "minutes": p.whole(&k.Minutes), "monthly": p.flag(&k.Monthly)})
			c.Contingents = append(c.Contingents, k)
		}),
		"recurring": p.list(func(n *node, path string) {
			var w appliance.RecurringWork
			p.mapping(n, path, fields{"work": p.text(&w.Key), "months": p.whole(&w.Months), "first": p.text(&w.First)})
			c.Recurring = append(c.Recurring, w)
		}),
	}, &c.Hours))
	if availability != "" {
		var err error
		if c.Availability, err = strconv.ParseFloat(availability, 64); err != nil {
			p.say(p.places[path+".availability"], appliance.CodeInvalid, "availability", "must be a number of percent such as 99.5")
		}
	}
	if len(p.problems) == before {
		if e, ok := errors.AsType[*appliance.Error](ticket.ValidateContract(c.Contract, appliance.Site{TimeZone: time.UTC.String()})); ok {
			p.rules(path, before, []*appliance.Error{e})
		}
	}
	p.file.Contract = c
}

func (p *reader) targets(c *appliance.Contract) func(*node, string) {
	return func(n *node, path string) {
		var priority int
		var t appliance.Targets
		p.mapping(n, path, fields{"priority": p.whole(&priority), "confirm": p.whole(&t.Confirm), "respond": p.whole(&t.Respond), "restore": p.whole(&t.Restore)})
		if priority < 1 || priority > len(c.Targets) {
			p.wrong(n, path, "needs a priority from 1 to 4")
			return
		}
		c.Targets[priority-1] = t
	}
}

func (p *reader) priorityTable(c *appliance.Contract) func(*node, string) {
	return func(n *node, path string) {
		rows := fields{}
		for x, category := range appliance.TicketCategories {
			rows[string(category)] = func(n *node, path string) {
				cells := fields{}
				for y, impact := range appliance.TicketImpacts {
					cells[string(impact)] = func(n *node, path string) {
						var v int
						p.whole(&v)(n, path)
						c.Table[x][y] = appliance.TicketPriority(v)
					}
				}
				p.mapping(n, path, cells)
			}
		}
		p.mapping(n, path, rows)
	}
}

// contract plans the change of the contract. One that the file owned and declares no longer stays, and belongs to people again.
func (p *planner) contract() {
	old := p.cur.Contract
	if p.f.Contract == nil {
		if old != nil && old.Owner == p.f.Name {
			freed := *old
			freed.Owner = ""
			p.changes = append(p.changes, Change{Verb: Update, Noun: "contract", Name: clip(old.Name), Lines: []string{"- (of this file)"}, do: func(a *applier) error { return a.tx.PutContract(&freed) }})
		}
		return
	}
	c, before, owner := p.f.Contract.Contract, "", ""
	if old != nil {
		c.Version, owner, before = old.Version, old.Owner, lined(*old, (*writer).contract)
	}
	c.Owner = p.f.Name
	p.put(p.f.Contract.At, "contract", clip(c.Name), owner, before, lined(c, (*writer).contract), old == nil, func(a *applier) error { return a.tx.PutContract(&c) })
}

// contract writes the lines of the section.
func (w *writer) contract(c appliance.Contract) {
	w.word("name", c.Name)
	w.word("number", c.Number)
	w.hours(&c.Hours)
	w.word("hotline", c.Hotline)
	if c.Availability > 0 {
		w.line(0, "availability: %s", strconv.FormatFloat(c.Availability, 'f', -1, 64))
	}
	w.line(0, "targets:")
	for i, t := range c.Targets {
		w.line(1, "- {priority: %d, confirm: %d, respond: %d, restore: %d}", i+1, t.Confirm, t.Respond, t.Restore)
	}
	w.line(0, "table:")
	for x, category := range appliance.TicketCategories {
		w.line(1, "%s: {one: %d, several: %d, all: %d}", category, c.Table[x][0], c.Table[x][1], c.Table[x][2])
	}
	if len(c.Contingents) > 0 {
		w.line(0, "contingents:")
	}
	for _, k := range c.Contingents {
		w.line(1, "- {from: %s, until: %s, minutes: %d, monthly: %t}", quoted(k.From), quoted(k.Until), k.Minutes, k.Monthly)
	}
	if len(c.Recurring) > 0 {
		w.line(0, "recurring:")
	}
	for _, r := range c.Recurring {
		w.line(1, "- {work: %s, months: %d, first: %s}", r.Key, r.Months, quoted(r.First))
	}
}
