package api

import (
	"context"
	"net/http"

	"siteward/appliance"
	"siteward/central"
)

// AlarmPath names an open alarm in an address.
type AlarmPath struct {
	Kind string `path:"kind" enum:"silent,overdue,ours,logbook,forged,lost"`
	Site string `path:"site" maxLength:"48" doc:"id of the site; - for the alarm about many"`
}

// everywhere stands in the address of an alarm that is about no single site.
const everywhere = "-"

// alarmSite gives the site of an alarm in an address, none for the one about many, which is for those who see every site.
func (a *API) alarmSite(ctx context.Context, in *AlarmPath) (central.SiteID, error) {
	if in.Site == everywhere && in.Kind == string(central.AlarmOurs) && len(by(ctx).Groups) == 0 {
		return "", nil
	}
	_, err := a.row(ctx, in.Site)
	return central.SiteID(in.Site), err
}

// alarms adds what is wrong with sites.
func (a *API) alarms() {
	chosen := func(ctx context.Context, all []central.Alarm, err error) (*list[central.Alarm], error) {
		var out []central.Alarm
		for _, v := range all {
			if v.Site == "" && len(by(ctx).Groups) == 0 || v.Site != "" && by(ctx).sees(v.Group) {
				out = append(out, v)
			}
		}
		return listOf(out), err
	}
	operation(a, http.MethodGet, "/alarms", "list-alarms", "Alarms that are open", false, func(ctx context.Context, _ *struct{}) (*list[central.Alarm], error) {
		all, err := central.Alarms.List(ctx, a.store, central.RecordRange{Limit: 10_000})
		return chosen(ctx, all, err)
	})
	operation(a, http.MethodGet, "/alarms/past", "list-past-alarms", "Alarms that are over, newest first", false, func(ctx context.Context, in *struct {
		Limit int `query:"limit" minimum:"0" maximum:"1000"`
	}) (*list[central.Alarm], error) {
		all, err := central.PastAlarms.List(ctx, a.store, central.RecordRange{Reverse: true, Limit: in.Limit})
		return chosen(ctx, all, err)
	})
	operation(a, http.MethodPost, "/alarms/{kind}/{site}/acknowledge", "acknowledge-alarm", "Say that somebody takes care", false, func(ctx context.Context, in *struct {
		AlarmPath
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"500"`
		}
	}) (*one[central.Alarm], error) {
		site, err := a.alarmSite(ctx, &in.AlarmPath)
		if err != nil {
			return nil, err
		}
		key := central.AlarmKey(central.AlarmKind(in.Kind), site)
		v, version, err := central.Alarms.Find(ctx, a.store, key)
		if err != nil {
			return nil, err
		}
		v.Ack = &appliance.Ack{By: by(ctx).Name, Reason: in.Body.Reason, At: a.now()}
		return &one[central.Alarm]{v}, central.Alarms.Put(ctx, a.store, key, v, version)
	})
	operation(a, http.MethodPost, "/alarms/{kind}/{site}/close", "close-alarm", "Close an alarm that does not end by itself", false, func(ctx context.Context, in *AlarmPath) (*none, error) {
		if _, err := a.row(ctx, in.Site); err != nil {
			return nil, err
		}
		return &none{}, a.store.Take(ctx, central.SiteID(in.Site), func(t *central.Taking) error {
			return central.CloseAlarm(t, central.AlarmKind(in.Kind), a.now())
		})
	})
}
