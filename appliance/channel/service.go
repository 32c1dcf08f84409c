package channel

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/googlechat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/matrix"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/mattermost"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/rocketchat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/signal"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/teams"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/zulip"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/incident/opsgenie"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/incident/pagerduty"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/bark"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/gotify"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/pushbullet"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/pushover"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/sms/twilio"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/specialized/generic"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"siteward/appliance"
)

// services are those of the library that may be used. Its own table links all of them: those that dial past our client (mqtt, smtp),
// with the libraries they need, would be a megabyte that nobody may call.
var services = map[string]func() types.Service{
	"bark":       func() types.Service { return &bark.Service{} },
	"discord":    func() types.Service { return &discord.Service{} },
	"generic":    func() types.Service { return &generic.Service{} },
	"googlechat": func() types.Service { return &googlechat.Service{} },
	"gotify":     func() types.Service { return &gotify.Service{} },
	"matrix":     func() types.Service { return &matrix.Service{} },
	"mattermost": func() types.Service { return &mattermost.Service{} },
	"ntfy":       func() types.Service { return &ntfy.Service{} },
	"opsgenie":   func() types.Service { return &opsgenie.Service{} },
	"pagerduty":  func() types.Service { return &pagerduty.Service{} },
	"pushbullet": func() types.Service { return &pushbullet.Service{} },
	"pushover":   func() types.Service { return &pushover.Service{} },
	"rocketchat": func() types.Service { return &rocketchat.Service{} },
	"signal":     func() types.Service { return &signal.Service{} },
	"slack":      func() types.Service { return &slack.Service{} },
	"teams":      func() types.Service { return &teams.Service{} },
	"telegram":   func() types.Service { return &telegram.Service{} },
	"twilio":     func() types.Service { return &twilio.Service{} },
	"zulip":      func() types.Service { return &zulip.Service{} },
}

// Services are the schemes of addresses that may be used, in order. generic+https://example.org/hook is any HTTP endpoint.
func Services() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for name := range services {
			if !yield(name) {
				return
			}
		}
		_ = yield("generic+http") && yield("generic+https")
	})
}

// service opens the service that an address names, which asks through our client only.
func service(client *http.Client, address string) (types.Service, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	scheme, custom, _ := strings.Cut(u.Scheme, "+")
	open, ok := services[scheme]
	if !ok || custom != "" && !slices.Contains(Services(), u.Scheme) {
		return nil, errUnknown
	}
	s := open()
	if c, ok := s.(types.CustomURLService); ok && custom != "" {
		if u, err = c.GetServiceURLFromCustom(u); err != nil {
			return nil, err
		}
	}
	ours := func() {
		if c, ok := s.(types.HTTPClientSetter); ok {
			c.SetHTTPClient(client)
		}
	}
	ours() // Matrix signs in while it is opened
	if err := s.Initialize(u, nil); err != nil {
		return nil, err
	}
	ours() // and others begin with a client of their own
	return s, nil
}

// unplugged asks nobody and remembers that it was to.
type unplugged struct{ asked bool }

// RoundTrip is that of http.RoundTripper.
func (u *unplugged) RoundTrip(*http.Request) (*http.Response, error) {
	u.asked = true
	return nil, errors.New("an address is looked at, nobody is asked")
}

var errUnknown = errors.New("unknown service")

// CheckService says whether the address of a service can be used. Its answer holds nothing of the address.
func CheckService(address string) error {
	line := &unplugged{}
	_, err := service(&http.Client{Transport: line}, address)
	if line.asked { // it is complete, or nobody would be asked
		return nil
	}
	known := strings.Join(Services(), ", ")
	switch u, bad := url.Parse(address); {
	case bad != nil || errors.Is(err, errUnknown) || u.Scheme == "":
		return appliance.Invalid("secret", "contact.error.service", "write the address of the service like ntfy://ntfy.example/topic; known are "+known, map[string]any{"known": known})
	case err != nil:
		return appliance.Invalid("secret", "contact.error.service_parts", "something is missing in the address of the service, or is not where it belongs", nil)
	}
	return nil
}

// ServiceName is what a service is called without its secrets: "ntfy, ntfy.example".
func ServiceName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := u.Hostname()
	if strings.Contains(host, ".") && !strings.ContainsAny(host, "@:") { // a host; others keep a token in its place
		return u.Scheme + ", " + host
	}
	return u.Scheme
}

// Service tells a message through a push or chat service.
func Service(client *http.Client, address string, m Message) (answer string, err error) {
	if err := CheckService(address); err != nil {
		return "", refused{err}
	}
	s, err := service(client, address)
	if err != nil {
		return "", refused{Scrub(err, address)}
	}
	if err := s.Send(oneLine(m.Subject, maxSubject)+"\n"+m.Text, &types.Params{}); err != nil {
		return "", Scrub(err, address)
	}
	return "taken by " + ServiceName(address), nil
}

// Scrub takes the parts of an address out of an error: addresses of services are secrets, and errors are shown.
func Scrub(err error, address string) error {
	text := strings.ReplaceAll(err.Error(), address, "•••")
	u, bad := url.Parse(address)
	if bad != nil {
		return errors.New("the address cannot be used")
	}
	var parts []string
	if u.User != nil {
		password, _ := u.User.Password()
		parts = append(parts, u.User.Username(), password)
	}
	parts = append(parts, strings.Split(u.Path, "/")...)
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	parts = append(parts, u.RawQuery, u.EscapedPath(), u.Fragment)
	if !strings.Contains(u.Hostname(), ".") {
		parts = append(parts, u.Host, u.Hostname())
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	for _, p := range parts {
		if len(p) > 3 {
			text = strings.ReplaceAll(text, p, "•••")
			text = strings.ReplaceAll(text, url.PathEscape(p), "•••")
			text = strings.ReplaceAll(text, url.QueryEscape(p), "•••")
		}
	}
	return errors.New(oneLine(text, maxAnswer))
}
