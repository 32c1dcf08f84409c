package update

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"siteward/appliance"
)

// Source is where a release lies: a folder, or an https address.
type Source struct {
	where string
	http  *http.Client
	// manifest and signature came by another way, such as an offer.
	manifest, signature []byte
}

// At names a folder or an https address. http is for a server on this very machine only.
func At(where string) (Source, error) {
	if !strings.Contains(where, "://") {
		return Source{where: where}, nil
	}
	u, err := url.Parse(where)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !net.ParseIP(u.Hostname()).IsLoopback()) {
		return Source{}, appliance.Invalid("source", "update.error.source", "a release comes from a folder or from an https address", nil)
	}
	return Source{where: strings.TrimRight(where, "/"), http: client()}, nil
}

// Told is a release whose manifest and signature are here already; its files are at the manifest's address.
func Told(manifest, signature []byte) Source {
	return Source{http: client(), manifest: manifest, signature: signature}
}

func client() *http.Client {
	dial := net.Dialer{Timeout: 15 * time.Second}
	return &http.Client{Timeout: time.Hour, Transport: &http.Transport{DialContext: dial.DialContext, TLSHandshakeTimeout: 15 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, Proxy: http.ProxyFromEnvironment, DisableCompression: true}}
}

// Manifest reads the manifest and its signature.
func (s Source) Manifest(ctx context.Context) (manifest, signature []byte, err error) {
	if s.manifest != nil {
		return s.manifest, s.signature, nil
	}
	if manifest, err = s.small(ctx, ManifestName, maxManifest); err != nil {
		return nil, nil, err
	}
	signature, err = s.small(ctx, SignatureName, maxSignature)
	return manifest, signature, err
}

func (s Source) small(ctx context.Context, name string, limit int64) ([]byte, error) {
	r, err := s.open(ctx, s.where, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = badRelease("%s is too large", name)
	}
	return b, err
}

func (s Source) open(ctx context.Context, where, name string) (io.ReadCloser, error) {
	if s.http == nil {
		f, err := os.Open(filepath.Join(where, name))
		if err != nil {
			return nil, appliance.Errorf(appliance.CodeNotFound, "no release in %s: %w", where, err)
		}
		return f, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where+"/"+name, nil)
	if err != nil {
		return nil, err
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, appliance.Errorf(appliance.CodeUnavailable, "the release cannot be fetched: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, appliance.Errorf(appliance.CodeUnavailable, "the release cannot be fetched: %s answered %s for %s", where, res.Status, name)
	}
	return res.Body, nil
}

// program opens the file of a release.
func (s Source) program(ctx context.Context, m Manifest, f File) (io.ReadCloser, error) {
	where := s.where
	if s.manifest != nil {
		if where = strings.TrimRight(m.Base, "/"); where == "" {
			return nil, fmt.Errorf("the manifest does not say where its files are")
		}
	}
	return s.open(ctx, where, f.Name)
}
