package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"siteward/appliance/control"
	"siteward/appliance/daemon"
)

// withOps runs work against the running appliance of a data folder, or, when none runs, against its store.
func withOps(ctx context.Context, data string, work func(control.Ops) error) error {
	client, err := control.Dial(ctx, data)
	if err == nil {
		return work(client)
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	if _, err := os.Stat(data); err != nil {
		return noStore(data)
	}
	// An empty folder is no store, and looking at it must not make it one.
	if entries, err := os.ReadDir(data); err == nil && len(entries) == 0 {
		return noStore(data)
	}
	return asOwner(data, func() error {
		d, err := daemon.Open(ctx, daemon.Options{Data: data, About: about()})
		if err != nil {
			return err
		}
		return errors.Join(work(d.Ops()), d.Close())
	})
}

func noStore(data string) error {
	return fmt.Errorf("there is no store at %s; name its folder with --data", data)
}

// asOwner does work that writes into a folder, and leaves every file there with the folder's owner: root may use the
// command line while the service, which runs as a user of its own, is stopped, and the service can open the store afterwards.
func asOwner(folder string, work func() error) error {
	uid, gid, ok := owner(folder)
	err := work()
	if !ok || os.Geteuid() != 0 || uid == 0 {
		return err
	}
	return errors.Join(err, giveTo(folder, uid, gid))
}

// giveTo changes the owner of a folder and of all in it. It goes through os.Root, so that a link which the owner puts there
// meanwhile leads root nowhere else.
func giveTo(folder string, uid, gid int) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(path, uid, gid)
	})
}

func owner(path string) (uid, gid int, ok bool) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, 0, false
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(sys.Uid), int(sys.Gid), true
}
