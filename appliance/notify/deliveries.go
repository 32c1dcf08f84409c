package notify

import (
	"slices"

	"siteward/appliance"
)

// MaxDeliveries is how many ways one notice can take. A number within a notice has one byte.
const MaxDeliveries = 250

// Deliveries are the ways a notice takes: for each of those it is for, each of their channels that takes its severity. Nobody is
// told twice the same way, whoever named him. Somebody who could only be told by channels for worse is told by his first one.
func Deliveries(n appliance.Notice, contacts []appliance.Contact) []appliance.Delivery {
	var out []appliance.Delivery
	add := func(d appliance.Delivery) {
		same := func(o appliance.Delivery) bool {
			return o.Channel == d.Channel && o.Address == d.Address && (o.Contact == d.Contact && o.Slot == d.Slot || d.Channel == appliance.ChannelMail)
		}
		if len(out) < MaxDeliveries && !slices.ContainsFunc(out, same) {
			d.Kind, d.About, d.Title, d.Created, d.State = n.Kind, n.About, n.Title, n.At, appliance.DeliveryWaiting
			out = append(out, d)
		}
	}
	to := n.To
	if len(to) == 0 {
		to = []appliance.Recipient{{Role: appliance.ContactTechnician}}
	}
	for _, r := range to {
		if r.Mail != "" {
			add(appliance.Delivery{Name: nameOr(r.Name, r.Mail), Language: r.Language, Channel: appliance.ChannelMail, Address: r.Mail, Link: r.Link})
			continue
		}
		for _, c := range contacts {
			if c.ID != r.Contact && (r.Role == "" || c.Role != r.Role) || c.Off && n.Kind != appliance.NoticeTest {
				continue
			}
			for _, slot := range slots(c, n) {
				ch := c.Channels[slot]
				add(appliance.Delivery{Contact: c.ID, Name: c.Name, Language: c.Language, Channel: ch.Kind, Address: ch.Address, Slot: slot, Link: r.Link})
			}
		}
	}
	return out
}

// slots are the channels of a contact that a notice goes through.
func slots(c appliance.Contact, n appliance.Notice) (out []int) {
	for i, ch := range c.Channels {
		if n.Severity >= ch.Least || n.Kind == appliance.NoticeTest {
			out = append(out, i)
		}
	}
	if len(out) == 0 && len(c.Channels) > 0 {
		out = []int{0}
	}
	return out
}

func nameOr(name, mail string) string {
	if name != "" {
		return name
	}
	return mail
}

// StandIns are the ways that stand in for one that fails: the contact's channels that the notice did not take.
func StandIns(n appliance.Notice, c appliance.Contact, of []appliance.Delivery) (out []appliance.Delivery) {
	for slot, ch := range c.Channels {
		taken := slices.ContainsFunc(of, func(d appliance.Delivery) bool { return d.Contact == c.ID && d.Slot == slot })
		if taken || len(of)+len(out) >= MaxDeliveries {
			continue
		}
		out = append(out, appliance.Delivery{Notice: n.ID, N: uint8(len(of) + len(out)), Kind: n.Kind, About: n.About, Title: n.Title, //nolint:gosec // bounded above
			State: appliance.DeliveryWaiting, Contact: c.ID, Name: c.Name, Language: c.Language, Channel: ch.Kind, Address: ch.Address, Slot: slot})
	}
	return out
}
