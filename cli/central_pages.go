//go:build central

package cli

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"siteward/central/enrol"
	"siteward/central/server"
	"siteward/central/web"
	"siteward/embed"
)

// centralPages is what people may say about the provider's pages.
type centralPages struct {
	url, secretFile string
	proxy           bool
	oidc            web.OIDC
}

func (p *centralPages) flags(f *pflag.FlagSet) {
	f.StringVar(&p.url, "public-url", "", "address by which people reach the pages: https://central.example.org; http://LISTEN when empty")
	f.BoolVar(&p.proxy, "behind-proxy", false, "take the address of people from the last entry of X-Forwarded-For; only behind a proxy of ours that sets it")
	f.StringVar(&p.oidc.Issuer, "oidc-issuer", "", "sign-in service (OpenID Connect): https://login.example.org")
	f.StringVar(&p.oidc.ClientID, "oidc-client", "", "client id that the sign-in service gave us; the address to lead back to is PUBLIC-URL/signin/callback")
	f.StringVar(&p.secretFile, "oidc-secret-file", "", "file with the client's secret")
	f.StringVar(&p.oidc.Name, "oidc-name", "", "name of the sign-in service on the button")
}

// add puts the pages beside the other rooms, and says where the first administrator is made.
func (p *centralPages) add(ctx context.Context, provider string, e *enrol.Enrolment, c *server.Config) error {
	if p.secretFile != "" {
		b, err := os.ReadFile(p.secretFile)
		if err != nil {
			return fmt.Errorf("secret of the sign-in service: %w", err)
		}
		p.oidc.Secret = strings.TrimSpace(string(b))
	}
	scheme := "http://"
	if c.Certificate != "" {
		scheme = "https://"
	}
	url := cmp.Or(p.url, scheme+c.Listen)
	w, err := web.New(ctx, web.Config{Store: c.Store, Log: c.Log, Name: provider, Version: version, URL: url, Secure: strings.HasPrefix(url, "https://"), Address: p.address(), Enrol: e,
		OIDC: p.oidc, Templates: embed.Templates, Locales: embed.Locales, Assets: embed.Assets})
	if err != nil {
		return err
	}
	c.Rooms["/"] = w
	link, err := w.SetupLink()
	if err == nil && link != "" {
		before := c.Ready
		c.Ready = func(address string) { before(address + "\nmake the first administrator at " + link) }
	}
	return err
}

func (p *centralPages) address() func(*http.Request) string {
	if !p.proxy {
		return nil
	}
	return func(r *http.Request) string {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		last := strings.TrimSpace(list[len(list)-1])
		if net.ParseIP(last) != nil {
			return last
		}
		host, _, _ := net.SplitHostPort(r.RemoteAddr) //nolint:errcheck // no address counts as one
		return host
	}
}
