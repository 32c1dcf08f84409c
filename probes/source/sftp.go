package source

import (
	"context"
	"io/fs"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"siteward/appliance"
)

// SFTP reads files on a server. The connection is there until Close, or until ctx ends.
func SFTP(ctx context.Context, s appliance.SFTPSettings, l Login) (Place, error) {
	conn, err := dialSSH(ctx, s.Server, l)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	client, err := sftp.NewClient(conn)
	if err != nil {
		stop()
		_ = conn.Close()
		return nil, &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "source.error_no_sftp",
			Args: map[string]any{"host": s.Host}, English: s.Host + " offers no SFTP; switch it on there (Subsystem sftp)"}}
	}
	return &remote{conn: conn, client: client, patterns: s.Paths, stop: stop}, nil
}

type remote struct {
	conn     *ssh.Client
	client   *sftp.Client
	patterns []string
	stop     func() bool
}

func (r *remote) Close() error {
	r.stop()
	_ = r.client.Close()
	return r.conn.Close()
}

func (r *remote) List(ctx context.Context) ([]Found, error) {
	var out []Found
	for _, p := range r.patterns {
		names, infos, err := expand(ctx, r, p)
		if err != nil {
			return nil, failure(p, sftpError(err))
		}
		for _, name := range names {
			out = append(out, Found{Name: name, Size: infos[name].Size(), Modified: infos[name].ModTime().UTC()})
		}
	}
	return newest(out), nil
}

func (r *remote) Open(_ context.Context, f Found) (Content, error) {
	file, err := r.client.Open(f.Name)
	if err != nil {
		return nil, failure(f.Name, sftpError(err))
	}
	return file, nil
}

func (r *remote) readDir(name string) ([]fs.FileInfo, error) { return r.client.ReadDir(name) }

func (r *remote) stat(name string) (fs.FileInfo, error) { return r.client.Stat(name) }

// sftpError makes of what a server says what a file system would.
func sftpError(err error) error {
	if e, ok := err.(*sftp.StatusError); ok { //nolint:errorlint // the library does not wrap it
		switch e.FxCode() {
		case sftp.ErrSSHFxNoSuchFile:
			return fs.ErrNotExist
		case sftp.ErrSSHFxPermissionDenied:
			return fs.ErrPermission
		}
	}
	if strings.HasPrefix(err.Error(), "sftp: ") {
		return &fs.PathError{Op: "sftp", Err: err}
	}
	return err
}
