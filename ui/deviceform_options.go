package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

func (l *Lang) kindOptions(find bool) []view.Option {
	var out []view.Option
	if find {
		out = append(out, view.Option{Label: l.T("deviceform.findkind")})
	}
	for _, k := range appliance.Kinds {
		out = append(out, view.Option{Value: string(k), Label: l.kindChoice(k)})
	}
	return out
}

func (l *Lang) askOptions() []view.Option {
	var out []view.Option
	for _, ask := range []string{askSNMP, askNUT, askApcupsd, askPing, askHTTP, askTCP} {
		out = append(out, view.Option{Value: ask, Label: l.T("deviceform.ask_" + ask), Hint: l.T("deviceform.askhint_" + ask)})
	}
	return out
}

// credentialOptions are the stored ones, and making a new one for people who may.
func (s *Server) credentialOptions(ctx context.Context, l *Lang, mayAdd bool) ([]view.Option, error) {
	all, err := s.App.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	var out []view.Option
	for _, k := range all {
		if k.Kind != appliance.CredentialSSH && k.SNMPVersion != appliance.CredentialLogin {
			out = append(out, view.Option{Value: k.ID.String(), Label: l.T("deviceform.stored", "name", k.Name, "version", k.SNMPVersion)})
		}
	}
	if mayAdd {
		out = append(out, view.Option{Value: newCommunity, Label: l.T("deviceform.new_community")}, view.Option{Value: newUser, Label: l.T("deviceform.new_user")})
	}
	return out, nil
}

// loginOptions are the stored users with a password, and none.
func (s *Server) loginOptions(ctx context.Context, l *Lang) ([]view.Option, error) {
	all, err := s.App.Credentials(ctx)
	out := []view.Option{{Label: l.T("checkform.nut_nologin")}}
	for _, k := range all {
		if k.SNMPVersion == appliance.CredentialLogin {
			out = append(out, view.Option{Value: k.ID.String(), Label: k.Name})
		}
	}
	return out, err
}

// protocols are names, which are the same in every language, and none.
func (l *Lang) protocols(names []string) []view.Option {
	var out []view.Option
	for _, n := range names {
		out = append(out, view.Option{Value: n, Label: n})
	}
	return append(out, view.Option{Label: l.T("deviceform.noprotocol")})
}

// places that other devices stand at, to be chosen instead of typed.
func places(devices []appliance.DeviceView) []view.Option {
	var out []view.Option
	for _, d := range devices {
		o := view.Option{Value: d.Place}
		if d.Place != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// carriers are the kinds of devices that others hang on; they stand first.
var carriers = []appliance.Kind{appliance.KindSwitch, appliance.KindRouter, appliance.KindFirewall, appliance.KindAccessPoint}

func (l *Lang) parents(devices []appliance.DeviceView, of appliance.Device) []view.Parent {
	devices = slices.DeleteFunc(slices.Clone(devices), func(d appliance.DeviceView) bool { return d.ID == of.ID })
	slices.SortStableFunc(devices, func(a, b appliance.DeviceView) int {
		return cmp.Or(cmp.Compare(carrierOrder(a.Kind), carrierOrder(b.Kind)), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
	})
	var out []view.Parent
	for _, d := range devices {
		hint := l.Kind(d.Kind)
		if d.Place != "" {
			hint += ", " + d.Place
		}
		out = append(out, view.Parent{ID: d.ID.String(), Name: d.Name, Hint: hint, Checked: slices.Contains(of.Parents, d.ID)})
	}
	return out
}

func carrierOrder(k appliance.Kind) int {
	if i := slices.Index(carriers, k); i >= 0 {
		return i
	}
	return len(carriers)
}

// checkLine is a check in the list below its device's form.
func (l *Lang) checkLine(c appliance.Check, states []appliance.StateRecord, now time.Time) view.CheckLine {
	line := view.CheckLine{ID: c.ID.String(), Name: c.Name, How: l.T("checkform.probe_" + string(c.Probe)), Limits: len(c.Limits), Every: l.Duration(time.Duration(c.Interval)), State: appliance.StateNoData.String()}
	worst := appliance.StateOK
	for _, r := range states {
		if r.Check == c.ID {
			worst = max(worst, r.State)
			line.State = worst.String()
		}
	}
	if c.Paused.Active(now) {
		line.State = appliance.StatePaused.String()
	}
	return line
}
