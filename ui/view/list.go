package view

import (
	"maps"
	"net/url"
)

// List is the state of a filtered, sorted table as it stands in the address. It gives the links that change one thing of it.
type List struct {
	Path  string     // "/devices"
	Query url.Values // what stands in the address; never nil after NewList
	Sort  string     // column that sorts
	Desc  bool
}

// NewList reads sort and direction from a query: ?sort=name or ?sort=-name. def is the sort without one.
func NewList(path string, q url.Values, def string) List {
	s := q.Get("sort")
	if s == "" {
		s = def
	}
	l := List{Path: path, Query: url.Values{}, Sort: s}
	maps.Copy(l.Query, q)
	if len(s) > 1 && s[0] == '-' {
		l.Sort, l.Desc = s[1:], true
	}
	return l
}

// Get is a value of the address.
func (l List) Get(key string) string { return l.Query.Get(key) }

// With is the address with one value changed, or taken out when it is empty. Paging starts anew.
func (l List) With(key, value string) string {
	q := url.Values{}
	maps.Copy(q, l.Query)
	q.Del("page")
	q.Del(key)
	if value != "" {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// CSV is the address of exactly the rows shown, as a file.
func (l List) CSV() string {
	q := url.Values{}
	maps.Copy(q, l.Query)
	q.Del("page")
	if len(q) == 0 {
		return l.Path + ".csv"
	}
	return l.Path + ".csv?" + q.Encode()
}

// Hidden are the values a filter form must carry along besides its own field.
func (l List) Hidden(own string) map[string]string {
	out := map[string]string{}
	for k := range l.Query {
		if k != own && k != "page" && l.Query.Get(k) != "" {
			out[k] = l.Query.Get(k)
		}
	}
	return out
}

// Head is a table head that sorts.
type Head struct {
	Label, Href string
	Aria        string // ascending, descending or nothing
	Arrow       string
	Right       bool
	Class       string
}

// Head gives the head of a column: a second click turns the direction. align "r" is for numbers; more is a class of the cell.
func (l List) Head(column, label string, class ...string) Head {
	h := Head{Label: label, Href: l.With("sort", column)}
	for _, c := range class {
		if c == "r" {
			h.Right = true
			continue
		}
		h.Class += " " + c
	}
	if column != l.Sort {
		return h
	}
	h.Aria, h.Arrow = "ascending", "↑"
	if l.Desc {
		h.Aria, h.Arrow = "descending", "↓"
	} else {
		h.Href = l.With("sort", "-"+column)
	}
	return h
}

// Chip is a filter with its count. State draws the shape of a state before the label.
type Chip struct {
	Label, Href, State string
	Count              int
	Current            bool
}

// Chip gives a filter that sets one value of the address.
func (l List) Chip(key, value, label, state string, count int) Chip {
	return Chip{Label: label, Href: l.With(key, value), State: state, Count: count, Current: l.Query.Get(key) == value}
}
