package channel

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"siteward/appliance"
)

// Services are those that may be used. Others of the library dial by themselves past our client (mqtt, smtp) or send nothing anywhere.
var Services = []string{"bark", "discord", "generic", "generic+http", "generic+https", "googlechat", "gotify", "matrix", "mattermost", "ntfy", "opsgenie", "pagerduty",
	"pushbullet", "pushover", "rocketchat", "signal", "slack", "teams", "telegram", "twilio", "zulip"}

// CheckService says whether the address of a service can be used. Its answer holds nothing of the address.
func CheckService(address string) error {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains(Services, u.Scheme) {
		return appliance.Invalid("secret", "contact.error.service", "write the address of the service like ntfy://ntfy.example/topic; known are "+strings.Join(Services, ", "),
			map[string]any{"known": strings.Join(Services, ", ")})
	}
	if _, err := shoutrrr.NewSenderWithOptions(nil, types.SenderOptions{HTTPClient: http.DefaultClient}, address); err != nil {
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
	sender, err := shoutrrr.NewSenderWithOptions(nil, types.SenderOptions{HTTPClient: client, Timeout: client.Timeout}, address)
	if err != nil {
		return "", refused{Scrub(err, address)}
	}
	text := oneLine(m.Subject, maxSubject) + "\n" + m.Text
	if err := errors.Join(sender.Send(text, nil)...); err != nil {
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
