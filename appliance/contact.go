package appliance

import "context"

// Contact is somebody who is told what happens: a person, a team, a hotline. An account is not needed.
type Contact struct {
	ID       ID          `json:"id"`
	Name     string      `json:"name"` // unique
	Role     ContactRole `json:"role"`
	Language string      `json:"language,omitempty"` // "" = the site's
	Phone    string      `json:"phone,omitempty"`    // for people to dial; nothing is sent there
	Channels []Channel   `json:"channels,omitempty"` // in the order in which one stands in for another
	// Hours are when the contact is told what is not critical; nil: always. Outside of them it is held, and told afterwards.
	Hours   *ServiceHours `json:"hours,omitempty"`
	Daily   string        `json:"daily,omitempty"` // when the daily summary comes, "07:30"; "" = none
	Off     bool          `json:"off,omitempty"`   // is told nothing, for a holiday
	Owner   string        `json:"owner,omitempty"`
	Version uint64        `json:"version"`
}

// ContactRole is what somebody is told things for. Routes and notices may name a role instead of a person.
type ContactRole string

// The roles.
const (
	ContactKeyUser    ContactRole = "keyuser"
	ContactTechnician ContactRole = "technician"
	ContactHotline    ContactRole = "hotline"
)

// ContactRoles lists all roles in display order.
var ContactRoles = []ContactRole{ContactKeyUser, ContactTechnician, ContactHotline}

// Channel is one way to tell a contact something.
type Channel struct {
	Kind    ChannelKind `json:"kind"`
	Address string      `json:"address,omitempty"` // of a mailbox or a web hook
	// Secret signs a web hook. Of a service it is the whole address, which holds the service's password or token:
	// ntfy://:token@ntfy.example/topic.
	Secret Secret `json:"secret,omitzero"`
	Least  State  `json:"least,omitempty"` // the least severity told this way; StateOK = everything
}

// ChannelKind is how something is told.
type ChannelKind string

// The kinds of channels.
const (
	ChannelMail    ChannelKind = "mail"
	ChannelWebhook ChannelKind = "webhook"
	ChannelService ChannelKind = "service" // ntfy, Gotify, Teams, Slack, Matrix, Telegram, Pushover, SMS gateways
)

// ChannelKinds lists all kinds in display order.
var ChannelKinds = []ChannelKind{ChannelMail, ChannelWebhook, ChannelService}

// MailRelay is the server that mails are handed to.
type MailRelay struct {
	Host     string       `json:"host"` // "" = no mail can be sent
	Port     int          `json:"port,omitempty"`
	Security MailSecurity `json:"security,omitempty"`
	User     string       `json:"user,omitempty"` // "" = without signing in
	Password Secret       `json:"password,omitzero"`
	From     string       `json:"from"` // address of the sender
	Owner    string       `json:"owner,omitempty"`
}

// MailSecurity is how the way to the relay is kept secret.
type MailSecurity string

// The ways. Without encryption there is no signing in, unless the relay is on this machine.
const (
	MailStartTLS MailSecurity = "starttls" // port 587, and nothing is sent when the relay does not offer it
	MailTLS      MailSecurity = "tls"      // port 465
	MailPlain    MailSecurity = "none"     // port 25, in the site's own network
)

// MailSecurities lists all ways in display order.
var MailSecurities = []MailSecurity{MailStartTLS, MailTLS, MailPlain}

// Contacts is the part of App that keeps whom to tell, through what.
type Contacts interface {
	Contacts(ctx context.Context) ([]Contact, error)                // secrets included; never render them
	SaveContact(ctx context.Context, by Actor, c *Contact) error    // ID 0 creates; an empty secret stays as it was
	DeleteContact(ctx context.Context, by Actor, id ID) error       // and takes the contact out of routes
	TestContact(ctx context.Context, by Actor, id ID) (ID, error)   // puts a test into the queue, for each channel of the contact
	MailRelay(ctx context.Context) (MailRelay, error)               // password included; never render it
	SaveMailRelay(ctx context.Context, by Actor, r MailRelay) error // an empty password stays as it was
}
