package channel

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// webhookBody is what a web hook gets. Fields are only ever added.
type webhookBody struct {
	Type      string         `json:"type"` // "siteward.notice.v1"
	Timestamp string         `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// Webhook posts a message, signed as https://www.standardwebhooks.com says. secret is "whsec_" and base64, or plain text.
func Webhook(ctx context.Context, client *http.Client, address, secret string, now time.Time, m Message) (answer string, err error) {
	body, err := json.Marshal(webhookBody{Type: "siteward.notice.v1", Timestamp: now.UTC().Format(time.RFC3339), Data: map[string]any{
		"kind": m.Kind, "severity": m.Severity, "thread": m.Thread, "title": m.Subject, "text": m.Text, "link": m.Link, "about": m.About}})
	if err != nil {
		return "", refused{err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", refused{errors.New("the address of the web hook cannot be used")}
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Siteward")
	req.Header.Set("webhook-id", m.ID)
	req.Header.Set("webhook-timestamp", stamp)
	if secret != "" {
		req.Header.Set("webhook-signature", sign(secret, m.ID, stamp, body))
	}
	res, err := client.Do(req)
	if err != nil {
		return "", Scrub(err, address)
	}
	defer res.Body.Close() //nolint:errcheck // read or not, it is done with
	said, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	answer = oneLine(res.Status+" "+string(said), maxAnswer)
	switch {
	case res.StatusCode < 300:
		return answer, nil
	case res.StatusCode == http.StatusGone:
		return "", refused{errors.New(answer)}
	}
	return "", errors.New(answer)
}

func sign(secret, id, stamp string, body []byte) string {
	key := []byte(secret)
	if rest, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if raw, err := base64.StdEncoding.DecodeString(rest); err == nil {
			key = raw
		}
	}
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Client is for web hooks and services: bounded in time, follows no redirect, and dials nothing that is no place for a service.
func Client() *http.Client {
	dial := net.Dialer{Timeout: 10 * time.Second, Control: checkAddress}
	return &http.Client{
		Timeout:       15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dial.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
			MaxIdleConns: 4, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, Proxy: http.ProxyFromEnvironment},
	}
}

// checkAddress looks at an address when it is dialled, after names were resolved. Machines of the site are fine; link-local addresses
// are where clouds keep their secrets.
func checkAddress(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip := net.ParseIP(host)
	if ip == nil || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() {
		return fmt.Errorf("%s is no address for a service", host)
	}
	return nil
}
