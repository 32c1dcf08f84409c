package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"path"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"siteward/appliance"
)

// Languages are the interface languages; the first one is spoken when nobody asked for another.
var Languages = []string{"en", "de", "nl"}

// manyWords is about how many texts a language has, so that its table need not grow while it is read.
const manyWords = 4096

// Words are the texts of the interface in all languages, one JSON file per language and area.
type Words struct {
	by map[string]func() (*Lang, error) // read when somebody first speaks the language
}

// Lang says words and writes figures and times in one language, at the site's time zone.
type Lang struct {
	Tag    string // "en", "de", "nl"
	plain  map[string]string
	forms  map[string]bool // keys with plural forms or parameters
	loc    *i18n.Localizer
	format format
	zone   func() *time.Location
	now    func() time.Time
}

// OpenWords finds locales/<language>/*.json. zone is asked at each use, because the site's time zone may be changed while we run.
func OpenWords(fsys fs.FS, zone func() *time.Location, now func() time.Time) *Words {
	w := &Words{by: map[string]func() (*Lang, error){}}
	for _, tag := range Languages {
		w.by[tag] = sync.OnceValues(func() (*Lang, error) {
			l := &Lang{Tag: tag, plain: make(map[string]string, manyWords), forms: make(map[string]bool, manyWords/4), format: formats[tag], zone: zone, now: now}
			return l, l.readAll(fsys)
		})
	}
	return w
}

func (l *Lang) readAll(fsys fs.FS) error {
	tag := language.MustParse(l.Tag)
	bundle := i18n.NewBundle(tag)
	l.loc = i18n.NewLocalizer(bundle, l.Tag)
	names, err := fs.Glob(fsys, path.Join(l.Tag, "*.json"))
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read words: %w", err)
		}
		if err := l.read(bundle, tag, raw); err != nil {
			return fmt.Errorf("words in %s: %w", name, err)
		}
	}
	return nil
}

// read takes one file: a text for each key, or its plural forms. Most texts have neither forms nor parameters and need no template.
func (l *Lang) read(bundle *i18n.Bundle, tag language.Tag, raw []byte) error {
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		return err
	}
	for key, value := range file {
		if l.has(key) {
			return fmt.Errorf("%s is there twice", key)
		}
		if text, ok := value.(string); ok && text != "" && !strings.Contains(text, "{{") {
			l.plain[key] = text
			continue
		}
		m, err := i18n.NewMessage(value)
		if err == nil && m.Other == "" {
			err = errors.New("it is empty or lacks the form other")
		}
		if err == nil {
			m.ID = key
			err = bundle.AddMessages(tag, m)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		l.forms[key] = true
	}
	return nil
}

// same reads every language and tells which keys one has and another lacks.
func (w *Words) same() error {
	var first *Lang
	for _, tag := range Languages {
		l, err := w.by[tag]()
		if err != nil {
			return err
		}
		if first == nil {
			first = l
		}
		for _, pair := range [][2]*Lang{{first, l}, {l, first}} {
			for _, k := range pair[0].Keys() {
				if !pair[1].has(k) {
					return fmt.Errorf("words: %s lacks %s", pair[1].Tag, k)
				}
			}
		}
	}
	return nil
}

// In is the language for a tag, English for an unknown one. What could not be read of it shows as keys; a test reads all of it.
func (w *Words) In(tag string) *Lang {
	open, ok := w.by[tag]
	if !ok {
		open = w.by[Languages[0]]
	}
	l, _ := open()
	return l
}

// Match picks the language for an Accept-Language header.
func (w *Words) Match(header string) *Lang {
	tags := make([]language.Tag, len(Languages))
	for i, t := range Languages {
		tags[i] = language.MustParse(t)
	}
	want, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return w.In(Languages[0])
	}
	_, i, _ := language.NewMatcher(tags).Match(want...)
	return w.In(Languages[i])
}

