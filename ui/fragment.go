package ui

import (
	"fmt"
	"html/template"
	"strings"
	"sync"
)

// maxFragments bounds the memory of prepared fragments: a row has about 1 kB, and a site has a few thousand rows in at most three languages.
const maxFragments = 20_000

// fragments are rows of long tables, rendered once per change of their data. html/template costs several microseconds a
// row, so a page of 200 rows would spend its time on 198 that have not changed.
type fragments struct {
	mu   sync.Mutex
	rows map[fragmentKey]fragment
}

type fragmentKey struct{ lang, page, part, key string }

type fragment struct {
	stamp string
	html  template.HTML
}

// Fragment renders a part of a page's set, or gives the rendering of last time when lang, key and stamp are the same. key names the
// row, stamp everything the row shows: the sequence number of its last change, and the minute when it tells ages. The dot of the
// part is data itself, without a frame, so that nothing of one person's page can end up in another's.
func (r *Renderer) Fragment(lang, page, part, key, stamp string, data any) (template.HTML, error) {
	set, err := r.set(lang, page)
	if err != nil {
		return "", err
	}
	k := fragmentKey{r.Words.In(lang).Tag, page, part, key}
	if html, ok := r.kept.get(k, stamp); ok {
		return html, nil
	}
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, part, data); err != nil {
		return "", fmt.Errorf("render %s %s: %w", page, part, err)
	}
	html := template.HTML(b.String()) //nolint:gosec // html/template wrote it
	r.kept.put(k, fragment{stamp, html})
	return html, nil
}

func (f *fragments) get(k fragmentKey, stamp string) (template.HTML, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	row, ok := f.rows[k]
	return row.html, ok && row.stamp == stamp
}

func (f *fragments) put(k fragmentKey, row fragment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rows == nil || len(f.rows) >= maxFragments {
		f.rows = map[fragmentKey]fragment{}
	}
	f.rows[k] = row
}
