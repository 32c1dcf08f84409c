package ui

import (
	"sync"

	"siteward/ui/view"
)

// maxLists bounds the memory of prepared lists; each filter is one of its own.
const maxLists = 64

// deviceLists are lists of devices as they were made for a language, a role and an address, as long as nothing changes. Nothing
// in them belongs to one person.
type deviceLists struct {
	mu    sync.Mutex
	stamp string
	pages map[string]view.Devices
}

func (d *deviceLists) get(key, stamp string) (view.Devices, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stamp != stamp {
		return view.Devices{}, false
	}
	page, ok := d.pages[key]
	return page, ok
}

func (d *deviceLists) put(key, stamp string, page view.Devices) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stamp != stamp || len(d.pages) >= maxLists {
		d.stamp, d.pages = stamp, map[string]view.Devices{}
	}
	d.pages[key] = page
}
