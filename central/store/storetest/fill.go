package storetest

import (
	"context"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/central"
)

// Fill adds sites that report, for measurements. It gives their ids.
func Fill(ctx context.Context, s central.Store, n int, now time.Time) (ids []central.SiteID, err error) {
	for i := range n {
		v := central.Site{ID: central.NewSiteID(), Name: fmt.Sprintf("site %05d", i), Group: appliance.ID(i % 50), Added: now}
		if err := s.PutSite(ctx, &v); err != nil {
			return nil, err
		}
		ids = append(ids, v.ID)
	}
	return ids, nil
}
