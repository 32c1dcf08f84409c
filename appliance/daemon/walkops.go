package daemon

import (
	"context"
	"strings"

	"siteward/appliance"
)

func (o ops) Walk(ctx context.Context, device string, r appliance.WalkRequest) (appliance.Walk, error) {
	id, err := o.d.deviceCalled(ctx, device)
	if err != nil {
		return appliance.Walk{}, err
	}
	return o.d.Walk(ctx, actor(ctx), id, r)
}

func (o ops) WalkRecording(ctx context.Context, id string, masked bool) ([]byte, error) {
	return o.d.WalkRecording(ctx, id, masked)
}

// deviceCalled finds a device by its name, its address or its number.
func (d *Daemon) deviceCalled(ctx context.Context, text string) (appliance.ID, error) {
	all, err := d.Devices(ctx)
	if err != nil {
		return 0, err
	}
	for _, v := range all {
		if strings.EqualFold(v.Name, text) {
			return v.ID, nil
		}
	}
	for _, v := range all {
		if v.Address == text || v.ID.String() == text {
			return v.ID, nil
		}
	}
	return 0, appliance.Errorf(appliance.CodeNotFound, "no device is called %q; siteward export lists them", text)
}
