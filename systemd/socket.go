package systemd

import (
	"os"
	"sync"

	"github.com/coreos/go-systemd/v22/activation"
)

// sockets are those that the service manager opened for us, read from the environment once.
var sockets = sync.OnceValue(func() map[string][]*os.File {
	by := map[string][]*os.File{}
	for _, f := range activation.Files(true) {
		by[f.Name()] = append(by[f.Name()], f)
	}
	return by
})

// Sockets gives the sockets that a .socket unit handed over under a name (FileDescriptorName=). The files stay ours: whoever
// takes a connection from one may close its own copy.
func Sockets(name string) []*os.File { return sockets()[name] }
