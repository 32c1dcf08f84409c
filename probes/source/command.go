package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"siteward/appliance"
)

// MaxOutput is how much a command may print; what is more is cut off and told.
const MaxOutput = 16 << 20

// Output is what a command printed.
type Output struct {
	Text []byte
	Cut  bool
	Code int // exit code, -1 when the command was ended by a signal
}

// Run runs the fixed command of a source on its server and gives what it printed. Nothing is put into the command: with a
// forced command in authorized_keys the server runs that one, whatever we ask for.
func Run(ctx context.Context, s appliance.CommandSettings, l Login) (Output, error) {
	conn, err := dialSSH(ctx, s.Server, l)
	if err != nil {
		return Output{}, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	session, err := conn.NewSession()
	if err != nil && ctx.Err() != nil {
		return Output{}, fmt.Errorf("%s: %w", s.Host, context.Cause(ctx))
	}
	if err != nil {
		return Output{}, unreachable(s.Host, err)
	}
	defer session.Close()
	out, said := &bounded{limit: MaxOutput}, &bounded{limit: 2000}
	session.Stdout, session.Stderr = out, said
	err = session.Run(s.Command)
	o := Output{Text: out.Bytes(), Cut: out.cut}
	exit, failed := errors.AsType[*ssh.ExitError](err)
	switch {
	case failed:
		o.Code = exit.ExitStatus()
		if exit.Signal() != "" {
			o.Code = -1
		}
	case err != nil && ctx.Err() != nil:
		return o, fmt.Errorf("%s: %w", s.Host, context.Cause(ctx))
	case err != nil:
		return o, unreachable(s.Host, err)
	}
	if failed && out.Len() == 0 {
		why := strings.TrimSpace(said.String())
		return o, &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_command",
			Args:    map[string]any{"host": s.Host, "code": o.Code, "why": why},
			English: fmt.Sprintf("the command on %s printed nothing and ended with exit code %d: %s", s.Host, o.Code, why)}}
	}
	return o, nil
}

// bounded keeps the first bytes and lets the rest go by, so that the command can end.
type bounded struct {
	bytes.Buffer
	limit int
	cut   bool
}

// Write never fails.
func (b *bounded) Write(p []byte) (int, error) {
	room := max(0, b.limit-b.Len())
	if len(p) > room {
		b.cut = true
		_, _ = b.Buffer.Write(p[:room])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

// ReadFrom is not Buffer's, which knows no limit.
func (b *bounded) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{b}, r)
}
