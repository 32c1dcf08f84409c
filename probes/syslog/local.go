package syslog

import (
	"context"
	"net"

	"siteward/appliance"
)

// Local is the Source and Via of messages of this machine itself.
const Local = "local"

// ServeLocal reads what programs of this machine and its journal write to a socket in the file system, until ctx ends. Such messages name
// no host; host is put in.
func (s *Server) ServeLocal(ctx context.Context, conn *net.UnixConn, host string) error {
	return s.datagrams(ctx, conn, func(buf []byte) (appliance.LogMessage, error) {
		n, _, err := conn.ReadFromUnix(buf)
		if err != nil {
			return appliance.LogMessage{}, err
		}
		m := Parse(buf[:n], s.o.Now(), s.o.Zone())
		m.Source, m.Via, m.Host = Local, Local, host
		return m, nil
	})
}
