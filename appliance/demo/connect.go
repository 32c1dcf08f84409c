package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"siteward/appliance"
	"siteward/internal/centralapi"
)

// Connect is the central system that the demo site reports to.
type Connect struct {
	URL         string
	Code        string
	Fingerprint string
	// Central is the folder of a central that runs on this machine: the demo adds its site there and makes the code itself, through
	// the socket that the command line uses. Who may open that folder is central's administrator.
	Central string
}

// centralSoon bounds how long a central that was started a moment ago may take.
const centralSoon = 2 * time.Minute

// connect connects the demo site, and says so.
func (d *Demo) connect(ctx context.Context) error {
	c := d.o.Connect
	if c.Central != "" {
		if err := c.register(ctx, d.siteName(ctx)); err != nil {
			return err
		}
	}
	e, err := d.Daemon.Connect(ctx, appliance.Actor{Name: "demo", Role: appliance.RoleAdministrator, Via: "cli"},
		appliance.ConnectRequest{URL: c.URL, Code: c.Code, Fingerprint: c.Fingerprint})
	if err != nil {
		return fmt.Errorf("connect the demo site to %s: %w", c.URL, err)
	}
	if d.o.Out != nil {
		fmt.Fprintf(d.o.Out, "\nConnected to %s at %s as %q; what is sent stands at Settings, IT provider.\n", e.Provider, e.URL, e.SiteName)
	}
	return nil
}

func (d *Demo) siteName(ctx context.Context) string {
	site, err := d.Daemon.Site(ctx)
	if err != nil || site.Name == "" {
		return "Demo"
	}
	return site.Name
}

// register adds the site at the central of a folder and takes the code that it makes.
func (c *Connect) register(ctx context.Context, name string) error {
	socket := filepath.Join(c.Central, "central.sock")
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	var site struct {
		Site struct{ ID string }
	}
	limit := time.Now().Add(centralSoon)
	for {
		err := centralapi.Call(ctx, client, http.MethodPost, "/sites", map[string]any{"name": name}, &site)
		if err == nil {
			break
		}
		if _, dial := errors.AsType[*net.OpError](err); !dial || time.Now().After(limit) {
			return fmt.Errorf("add the demo site at the central of %s: %w", c.Central, err)
		}
		wait := time.NewTimer(time.Second / 4)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
	}
	var made struct{ Code, Fingerprint string }
	if err := centralapi.Call(ctx, client, http.MethodPost, "/sites/"+site.Site.ID+"/code", map[string]any{}, &made); err != nil {
		return fmt.Errorf("make a code for the demo site: %w", err)
	}
	c.Code, c.Fingerprint = made.Code, made.Fingerprint
	return nil
}
