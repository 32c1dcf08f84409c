package daemon

import (
	"context"
	"io"
	"strings"

	"siteward/appliance"
	"siteward/appliance/control"
)

func (o ops) Logbook(ctx context.Context, kinds []appliance.LogbookKind, limit int) ([]control.LogbookLine, error) {
	entries, err := o.d.LogbookEntries(ctx, appliance.LogbookFilter{Kinds: kinds, Limit: limit})
	out := make([]control.LogbookLine, 0, len(entries))
	for _, e := range entries {
		l := control.LogbookLine{LogbookEntry: e}
		for _, id := range e.Devices {
			name := id.String()
			if dev, ok := o.d.live.device(id); ok {
				name = dev.Name
			}
			l.DeviceNames = append(l.DeviceNames, name)
		}
		out = append(out, l)
	}
	return out, err
}

func (o ops) AddLogbook(ctx context.Context, e appliance.LogbookEntry, devices []string) (appliance.LogbookEntry, error) {
	for _, name := range devices {
		id := o.d.deviceNamed(name)
		if id == 0 {
			return e, appliance.Errorf(appliance.CodeNotFound, "there is no device %q; name it as the page Devices does", name)
		}
		e.Devices = append(e.Devices, id)
	}
	return o.d.AppendLogbook(ctx, actor(ctx), e)
}

// deviceNamed finds a device by its name in any case, 0 when there is none.
func (d *Daemon) deviceNamed(name string) appliance.ID {
	for _, v := range d.live.deviceViews() {
		if strings.EqualFold(v.Name, name) {
			return v.ID
		}
	}
	return 0
}

func (o ops) ExportLogbook(ctx context.Context, w io.Writer) error {
	return o.d.ExportLogbook(ctx, actor(ctx), w)
}

func (o ops) VerifyLogbook(ctx context.Context) (appliance.LogbookReport, error) {
	return o.d.store.VerifyLogbook(ctx)
}
