package ui

import (
	"context"
	"strings"

	"siteward/appliance/discovery"
	"siteward/ui/view"
)

// twins say that another device which is kept tells the same serial number: one of the two is too many, or a copy.
func (s *Server) twins(ctx context.Context, d *subject) []view.DeviceNote {
	serial := discovery.UsableSerial(d.Identity.Serial)
	if serial == "" || !d.technical {
		return nil
	}
	views, err := s.App.Devices(ctx)
	if err != nil {
		return nil
	}
	for _, v := range views {
		if v.ID == d.ID || !strings.EqualFold(strings.TrimSpace(v.Identity.Serial), serial) || !strings.EqualFold(v.Identity.Vendor, d.Identity.Vendor) {
			continue
		}
		return []view.DeviceNote{{Note: view.Note{Level: "warning", Title: d.l.T("device.twin_title", "name", v.Name),
			Text: d.l.T("device.twin_text", "serial", serial), Href: "/devices/" + v.ID.String(), Link: d.l.T("device.twin_link", "name", v.Name)}}}
	}
	return nil
}
