package demo

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"siteward/appliance"
	"siteward/probes/mailin"
)

// post is a mail server on this machine that takes every mail and keeps none, so that the demo can tell people something.
type post struct {
	listener net.Listener
	stop     context.CancelFunc
	done     chan struct{}
}

func openPost() (*post, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &post{listener: l, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = mailin.Serve(ctx, l, mailin.Options{Domain: "post.praxis.example", Log: slog.New(slog.DiscardHandler),
			Known:   func(string, string) error { return nil },
			Deliver: func(context.Context, mailin.Message) error { return nil }})
	}()
	return p, nil
}

func (p *post) port() int {
	_, port, _ := net.SplitHostPort(p.listener.Addr().String())
	n, _ := strconv.Atoi(port)
	return n
}

func (p *post) close() {
	p.stop()
	<-p.done
}

// people are who is told what happens, and in which order.
func (d *Demo) people(ctx context.Context) error {
	admin := appliance.Actor{Name: "admin", Role: appliance.RoleAdministrator, Via: "web"}
	relay := appliance.MailRelay{Host: "127.0.0.1", Port: d.theatre.post.port(), Security: appliance.MailPlain, From: "siteward@praxis.example"}
	if err := d.Daemon.SaveMailRelay(ctx, admin, relay); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	mail := func(address string) []appliance.Channel {
		return []appliance.Channel{{Kind: appliance.ChannelMail, Address: address}}
	}
	contacts := []appliance.Contact{
		{Name: "B. K., Empfang", Role: appliance.ContactKeyUser, Language: "de", Phone: "030 555 0101", Daily: "07:30", Channels: mail("empfang@praxis.example")},
		{Name: "M., Technik", Role: appliance.ContactTechnician, Language: "de", Phone: "030 555 0110", Channels: mail("technik@systemhaus.example"),
			Hours: &appliance.ServiceHours{Preset: appliance.Hours5x10}},
		{Name: "Hotline", Role: appliance.ContactHotline, Language: "de", Phone: "030 555 0100", Channels: mail("hotline@systemhaus.example")},
	}
	for i := range contacts {
		if err := d.Daemon.SaveContact(ctx, admin, &contacts[i]); err != nil {
			return fmt.Errorf("contact %s: %w", contacts[i].Name, err)
		}
	}
	for _, r := range []appliance.Route{
		{Name: "Alles", Repeat: 240, Steps: []appliance.Step{{Roles: []appliance.ContactRole{appliance.ContactTechnician}}, {After: 60, Contacts: []appliance.ID{contacts[2].ID}}}},
		{Name: "Kritisches an den Empfang", Least: appliance.StateCritical, Kinds: []appliance.Kind{appliance.KindServer, appliance.KindNAS, appliance.KindUPS},
			Steps: []appliance.Step{{After: 0, Contacts: []appliance.ID{contacts[0].ID}}}},
	} {
		if err := d.Daemon.SaveRoute(ctx, admin, &r); err != nil {
			return fmt.Errorf("route %s: %w", r.Name, err)
		}
	}
	return nil
}
