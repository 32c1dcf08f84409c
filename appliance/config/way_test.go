package config

import (
	"testing"

	"siteward/appliance"
)

func TestValidateWay(t *testing.T) {
	others := []appliance.Device{{ID: 1, Name: "sw-core"}, {ID: 2, Name: "sw-2", Parents: []appliance.ID{1}}, {ID: 3, Name: "ap", Parents: []appliance.ID{2}}}
	if p := ValidateWay(appliance.Device{ID: 3, Name: "ap", Parents: []appliance.ID{1}}, others); len(p) != 0 {
		t.Errorf("a straight way: %v", p[0])
	}
	p := ValidateWay(appliance.Device{ID: 1, Name: "sw-core", Parents: []appliance.ID{3}}, others)
	if len(p) != 1 || p[0].Field != "parents" || p[0].Message.Args["chain"] != "ap → sw-2 → sw-core → ap" {
		t.Errorf("a circle: %v", p)
	}
}
