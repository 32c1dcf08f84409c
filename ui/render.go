package ui

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/ui/view"
)

// Options are what the renderer is built from. Zone and Now are asked at each use.
type Options struct {
	Templates, Locales, Assets fs.FS
	Zone                       func() *time.Location
	Now                        func() time.Time
}

// Renderer turns a page struct into HTML. A page is parsed when it is first asked for in a language, because few are, and all of
// them take 20 MB.
type Renderer struct {
	Words  *Words
	Assets *Assets
	files  fs.FS
	base   *template.Template // layout and parts, never executed, so that it can be copied
	sets   sync.Map           // setKey -> *template.Template
	now    func() time.Time
	pool   sync.Pool
	kept   fragments
	seed   maphash.Seed
}

// New reads words and assets and parses what all pages share.
func New(o Options) (*Renderer, error) {
	words := OpenWords(o.Locales, o.Zone, o.Now)
	assets, err := OpenAssets(o.Assets)
	if err != nil {
		return nil, err
	}
	r := &Renderer{Words: words, Assets: assets, now: o.Now, seed: maphash.MakeSeed(), files: o.Templates}
	r.pool.New = func() any { return new(bytes.Buffer) }
	r.base, err = template.New("").Option("missingkey=error").Funcs(r.funcs(new(Lang))).ParseFS(o.Templates, "layout.html", "parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	return r, nil
}

// Check parses every page and looks whether all that it calls and every word that it asks for is there, in all languages. What
// ships is the same at every start, so a test checks it and a start does not wait for it.
func (r *Renderer) Check() error {
	if err := r.Words.same(); err != nil {
		return err
	}
	pages, err := fs.Glob(r.files, "pages/*.html")
	if err != nil {
		return err
	}
	for _, file := range pages {
		page, err := r.parse(file)
		if err != nil {
			return err
		}
		for _, tag := range Languages {
			if err := check(page, r.Words.In(tag)); err != nil {
				return fmt.Errorf("template %s: %w", file, err)
			}
		}
	}
	return nil
}

// parse makes a page's set, in the first language.
func (r *Renderer) parse(file string) (*template.Template, error) {
	page, err := r.base.Clone()
	if err == nil {
		page, err = page.ParseFS(r.files, file)
	}
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", file, err)
	}
	if page.Lookup("main") == nil {
		return nil, fmt.Errorf("template %s defines no main", file)
	}
	return page, nil
}

// Lang is the language of a frame.
func (r *Renderer) Lang(tag string) *Lang { return r.Words.In(tag) }

// Now is the renderer's present, the one relative times are told against.
func (r *Renderer) Now() time.Time { return r.now() }

// Page answers with the page of that name: embed/templates/pages/<name>.html, which defines "main".
// Whether the whole page or one fragment of it is sent is decided by pick from the request.
func (r *Renderer) Page(c echo.Context, status int, name string, frame view.Frame, page any) error {
	set, err := r.set(frame.Lang, name)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderVary, "HX-Request, HX-Request-Type, HX-Target, HX-History-Restore-Request, Cookie")
	name = pick(c.Request().Header, set)
	if name == "layout" && c.Request().Header.Get("HX-Request-Type") == "partial" {
		// An error page, or a page without the fragment that was asked for: it must not land inside a list.
		c.Response().Header().Set("HX-Retarget", "body")
		c.Response().Header().Set("HX-Reswap", "outerSync")
	}
	return r.send(c, status, set, name, frame, page)
}

// Part answers with one fragment defined in a page's set, whatever the request says.
func (r *Renderer) Part(c echo.Context, status int, name, part string, frame view.Frame, page any) error {
	set, err := r.set(frame.Lang, name)
	if err != nil {
		return err
	}
	return r.send(c, status, set, part, frame, page)
}

// String renders one fragment for the event stream, which has no request of its own. The dot is the same Doc.
func (r *Renderer) String(name, part string, frame view.Frame, page any) (string, error) {
	set, err := r.set(frame.Lang, name)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, part, view.Doc{Frame: frame, Page: page}); err != nil {
		return "", fmt.Errorf("render %s %s: %w", name, part, err)
	}
	return b.String(), nil
}

type setKey struct{ lang, page string }

// set is a page in one language.
func (r *Renderer) set(lang, name string) (*template.Template, error) {
	l := r.Words.In(lang)
	key := setKey{l.Tag, name}
	if set, ok := r.sets.Load(key); ok {
		return set.(*template.Template), nil
	}
	page, err := r.parse("pages/" + name + ".html")
	if err != nil {
		return nil, err
	}
	made, _ := r.sets.LoadOrStore(key, page.Funcs(r.funcs(l)))
	return made.(*template.Template), nil
}

// pick is the one place that decides between the whole page and a fragment. htmx asks for a fragment by the id of its target,
// and a fragment is a template of that name in the page's set. Everything else gets the whole page: no script, a boosted link,
// and above all the back button, which would otherwise show half a page.
func pick(h http.Header, set *template.Template) string {
	if h.Get("HX-Request") != "true" || h.Get("HX-History-Restore-Request") == "true" || h.Get("HX-Request-Type") == "full" {
		return "layout"
	}
	_, id, found := strings.Cut(h.Get("HX-Target"), "#")
	if found && id != "layout" && set.Lookup(id) != nil {
		return id
	}
	return "layout"
}

// send renders to a buffer first, so that an error in the middle never leaves half a page.
func (r *Renderer) send(c echo.Context, status int, set *template.Template, name string, frame view.Frame, page any) error {
	b := r.pool.Get().(*bytes.Buffer)
	defer r.pool.Put(b)
	b.Reset()
	if err := set.ExecuteTemplate(b, name, view.Doc{Frame: frame, Page: page}); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := c.Response().Header()
	if h.Get(echo.HeaderCacheControl) == "" {
		h.Set(echo.HeaderCacheControl, "private, no-cache")
	}
	if status == http.StatusOK && c.Request().Method == http.MethodGet {
		// The seed is new with each start, so a tag never outlives the templates it was made from.
		tag := fmt.Sprintf(`W/"%x"`, maphash.Bytes(r.seed, b.Bytes()))
		h.Set("ETag", tag)
		if c.Request().Header.Get("If-None-Match") == tag {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.HTMLBlob(status, b.Bytes())
}
