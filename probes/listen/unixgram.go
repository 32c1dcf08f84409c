package listen

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// Unixgram opens a socket in the file system that programs of this machine write to. One that a former run left behind is removed;
// anything else that has the name stays.
func Unixgram(path string) (*net.UnixConn, error) {
	st, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case st.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s is no socket; choose another path", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	return net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
}
