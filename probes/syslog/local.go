package syslog

import (
	"context"
	"errors"
	"net"

	"siteward/appliance"
)

// Local is the Source and Via of messages of this machine itself.
const Local = "local"

// ServeLocal reads what programs of this machine and its journal write to a socket in the file system, until ctx ends. Such messages name
// no host; host is put in.
func (s *Server) ServeLocal(ctx context.Context, conn *net.UnixConn, host string) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	buf := make([]byte, 64<<10)
	for {
		n, _, err := conn.ReadFromUnix(buf)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil:
			continue
		}
		m := Parse(buf[:n], s.o.Now(), s.o.Zone())
		m.Source, m.Via, m.Host = Local, Local, host
		s.o.Take([]appliance.LogMessage{m})
	}
}
