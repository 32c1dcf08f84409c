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
	glimpse
}

// glimpse is what a glance shows.
type glimpse struct {
	overview monitor.Overview
	unstored appliance.Message // why nothing is stored, empty while everything is
}

// overview is what Start, Problems and the number in the navigation rest on.
func (s *Server) overview() monitor.Overview { return s.look().overview }

// look is the glance as it stands now. What cannot be read leaves it empty.
func (s *Server) look() glimpse {
	generation := s.App.Generation() // before reading: what changes meanwhile is made anew next time
	s.glance.mu.Lock()
	defer s.glance.mu.Unlock()
	if s.glance.made && s.glance.generation == generation {
		return s.glance.glimpse
	}
	views, err := s.App.Devices(noContext)
	if err != nil {
		return glimpse{}
	}
	states, err := s.App.States(noContext)
	if err != nil {
		return glimpse{}
	}
	devices := make([]appliance.Device, 0, len(views))
	for _, v := range views {
		devices = append(devices, v.Device)
	}
	s.glance.glimpse = glimpse{overview: monitor.Summary(states, devices)}
	if h := s.App.Health(noContext); h.Store.ReadOnly {
		s.glance.unstored = h.Store.Why
	}
	s.glance.generation, s.glance.made = generation, true
	return s.glance.glimpse
}
