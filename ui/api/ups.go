package api

import (
	"context"
	"time"

	"siteward/appliance"
)

// UPS is one UPS with what is known of it now.
type UPS struct {
	Device      ID                   `json:"device"`
	Name        string               `json:"name"`
	Place       string               `json:"place,omitempty"`
	Product     string               `json:"product,omitempty"`
	State       string               `json:"state" enum:"ok,paused,maintenance,nodata,warning,critical"`
	Told        bool                 `json:"told" doc:"The truth is of the last reading; else nothing is known now."`
	Truth       appliance.UPSTruth   `json:"truth"`
	Care        appliance.UPSCare    `json:"care" doc:"What people entered."`
	BatteryDate string               `json:"battery_date,omitempty"`
	ReplaceBy   string               `json:"replace_by,omitempty"`
	LastTest    *appliance.UPSTested `json:"last_test,omitempty"`
	TestDue     *time.Time           `json:"test_due,omitempty"`
	LastOutage  *appliance.UPSOutage `json:"last_outage,omitempty"`
}

type (
	upsList struct {
		Body struct {
			Items []UPS `json:"items" nullable:"false"`
		}
	}
	upsFilter struct {
		Device ID        `query:"device"`
		Since  time.Time `query:"since" doc:"RFC 3339."`
		Before time.Time `query:"before" doc:"RFC 3339: the next page ends before the last one's oldest."`
		Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	}
	outageList struct {
		Body struct {
			Items []appliance.UPSOutage `json:"items" nullable:"false"`
		}
	}
	upsEventList struct {
		Body struct {
			Items []appliance.UPSEvent `json:"items" nullable:"false"`
		}
	}
)

func (f upsFilter) filter() appliance.UPSFilter {
	return appliance.UPSFilter{Device: f.Device, Since: f.Since, Before: f.Before, Limit: f.Limit}
}

func (a *API) upsRoutes() {
	register(a, operation("GET", "/ups", "listUPSes", "List UPSes as they stand"), a.listUPSes)
	register(a, operation("GET", "/ups/outages", "listOutages", "List times on battery, newest first"), a.listOutages)
	register(a, operation("GET", "/ups/events", "listUPSEvents", "List events of UPSes, newest first"), a.listUPSEvents)
}

func (a *API) listUPSes(ctx context.Context, _ *struct{}) (*upsList, error) {
	all, err := a.app.UPSes(ctx)
	if err != nil {
		return nil, a.fail("listUPSes", err)
	}
	out := &upsList{}
	out.Body.Items = mapped(all, func(u appliance.UPSView) UPS {
		return UPS{Device: u.Device, Name: u.Name, Place: u.Place, Product: u.Product, State: u.State.String(), Told: u.Told, Truth: u.Truth, Care: u.Care,
			BatteryDate: u.BatteryDate, ReplaceBy: u.ReplaceBy, LastTest: u.LastTest, TestDue: when(u.TestDue), LastOutage: u.LastOutage}
	})
	return out, nil
}

func (a *API) listOutages(ctx context.Context, in *upsFilter) (*outageList, error) {
	all, err := a.app.UPSOutages(ctx, in.filter())
	if err != nil {
		return nil, a.fail("listOutages", err)
	}
	out := &outageList{}
	out.Body.Items = append([]appliance.UPSOutage{}, all...)
	return out, nil
}

func (a *API) listUPSEvents(ctx context.Context, in *upsFilter) (*upsEventList, error) {
	all, err := a.app.UPSEvents(ctx, in.filter())
	if err != nil {
		return nil, a.fail("listUPSEvents", err)
	}
	out := &upsEventList{}
	out.Body.Items = append([]appliance.UPSEvent{}, all...)
	return out, nil
}
