// Package listen opens the UDP sockets to which devices send by themselves, and tells what the system dropped before anybody read
// it: a burst that is larger than the socket's buffer leaves no other trace.
package listen

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// receiveBuffer is asked for; the system gives as much as net.core.rmem_max allows. A socket of a .socket unit has what the unit says.
const receiveBuffer = 8 << 20

// UDP opens a socket at an address such as ":162" or "192.0.2.1:1162".
func UDP(address string) (*net.UDPConn, error) {
	c, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on UDP %s: %w", address, err)
	}
	u, ok := c.(*net.UDPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("listen on UDP %s: %T", address, c), c.Close())
	}
	_ = u.SetReadBuffer(receiveBuffer) // a smaller one works too
	return u, nil
}

// File takes over a UDP socket that the service manager has opened. The file stays open: the manager's socket outlives us.
func File(f *os.File) (*net.UDPConn, error) {
	c, err := net.FilePacketConn(f)
	if err != nil {
		return nil, fmt.Errorf("socket %s of the service manager: %w", f.Name(), err)
	}
	u, ok := c.(*net.UDPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("socket %s of the service manager is no UDP socket", f.Name()), c.Close())
	}
	return u, nil
}

// Reason says in a few words why a port could not be opened, for people.
func Reason(err error) string {
	switch {
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "permission"
	case errors.Is(err, syscall.EADDRINUSE):
		return "taken"
	}
	return "other"
}
