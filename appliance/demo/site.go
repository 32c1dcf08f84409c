package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/probes"
)

// thing is a device of the demo site.
type thing struct {
	name, place, purpose string
	kind                 appliance.Kind
	behind               string // the device it is reached through
	ports                map[string]appliance.PortRole
}

// things of a doctor's practice. Each answers from the recording of its name.
var things = []thing{
	{name: "fw-1", kind: appliance.KindFirewall, place: "Serverraum, Schrank A", purpose: "Internet"},
	{name: "sw-core", kind: appliance.KindSwitch, place: "Serverraum, Schrank A", purpose: "Netzwerk im ganzen Haus", behind: "fw-1",
		ports: map[string]appliance.PortRole{"25": appliance.PortUplink, "1": appliance.PortImportant, "2": appliance.PortImportant, "3": appliance.PortImportant, "10": appliance.PortImportant}},
	{name: "srv-praxis", kind: appliance.KindServer, place: "Serverraum, Schrank A", purpose: "Praxisverwaltung und Termine", behind: "sw-core"},
	{name: "srv-files", kind: appliance.KindServer, place: "Serverraum, Schrank A", purpose: "Gemeinsame Dateien", behind: "sw-core"},
	{name: "nas-1", kind: appliance.KindNAS, place: "Serverraum, Schrank A", purpose: "Sicherungen", behind: "sw-core"},
	{name: "ups-1", kind: appliance.KindUPS, place: "Serverraum, Schrank A", purpose: "Notstrom für Server und Netzwerk", behind: "sw-core"},
	{name: "drucker-empfang", kind: appliance.KindPrinter, place: "Empfang", purpose: "Rezepte und Überweisungen", behind: "sw-core"},
	{name: "ap-empfang", kind: appliance.KindAccessPoint, place: "Empfang", purpose: "WLAN am Empfang", behind: "sw-core"},
	{name: "ap-behandlung", kind: appliance.KindAccessPoint, place: "Flur, Behandlungszimmer", purpose: "WLAN in den Behandlungszimmern", behind: "sw-core"},
}

var byDemo = appliance.Actor{Name: "demo", Role: appliance.RoleAdministrator, Via: "cli"}

// every is how often demo devices are asked: a visitor does not wait a minute to see something move.
const every = 30 * time.Second

// build makes site, users and devices, asks each device once and writes the history that leads to its answers.
func (d *Demo) build(ctx context.Context) error {
	app := d.Daemon
	err := app.SaveSite(ctx, byDemo, appliance.Site{Name: "Praxis am Markt", Language: "de", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE",
		Hotline: "030 555 0100", Provider: "Nordlicht IT"})
	if err != nil {
		return err
	}
	for _, u := range Users {
		if err := app.Ops().AddUser(ctx, u, Password); err != nil {
			return fmt.Errorf("user %s: %w", u.Name, err)
		}
	}
	if err := d.addDevices(ctx); err != nil {
		return err
	}
	if err := d.askAll(ctx); err != nil {
		return err
	}
	if err := errors.Join(d.rememberPower(ctx, time.Now()), d.rememberCoverage(ctx, time.Now())); err != nil {
		return err
	}
	events, err := d.pastEvents(ctx, time.Now())
	if err != nil {
		return err
	}
	if err := app.Store().Append(events); err != nil {
		return err
	}
	if err := d.rememberBackups(ctx); err != nil {
		return err
	}
	if err := d.findings(ctx); err != nil {
		return err
	}
	return d.remember(ctx)
}

func (d *Demo) addDevices(ctx context.Context) error {
	ids := map[string]appliance.ID{}
	mode, _ := probes.PingMode(ctx)
	for _, t := range things {
		cred := &appliance.Credential{Name: "snmp-" + t.name, SNMPVersion: "2c", Community: appliance.Secret{Value: t.name}}
		if err := d.Daemon.SaveCredential(ctx, byDemo, cred); err != nil {
			return err
		}
		dev := &appliance.Device{Name: t.name, Kind: t.kind, Place: t.place, Purpose: t.purpose, Address: d.theatre.host(t.name), Ports: t.ports}
		if parent, ok := ids[t.behind]; ok {
			dev.Parents = []appliance.ID{parent}
		}
		if err := d.Daemon.AddDevice(ctx, byDemo, dev, d.checksOf(t, cred.ID, mode)); err != nil {
			return fmt.Errorf("device %s: %w", t.name, err)
		}
		ids[t.name] = dev.ID
	}
	web := &appliance.Device{Name: "praxis-web", Kind: appliance.KindService, Place: "Internet", Purpose: "Terminbuchung im Internet", Address: d.theatre.webHost(), Parents: []appliance.ID{ids["fw-1"]}}
	page := config.NewCheck(appliance.ProbeHTTP)
	page.Interval = appliance.Duration(every)
	page.HTTP = &appliance.HTTPSettings{URL: d.theatre.webURL(), Match: "Termine", SkipVerify: true}
	return d.Daemon.AddDevice(ctx, byDemo, web, []appliance.Check{page})
}

// checksOf leaves out pings where this machine does not allow them, and for the device that falls silent: its address is our own.
func (d *Demo) checksOf(t thing, cred appliance.ID, mode probes.Mode) []appliance.Check {
	ask := config.NewCheck(appliance.ProbeSNMP)
	ask.Interval, ask.Timeout = appliance.Duration(every), appliance.Duration(6*time.Second)
	ask.SNMP = &appliance.SNMPSettings{Port: d.theatre.port(t.name), Credential: cred}
	checks := []appliance.Check{ask}
	if mode != probes.ModeNone && t.name != silentDevice {
		ping := config.NewCheck(appliance.ProbePing)
		ping.Interval = appliance.Duration(every)
		checks = append(checks, ping)
	}
	return checks
}

func (d *Demo) askAll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, firstAnswers)
	defer cancel()
	if err := d.Daemon.AskAll(ctx); err != nil {
		return fmt.Errorf("ask the devices for the first time: %w", err)
	}
	return nil
}
