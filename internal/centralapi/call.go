// Package centralapi asks the REST API of a central system that runs on this machine: the command line of central and the demo do.
package centralapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// Call sends in as JSON to a path of the API, such as "/sites", and reads the answer into out; nil sends or reads nothing. The client
// finds central: the host of the address is only a name. What central refuses is an error with its sentence.
func Call(ctx context.Context, c *http.Client, method, path string, in, out any) error {
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
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
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
}

// refusal is what the API has said against a request: what is wrong with each value, or its sentence; empty when the body is none of its.
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
