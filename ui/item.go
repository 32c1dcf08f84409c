package ui

import (
	"cmp"
	"strings"

	"siteward/appliance"
)

// Item is what a person calls the thing that a state is about: "Port 10", "Storage /var", "Answer". label is the instance's
// name as the device gives it; it is foreign text.
func (l *Lang) Item(item, label string) string {
	family, instance, _ := strings.Cut(item, "/")
	if !l.Has("item." + family) {
		return cmp.Or(label, family)
	}
	word := l.T("item." + family)
	if instance == "" || label == "" {
		return word
	}
	if !l.Has("item_named." + family) {
		family = "rest"
	}
	return l.T("item_named."+family, "name", label, "item", word)
}

// StateItem is Item for a state.
func (l *Lang) StateItem(r appliance.StateRecord) string { return l.Item(r.Item, r.Label) }

// Metric is what a person calls a number: "Runtime left" for ups.runtime. Numbers without a word of their own keep their name.
func (l *Lang) Metric(metric string) string {
	if key := "metric." + strings.ReplaceAll(metric, ".", "_"); l.Has(key) {
		return l.T(key)
	}
	return metric
}

// kindWords are the keys of kinds whose name cannot be part of a key.
var kindWords = map[appliance.Kind]string{appliance.KindAccessPoint: "kind.accesspoint", appliance.KindOther: "kind.thing"}

// Kind is the word for a kind of device.
func (l *Lang) Kind(k appliance.Kind) string {
	if key, ok := kindWords[k]; ok {
		return l.T(key)
	}
	return l.T("kind." + string(k))
}
