package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

const (
	assetsPrefix   = "/assets/"
	maxAssetBytes  = 1 << 20 // one file; the largest today is app.css with well under 100 kB
	maxAssetsCount = 64
)

// ContentSecurityPolicy is sent with every page: nothing inline, nothing from elsewhere, no frame around us.
// The data: images are the tick marks inside the component library's stylesheet.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// assetTypes is also the allow list: a file with another ending in embed/dist is a mistake of the build.
var assetTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

// Assets are the built styles, scripts, icons and fonts, held in memory in the form they are sent.
// One hash over all of them stands in their addresses, so they may be cached for ever and relative addresses between them hold.
type Assets struct {
	hash  string
	files map[string]asset
}

type asset struct {
	mime string
	raw  []byte
	gz   func() []byte // compressed when it is first asked for; nil where that gains nothing
}

// OpenAssets reads the built files. Missing ones are an error that names the command to run.
func OpenAssets(fsys fs.FS) (*Assets, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("list web assets: %w", err)
	}
	a := &Assets{files: map[string]asset{}}
	sum := sha256.New()
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f, err := openAsset(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		a.files[e.Name()] = f
		fmt.Fprintf(sum, "%s %d ", e.Name(), len(f.raw))
		sum.Write(f.raw)
	}
	for _, name := range []string{"app.css", "app.js", "chart.js", "icons.svg", "next.woff2", "mono.woff2", "licences.txt"} {
		if _, ok := a.files[name]; !ok {
			return nil, fmt.Errorf("web asset %s is missing: run `npm ci && npm run build`, then build again", name)
		}
	}
	if len(a.files) > maxAssetsCount {
		return nil, fmt.Errorf("%d web assets, at most %d are expected", len(a.files), maxAssetsCount)
	}
	a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, nil
}

func openAsset(fsys fs.FS, name string) (asset, error) {
	mime, ok := assetTypes[path.Ext(name)]
	if !ok {
		return asset{}, fmt.Errorf("web asset %s: unknown kind of file", name)
	}
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return asset{}, fmt.Errorf("read web asset: %w", err)
	}
	if len(raw) > maxAssetBytes {
		return asset{}, fmt.Errorf("web asset %s has %d bytes, at most %d are expected", name, len(raw), maxAssetBytes)
	}
	f := asset{mime: mime, raw: raw}
	if path.Ext(name) == ".woff2" {
		return f, nil
	}
	f.gz = sync.OnceValue(func() []byte { return compressed(raw) })
	return f, nil
}

// compressed is at its smallest: it is made once and sent often. Writing to memory does not fail.
func compressed(raw []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(raw)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return nil
	}
	return b.Bytes()
}

// URL is the address of a built file, and an error for a name that was not built.
func (a *Assets) URL(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", errors.New("no such web asset: " + name)
	}
	return assetsPrefix + a.hash + "/" + name, nil
}

// ServeHTTP answers /assets/<hash>/<name>. A page that was open during an upgrade asks with the old hash: it gets
// today's file, but may not keep it.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, assetsPrefix), "/")
	f, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if hash == a.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.raw
	if f.gz != nil {
		h.Set("Vary", "Accept-Encoding")
		if gz := f.zipped(r); gz != nil {
			h.Set("Content-Encoding", "gzip")
			body = gz
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a visitor who left is no error of ours
	}
}

// zipped is the compressed file for a visitor who takes it, else nil.
func (f asset) zipped(r *http.Request) []byte {
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		return nil
	}
	return f.gz()
}
