package daemon

import (
	"context"
	"slices"
	"strings"

	"siteward/appliance"
)

var errReceiverOff = &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{Key: "receiver.error_off",
	English: "receiving this is switched off; switch it on under Settings, Site"}}

// receives says that a receiver is not switched off. Before the site is set up all are on.
func (d *Daemon) receives(r appliance.Receiver) bool {
	d.live.mu.RLock()
	defer d.live.mu.RUnlock()
	return d.live.site == nil || d.live.site.Receives(r)
}

// syslogClosed says that syslog is not taken over udp, tcp or tls. What programs of this machine write always is.
func (d *Daemon) syslogClosed(via string) bool {
	return !d.receives(appliance.Receiver("syslog_" + via))
}

// Receivers is App.Receivers.
func (d *Daemon) Receivers(ctx context.Context) ([]appliance.ReceiverState, error) {
	out := make([]appliance.ReceiverState, 0, len(appliance.Receivers))
	listening := d.LogReceiver(ctx).Addresses
	for _, r := range appliance.Receivers {
		s := appliance.ReceiverState{Name: r, On: d.receives(r)}
		for _, a := range listening {
			if via, at, ok := strings.Cut(a, " "); ok && r == appliance.Receiver("syslog_"+via) {
				s.At = append(s.At, at)
			}
		}
		if r == appliance.ReceiverMail && d.MailListener != nil {
			s.At = []string{d.MailListener.Addr().String()}
		} else if r == appliance.ReceiverMail && d.MailListen != "" {
			s.At = []string{d.MailListen}
		}
		out = append(out, s)
	}
	return out, nil
}

// SwitchReceiver is App.SwitchReceiver.
func (d *Daemon) SwitchReceiver(ctx context.Context, by appliance.Actor, name appliance.Receiver, on bool) error {
	if !slices.Contains(appliance.Receivers, name) {
		return appliance.ErrNotFound
	}
	site, err := d.Site(ctx)
	if err != nil || site.Receives(name) == on {
		return err
	}
	site.ReceiversOff = slices.DeleteFunc(slices.Clone(site.ReceiversOff), func(r appliance.Receiver) bool { return r == name })
	if !on {
		site.ReceiversOff = append(site.ReceiversOff, name)
	}
	return d.SaveSite(ctx, by, site)
}

// switched are the journal's lines for what a change of the site does to the receivers.
func (d *Daemon) switched(by appliance.Actor, old, site appliance.Site) (lines []appliance.Event) {
	for _, r := range appliance.Receivers {
		if old.Receives(r) == site.Receives(r) {
			continue
		}
		key, english := "audit.receiver_on", "switched on: "
		if !site.Receives(r) {
			key, english = "audit.receiver_off", "switched off: "
		}
		line := d.audit(by, key, "receiver", string(r))
		line.Message.English = english + line.Message.English
		lines = append(lines, line)
	}
	return lines
}

// SwitchReceiver is ReceiverOps.SwitchReceiver.
func (o ops) SwitchReceiver(ctx context.Context, name appliance.Receiver, on bool) error {
	return o.d.SwitchReceiver(ctx, actor(ctx), name, on)
}

// Receivers is ReceiverOps.Receivers.
func (o ops) Receivers(ctx context.Context) ([]appliance.ReceiverState, error) {
	return o.d.Receivers(ctx)
}
