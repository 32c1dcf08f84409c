package probes

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(netnsMarker) != "" {
		os.Exit(inside(m))
	}
	goleak.VerifyTestMain(m)
}
