package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"siteward/appliance"
)

// ErrNotRunning says that no appliance listens at the data folder's socket.
var ErrNotRunning = errors.New("no appliance is running with this data folder")

// Client asks a running appliance. It is an Ops.
type Client struct{ http *http.Client }

var _ Ops = (*Client)(nil)

// Dial finds the running appliance of a data folder. It fails with ErrNotRunning when there is none.
func Dial(ctx context.Context, data string) (*Client, error) {
	path := SocketPath(data)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "unix", path)
	}
	conn, err := dial(ctx, "", "")
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNotRunning
	case errors.Is(err, os.ErrPermission):
		return nil, appliance.Errorf(appliance.CodeForbidden, "the appliance at %s belongs to another user; run this as root or as the user siteward", data)
	case err != nil:
		return nil, fmt.Errorf("reach the appliance at %s: %w", data, err)
	}
	conn.Close()
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}}, nil
}

// Apply is Ops.Apply.
func (c *Client) Apply(ctx context.Context, file []byte, o ApplyOptions) (out Applied, err error) {
	err = c.call(ctx, "POST", "/apply", applyRequest{ApplyOptions: o, File: file}, &out)
	return out, err
}

// Export is Ops.Export.
func (c *Client) Export(ctx context.Context) (out []byte, err error) {
	err = c.call(ctx, "GET", "/export", nil, &out)
	return out, err
}

// Backup is Ops.Backup. It fails when the stream ended before the appliance said that it was complete.
func (c *Client) Backup(ctx context.Context, w io.Writer) error {
	res, err := c.do(ctx, "GET", "/backup", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("the backup broke off: %w", err)
	}
	if res.Trailer.Get(backupTrailer) != "complete" {
		return errors.New("the backup broke off: the appliance did not say that it is complete")
	}
	return nil
}

// Verify is Ops.Verify.
func (c *Client) Verify(ctx context.Context) (out Verified, err error) {
	err = c.call(ctx, "GET", "/verify", nil, &out)
	return out, err
}

// Health is Ops.Health.
func (c *Client) Health(ctx context.Context) (out appliance.Health, err error) {
	err = c.call(ctx, "GET", "/health", nil, &out)
	return out, err
}

// Users is Ops.Users, without password hashes.
func (c *Client) Users(ctx context.Context) (out []appliance.User, err error) {
	err = c.call(ctx, "GET", "/users", nil, &out)
	return out, err
}

// AddUser is Ops.AddUser.
func (c *Client) AddUser(ctx context.Context, u appliance.User, password string) error {
	return c.call(ctx, "POST", "/users", userRequest{User: u, Password: password}, nil)
}

// SetPassword is Ops.SetPassword.
func (c *Client) SetPassword(ctx context.Context, name, password string) error {
	return c.call(ctx, "POST", "/users/password", userRequest{User: appliance.User{Name: name}, Password: password}, nil)
}

// DisableUser is Ops.DisableUser.
func (c *Client) DisableUser(ctx context.Context, name string, disabled bool) error {
	return c.call(ctx, "POST", "/users/disabled", userRequest{User: appliance.User{Name: name}, Disabled: disabled}, nil)
}

// SetupLink is Ops.SetupLink.
func (c *Client) SetupLink(ctx context.Context) (out string, err error) {
	err = c.call(ctx, "POST", "/setup-link", nil, &out)
	return out, err
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	res, err := c.do(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("answer of the appliance: %w", err)
	}
	return nil
}

func (c *Client) do(ctx context.Context, method, path string, in any) (*http.Response, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://siteward"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the appliance: %w", err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var p problem
	if err := json.NewDecoder(io.LimitReader(res.Body, maxFile)).Decode(&p); err != nil {
		return nil, fmt.Errorf("the appliance answered %s", res.Status)
	}
	if p.Code == "" {
		return nil, errors.New(p.Message.English)
	}
	return nil, &appliance.Error{Code: p.Code, Field: p.Field, Message: p.Message}
}
