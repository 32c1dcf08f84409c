package daemon

import (
	"context"

	"siteward/appliance"
)

func (o ops) Windows(ctx context.Context) ([]appliance.WindowView, error) { return o.d.Windows(ctx) }

func (o ops) BeginWindow(ctx context.Context, w appliance.Window, devices []string) (appliance.Window, error) {
	for _, name := range devices {
		id := o.d.deviceNamed(name)
		if id == 0 {
			return w, appliance.Errorf(appliance.CodeNotFound, "there is no device %q; name it as the page Devices does", name)
		}
		w.Devices = append(w.Devices, id)
	}
	err := o.d.BeginWindow(ctx, actor(ctx), &w)
	return w, err
}

func (o ops) EndWindow(ctx context.Context, id appliance.ID, note string) (appliance.WindowView, error) {
	if id == 0 {
		all, err := o.d.Windows(ctx)
		if err != nil {
			return appliance.WindowView{}, err
		}
		for _, v := range all {
			switch {
			case v.Run == nil:
			case id != 0:
				return v, appliance.Errorf(appliance.CodeConflict, "several windows run; name one by its number, siteward window list shows them")
			default:
				id = v.ID
			}
		}
		if id == 0 {
			return appliance.WindowView{}, appliance.Errorf(appliance.CodeNotFound, "no window runs")
		}
	}
	if err := o.d.EndWindow(ctx, actor(ctx), id, note); err != nil {
		return appliance.WindowView{}, err
	}
	return o.d.Window(ctx, id)
}
