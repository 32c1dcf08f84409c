package ui

import (
	"sync"

	"siteward/appliance"
	"siteward/appliance/monitor"
)

// glance is the site at one glance, kept for as long as nothing changes.
type glance struct {
	mu         sync.Mutex
	made       bool
	generation uint64
	overview   monitor.Overview
}

// overview is what Start, Problems and the number in the navigation rest on.
func (s *Server) overview() monitor.Overview {
	generation := s.App.Generation() // before reading: what changes meanwhile is made anew next time
	s.glance.mu.Lock()
	defer s.glance.mu.Unlock()
	if s.glance.made && s.glance.generation == generation {
		return s.glance.overview
	}
	views, err := s.App.Devices(noContext)
	if err != nil {
		return monitor.Overview{}
	}
	states, err := s.App.States(noContext)
	if err != nil {
		return monitor.Overview{}
	}
	devices := make([]appliance.Device, 0, len(views))
	for _, v := range views {
		devices = append(devices, v.Device)
	}
	s.glance.overview = monitor.Summary(states, devices)
	s.glance.generation, s.glance.made = generation, true
	return s.glance.overview
}
