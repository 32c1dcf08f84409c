package api

import (
	"context"
	"time"

	"siteward/appliance"
)

func (f *fake) Incidents(context.Context, appliance.IncidentFilter) ([]appliance.Incident, error) {
	return []appliance.Incident{{ID: 7, Kind: appliance.IncidentState, Name: "sw-core"}}, nil
}

func (f *fake) Incident(_ context.Context, id appliance.ID) (appliance.Incident, error) {
	if id != 7 {
		return appliance.Incident{}, appliance.ErrNotFound
	}
	return appliance.Incident{ID: 7}, nil
}

func (f *fake) AcknowledgeIncident(context.Context, appliance.Actor, appliance.ID, string, time.Time) error {
	return nil
}
func (f *fake) UnacknowledgeIncident(context.Context, appliance.Actor, appliance.ID) error {
	return nil
}
func (f *fake) SnoozeIncident(context.Context, appliance.Actor, appliance.ID, time.Time) error {
	return nil
}
func (f *fake) NoteIncident(context.Context, appliance.Actor, appliance.ID, string) error { return nil }
func (f *fake) Deliveries(context.Context, appliance.DeliveryFilter) ([]appliance.Delivery, error) {
	return []appliance.Delivery{{Notice: 1, Name: "Mara", State: appliance.DeliveryDelivered}}, nil
}
