package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"siteward/appliance"
)

// LogbookOps is what the command line asks of the logbook.
type LogbookOps interface {
	// Logbook lists the newest entries of some kinds, all kinds when there is none.
	Logbook(ctx context.Context, kinds []appliance.LogbookKind, limit int) ([]LogbookLine, error)
	// AddLogbook adds an entry; devices are names.
	AddLogbook(ctx context.Context, e appliance.LogbookEntry, devices []string) (appliance.LogbookEntry, error)
	ExportLogbook(ctx context.Context, w io.Writer) error
	VerifyLogbook(ctx context.Context) (appliance.LogbookReport, error)
}

// LogbookLine is an entry with its devices by name.
type LogbookLine struct {
	appliance.LogbookEntry
	DeviceNames []string `json:"device_names,omitempty"`
}

type logbookRequest struct {
	Kinds   []appliance.LogbookKind `json:"kinds,omitempty"`
	Limit   int                     `json:"limit,omitempty"`
	Entry   appliance.LogbookEntry  `json:"entry"`
	Devices []string                `json:"devices,omitempty"`
}

func (s server) logbookRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /logbook/list", s.logbook)
	mux.HandleFunc("POST /logbook/add", s.addLogbook)
	mux.HandleFunc("GET /logbook/export", s.exportLogbook)
	mux.HandleFunc("GET /logbook/verify", s.verifyLogbook)
}

func (s server) logbook(w http.ResponseWriter, r *http.Request) {
	var in logbookRequest
	if s.read(w, r, &in) {
		out, err := s.ops.Logbook(r.Context(), in.Kinds, in.Limit)
		s.answer(w, out, err)
	}
}

func (s server) addLogbook(w http.ResponseWriter, r *http.Request) {
	var in logbookRequest
	if s.read(w, r, &in) {
		out, err := s.ops.AddLogbook(r.Context(), in.Entry, in.Devices)
		s.answer(w, out, err)
	}
}

// exportLogbook streams; its last line says by itself whether it is whole.
func (s server) exportLogbook(w http.ResponseWriter, r *http.Request) {
	if err := s.ops.ExportLogbook(r.Context(), w); err != nil {
		s.log.Error("export of the logbook over the control socket", "err", err)
		panic(http.ErrAbortHandler)
	}
}

func (s server) verifyLogbook(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.VerifyLogbook(r.Context())
	s.answer(w, out, err)
}

// Logbook is LogbookOps.Logbook.
func (c *Client) Logbook(ctx context.Context, kinds []appliance.LogbookKind, limit int) (out []LogbookLine, err error) {
	err = c.call(ctx, "POST", "/logbook/list", logbookRequest{Kinds: kinds, Limit: limit}, &out)
	return out, err
}

// AddLogbook is LogbookOps.AddLogbook.
func (c *Client) AddLogbook(ctx context.Context, e appliance.LogbookEntry, devices []string) (out appliance.LogbookEntry, err error) {
	err = c.call(ctx, "POST", "/logbook/add", logbookRequest{Entry: e, Devices: devices}, &out)
	return out, err
}

// ExportLogbook is LogbookOps.ExportLogbook.
func (c *Client) ExportLogbook(ctx context.Context, w io.Writer) error {
	res, err := c.do(ctx, "GET", "/logbook/export", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("the export broke off: %w", err)
	}
	return nil
}

// VerifyLogbook is LogbookOps.VerifyLogbook.
func (c *Client) VerifyLogbook(ctx context.Context) (out appliance.LogbookReport, err error) {
	err = c.call(ctx, "GET", "/logbook/verify", nil, &out)
	if err == nil && out.At.IsZero() {
		err = errors.New("the appliance gave no report")
	}
	return out, err
}