// Keys are all keys of this language in order.
func (l *Lang) Keys() []string {
	keys := make([]string, 0, len(l.plain)+len(l.forms))
	for k := range l.plain {
		keys = append(keys, k)
	}
	for k := range l.forms {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func (l *Lang) has(key string) bool {
	_, ok := l.plain[key]
	return ok || l.forms[key]
}

// Has tells whether there is a word for a key that is put together from data, such as "unit."+name.
func (l *Lang) Has(key string) bool { return l.has(key) }

// T is the text for a key with parameters as name, value pairs. The parameter n, a whole number, picks the plural form.
// A key without a text shows as [key]: ugly, visible, and no reason to lose the page.
func (l *Lang) T(key string, args ...any) string {
	s, err := l.Text(key, args...)
	if err != nil {
		return "[" + key + "]"
	}
	return s
}

// Text is T with an error for a missing key or parameter; templates call this one.
func (l *Lang) Text(key string, args ...any) (string, error) {
	if s, ok := l.plain[key]; ok {
		return s, nil
	}
	if !l.forms[key] {
		return "", fmt.Errorf("no words for %q", key)
	}
	c := &i18n.LocalizeConfig{MessageID: key}
	data, err := l.params(c, args)
	if err != nil {
		return "", fmt.Errorf("words for %q: %w", key, err)
	}
	c.TemplateData = data
	s, err := l.loc.Localize(c)
	if err != nil && c.PluralCount != nil { // words that are the same for one and for many: "1 of 3"
		c.PluralCount = nil
		s, err = l.loc.Localize(c)
	}
	if err == nil && strings.Contains(s, "<no value>") {
		err = fmt.Errorf("a parameter is missing")
	}
	if err != nil {
		return "", fmt.Errorf("words for %q: %w", key, err)
	}
	return s, nil
}

func (l *Lang) params(c *i18n.LocalizeConfig, args []any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("parameters come as name, value")
	}
	data := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("parameter name %v is no text", args[i])
		}
		v := args[i+1]
		if _, ok := v.(template.HTML); ok {
			return nil, fmt.Errorf("parameter %s is markup, which would be shown as text: hand over the value itself", name)
		}
		if n, ok := whole(v); ok && name == "n" {
			c.PluralCount = int(n)
		}
		data[name] = l.show(v, "")
	}
	return data, nil
}

// show writes a parameter as a person reads it. A unit makes numbers values of that unit.
func (l *Lang) show(v any, unit string) any {
	if n, ok := whole(v); ok && unit == "" {
		return l.Int(n)
	}
	switch x := v.(type) {
	case float64:
		return l.Value(x, unit)
	case time.Time:
		return l.When(x)
	case time.Duration:
		return l.Duration(x)
	case appliance.Duration:
		return l.Duration(time.Duration(x))
	case appliance.Message:
		return l.Say(x)
	case map[string]any: // a message that went through JSON
		return l.Say(messageOf(x))
	case string:
		if strings.Contains(x, ".") && l.has(x) { // a word for a part of the sentence
			return l.T(x)
		}
		// a time that went through JSON
		if t, err := time.Parse(time.RFC3339, x); err == nil {
			return l.When(t)
		}
		if t, ok := day(x); ok {
			return l.Date(t)
		}
	}
	return v
}

func messageOf(x map[string]any) (m appliance.Message) {
	m.Key, _ = x["key"].(string)
	m.English, _ = x["text"].(string)
	m.Args, _ = x["args"].(map[string]any)
	return m
}

// Say is a message of the domain in this language, and its English sentence when there are no words for its key.
// An argument unit gives the unit of the numbers beside it; an argument that is itself a key is said too.
func (l *Lang) Say(m appliance.Message) string {
	unit, _ := m.Args["unit"].(string)
	args := make([]any, 0, 2*len(m.Args))
	for k, v := range m.Args {
		if k != "n" {
			v = l.show(v, unit)
		}
		args = append(args, k, v)
	}
	s, err := l.Text(m.Key, args...)
	if err != nil {
		return m.English
	}
	return s
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint64:
		return int64(n), true //nolint:gosec // counts shown to people are far below 2^63
	case float64: // a count that went through JSON
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1e15
	}
	return 0, false
}
