package channel

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// desk answers every request in the place of the service, and keeps what was asked.
type desk struct{ asked []string }

// RoundTrip is that of http.RoundTripper.
func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	var body string
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	d.asked = append(d.asked, r.Method+" "+r.URL.String()+"\n"+body)
	answer := `{"ok":true,"result":{},"status":1,"success":true,"id":1,"code":200,"message":"ok","msg":"","access_token":"t","joined_rooms":["!r:h"],"flows":[{"type":"m.login.password"}],"user_id":"@user:h"}`
	switch r.URL.Hostname() {
	case "hooks.slack.com":
		answer = "ok"
	case "api.pushbullet.com": // gives back what it was told
		answer = `{"active":true,` + strings.TrimPrefix(body, "{")
	}
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// Every service that is offered tells what it is given, and asks through our client alone, which refuses addresses where nobody should ask.
func TestEveryServiceAsksThroughOurClient(t *testing.T) {
	t.Parallel()
	addresses := map[string]string{
		"bark":          "bark://:devicekey@bark.example/",
		"discord":       "discord://token@123456789",
		"generic":       "generic://hook.example/in",
		"generic+http":  "generic+http://hook.example/in",
		"generic+https": "generic+https://hook.example/in",
		"googlechat":    "googlechat://chat.googleapis.com/v1/spaces/FOO/messages?key=bar&token=baz",
		"gotify":        "gotify://gotify.example/Aaa.bbb.ccc.ddd",
		"matrix":        "matrix://user:word@matrix.example/?rooms=!r:h",
		"mattermost":    "mattermost://mattermost.example/thisshouldbeanapitoken",
		"ntfy":          "ntfy://ntfy.example/topic",
		"opsgenie":      "opsgenie://api.opsgenie.example/eb243592-faa2-4ba2-a551-1afdf565c889",
		"pagerduty":     "pagerduty://events.pagerduty.example/eb243592faa24ba2a5511afdf565c889",
		"pushbullet":    "pushbullet://tokentokentokentokentokentokentoke",
		"pushover":      "pushover://:apptoken@usertoken",
		"rocketchat":    "rocketchat://rocketchat.example/tokenA/tokenB/channel",
		"signal":        "signal://signal.example:8080/+15551234567/+15559876543",
		"slack":         "slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook",
		"teams":         "teams://?host=" + url.QueryEscape("https://prod-00.westus.logic.azure.com:443/workflows/abc123/triggers/manual/paths/invoke?sig=geheim"),
		"telegram":      "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@x",
		"twilio":        "twilio://ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:authToken@+15551234567/+15559876543",
		"zulip":         "zulip://bot@example.com:secret-key@zulip.example?stream=general&topic=it",
	}
	for _, name := range Services() {
		if addresses[name] == "" {
			t.Errorf("%s is offered and not tried", name)
			continue
		}
		if err := CheckService(addresses[name]); err != nil {
			t.Errorf("%s is not taken: %v", name, err)
		}
		d := &desk{}
		answer, err := Service(&http.Client{Transport: d}, addresses[name], hello)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, strings.Join(d.asked, "\n"))
			continue
		}
		if !strings.HasPrefix(answer, "taken by ") || !slices.ContainsFunc(d.asked, func(s string) bool { return strings.Contains(s, "sw-core") }) {
			t.Errorf("%s: %q, asked was\n%s", name, answer, strings.Join(d.asked, "\n"))
		}
	}
}
