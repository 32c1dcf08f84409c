//go:build central

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// inProcess asks a handler without a network between.
type inProcess struct{ h http.Handler }

// RoundTrip answers one request.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	return w.Result(), nil
}

// ask asks the REST API of a central.
func ask(ctx context.Context, at *centralAt, method, path string, in, out any) error {
	return at.client(ctx, func(c *http.Client) error {
		var body io.Reader
		if in != nil {
			b, err := json.Marshal(in)
			if err != nil {
				return err
			}
			body = bytes.NewReader(b)
		}
		req, err := http.NewRequestWithContext(ctx, method, "http://central/api/v1"+path, body)
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
		if err != nil {
			return err
		}
		if res.StatusCode >= 300 {
			if why := refusal(b); why != "" {
				return errors.New(why)
			}
			return fmt.Errorf("central answered %s", res.Status)
		}
		if out == nil || len(b) == 0 {
			return nil
		}
		return json.Unmarshal(b, out)
	})
}

// refusal is what the REST API has said against a request: what is wrong with each value, or its sentence; empty when the body is none of its.
func refusal(body []byte) string {
	var p struct {
		Detail string
		Errors []struct{ Message, Location string }
	}
	if json.Unmarshal(body, &p) != nil {
		return ""
	}
	if len(p.Errors) == 0 {
		return p.Detail
	}
	all := make([]string, 0, len(p.Errors))
	for _, e := range p.Errors {
		all = append(all, strings.TrimPrefix(e.Location, "body.")+": "+e.Message)
	}
	return strings.Join(all, "; ")
}
