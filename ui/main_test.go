package ui_test

import (
	"testing"

	"siteward/ui/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }
