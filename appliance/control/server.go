package control

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"

	"siteward/appliance"
)

// maxFile bounds what the socket takes in: a site file of 1 MiB and some frame around it.
const maxFile = 2 << 20

// Listen opens the socket of a data folder, replacing one that a killed appliance left behind. The caller holds the
// store's process lock, so nobody else can be listening there.
func Listen(data string) (net.Listener, error) {
	path := SocketPath(data)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o600)
}

// Handler serves Ops over HTTP.
func Handler(ops Ops, log *slog.Logger) http.Handler {
	s := server{ops: ops, log: log}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /apply", s.apply)
	mux.HandleFunc("GET /export", s.export)
	mux.HandleFunc("GET /backup", s.backup)
	mux.HandleFunc("GET /verify", s.verify)
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("GET /users", s.users)
	mux.HandleFunc("POST /users", s.addUser)
	mux.HandleFunc("POST /users/password", s.setPassword)
	mux.HandleFunc("POST /users/disabled", s.disableUser)
	mux.HandleFunc("POST /setup-link", s.setupLink)
	s.logbookRoutes(mux)
	s.windowRoutes(mux)
	s.sourceRoutes(mux)
	s.receiverRoutes(mux)
	s.providerRoutes(mux)
	s.consumerRoutes(mux)
	s.offerRoutes(mux)
	s.updateRoutes(mux)
	s.uplinkRoutes(mux)
	s.discoveryRoutes(mux)
	s.walkRoutes(mux)
	return mux
}

type server struct {
	ops Ops
	log *slog.Logger
}

type applyRequest struct {
	ApplyOptions
	File []byte `json:"file"`
}

type userRequest struct {
	User     appliance.User `json:"user"`
	Password string         `json:"password,omitempty"`
	Disabled bool           `json:"disabled,omitempty"`
}

func (s server) apply(w http.ResponseWriter, r *http.Request) {
	var in applyRequest
	if !s.read(w, r, &in) {
		return
	}
	out, err := s.ops.Apply(r.Context(), in.File, in.ApplyOptions)
	s.answer(w, out, err)
}

func (s server) export(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.Export(r.Context())
	s.answer(w, out, err)
}

// backup streams; an error after the first byte breaks the connection, and the client sees the missing trailer.
func (s server) backup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Trailer", backupTrailer)
	if err := s.ops.Backup(r.Context(), w); err != nil {
		s.log.Error("backup over the control socket", "err", err)
		panic(http.ErrAbortHandler)
	}
	w.Header().Set(backupTrailer, "complete")
}

// backupTrailer says that the whole backup has been sent.
const backupTrailer = "Siteward-Backup"

func (s server) verify(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.Verify(r.Context())
	s.answer(w, out, err)
}

func (s server) health(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.Health(r.Context())
	s.answer(w, out, err)
}

func (s server) users(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.Users(r.Context())
	for i := range out {
		out[i].Password = ""
	}
	s.answer(w, out, err)
}

func (s server) addUser(w http.ResponseWriter, r *http.Request) {
	var in userRequest
	if s.read(w, r, &in) {
		s.answer(w, nil, s.ops.AddUser(r.Context(), in.User, in.Password))
	}
}

func (s server) setPassword(w http.ResponseWriter, r *http.Request) {
	var in userRequest
	if s.read(w, r, &in) {
		s.answer(w, nil, s.ops.SetPassword(r.Context(), in.User.Name, in.Password))
	}
}

func (s server) disableUser(w http.ResponseWriter, r *http.Request) {
	var in userRequest
	if s.read(w, r, &in) {
		s.answer(w, nil, s.ops.DisableUser(r.Context(), in.User.Name, in.Disabled))
	}
}

func (s server) setupLink(w http.ResponseWriter, r *http.Request) {
	out, err := s.ops.SetupLink(r.Context())
	s.answer(w, out, err)
}

func (s server) read(w http.ResponseWriter, r *http.Request, into any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFile)).Decode(into)
	if err != nil {
		s.answer(w, nil, appliance.Errorf(appliance.CodeInvalid, "the request cannot be read: %w", err))
	}
	return err == nil
}

// problem is an error on its way to the command line.
type problem struct {
	Code    appliance.Code    `json:"code"`
	Field   string            `json:"field,omitempty"`
	Message appliance.Message `json:"message"`
}

func (s server) answer(w http.ResponseWriter, out any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err == nil {
		if err := json.NewEncoder(w).Encode(out); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			s.log.Warn("answer on the control socket", "err", err)
		}
		return
	}
	p := problem{Message: appliance.Message{English: err.Error()}}
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		p = problem{Code: e.Code, Field: e.Field, Message: e.Message}
	}
	w.WriteHeader(http.StatusUnprocessableEntity)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.log.Warn("answer on the control socket", "err", err)
	}
}
