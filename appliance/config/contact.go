package config

import (
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

const (
	maxChannels = 8
	maxSteps    = 10
	maxAfter    = 7 * 24 * 60
)

// ValidateContact says what cannot be right about a contact. Fields: name, role, language, phone, daily, hours, and channel.<n>.kind, address,
// secret of its channels, counted from 1.
func ValidateContact(c appliance.Contact) []*appliance.Error {
	var p problems
	p.name(c.Name)
	choice(&p, "role", c.Role, appliance.ContactRoles)
	if c.Language != "" {
		choice(&p, "language", c.Language, appliance.Languages)
	}
	p.word("phone", c.Phone, maxName)
	p.hours("hours", c.Hours)
	if c.Daily != "" {
		_, err := time.Parse("15:04", c.Daily)
		p.must(err == nil && len(c.Daily) == 5, "daily", "clock", "value", clip(c.Daily))
	}
	p.must(len(c.Channels) <= maxChannels, "channel", "too_many", "max", maxChannels)
	for i, ch := range c.Channels {
		p.channel("channel."+strconv.Itoa(i+1)+".", ch)
	}
	return p
}

func (p *problems) channel(field string, ch appliance.Channel) {
	choice(p, field+"kind", ch.Kind, appliance.ChannelKinds)
	p.secret(field+"secret", ch.Secret)
	p.must(slices.Contains(leasts, ch.Least), field+"least", "choice", "value", ch.Least.String(), "choices", "nodata, warning, critical")
	switch ch.Kind {
	case appliance.ChannelMail:
		p.mailbox(field+"address", ch.Address)
		p.must(ch.Secret.IsZero(), field+"secret", "not_mail")
	case appliance.ChannelWebhook:
		u, err := url.Parse(ch.Address)
		if p.must(err == nil && u.Host != "", field+"address", "url_malformed") {
			p.must(u.Scheme == "http" || u.Scheme == "https", field+"address", "url_scheme", "value", clip(u.Scheme))
			p.must(u.User == nil, field+"address", "url_secret")
		}
		p.word(field+"address", ch.Address, 1000)
	case appliance.ChannelService:
		p.must(!ch.Secret.IsZero(), field+"secret", "empty")
		p.word(field+"address", ch.Address, maxWord)
	}
}

var leasts = []appliance.State{appliance.StateOK, appliance.StateNoData, appliance.StateWarning, appliance.StateCritical}

// mailbox is one address that mails go to, without a name.
func (p *problems) mailbox(field, value string) {
	if !p.must(value != "", field, "empty") {
		return
	}
	a, err := mail.ParseAddress(value)
	p.must(err == nil && a.Address == value && len(value) <= 254 && !strings.ContainsFunc(value, hidden), field, "mail_address", "value", clip(value))
}

// hours are looked at more closely where they are counted with; here is what no hours can have.
func (p *problems) hours(field string, h *appliance.ServiceHours) {
	if h == nil {
		return
	}
	p.must(slices.Contains(appliance.ServicePresets, h.Preset), field, "choice", "value", clip(h.Preset), "choices", strings.Join(appliance.ServicePresets, ", "))
	p.must(h.Preset != appliance.HoursOwn || !h.Week.IsZero(), field, "empty")
	for _, day := range h.Week {
		for _, s := range day {
			p.must(s.From >= 0 && s.From < 24*60 && s.To >= 0 && s.To <= 24*60 && s.From != s.To, field, "span")
		}
	}
}

// ValidateRoute says what cannot be right about a route. Fields: name, least, kinds, hours, repeat, and step.<n> of its steps, counted
// from 1.
func ValidateRoute(r appliance.Route, contacts []appliance.Contact) []*appliance.Error {
	var p problems
	p.name(r.Name)
	p.must(slices.Contains(leasts, r.Least), "least", "choice", "value", r.Least.String(), "choices", "nodata, warning, critical")
	for _, k := range r.Kinds {
		choice(&p, "kinds", k, appliance.Kinds)
	}
	p.hours("hours", r.Hours)
	p.upTo("repeat", r.Repeat, maxAfter)
	p.must(len(r.Steps) > 0, "step.1", "empty")
	p.must(len(r.Steps) <= maxSteps, "step.1", "too_many", "max", maxSteps)
	for i, s := range r.Steps {
		field := "step." + strconv.Itoa(i+1)
		p.must(len(s.Contacts)+len(s.Roles) > 0, field, "step_nobody")
		p.upTo(field, s.After, maxAfter)
		p.must(i == 0 && s.After == 0 || i > 0 && s.After > r.Steps[i-1].After, field, "step_order")
		for _, role := range s.Roles {
			choice(&p, field, role, appliance.ContactRoles)
		}
		for _, id := range s.Contacts {
			p.must(slices.ContainsFunc(contacts, func(c appliance.Contact) bool { return c.ID == id }), field, "step_gone")
		}
	}
	return p
}

// ValidateMailRelay says what cannot be right about a mail relay. Fields: host, port, security, user, password, from. One without a host is
// none, and nothing is wrong with that.
func ValidateMailRelay(r appliance.MailRelay) []*appliance.Error {
	var p problems
	if r.Host == "" {
		return nil
	}
	p.address("host", r.Host)
	p.must(r.Port >= 0 && r.Port <= 65535, "port", "port")
	choice(&p, "security", r.Security, appliance.MailSecurities)
	p.word("user", r.User, maxWord)
	p.secret("password", r.Password)
	p.must((r.User == "") == r.Password.IsZero(), "password", "relay_password")
	p.mailbox("from", r.From)
	return p
}
