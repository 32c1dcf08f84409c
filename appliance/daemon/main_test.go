package daemon_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if data := os.Getenv(victimData); data != "" {
		victim(data)
		return
	}
	if data := os.Getenv(readerData); data != "" {
		reader(data, os.Getenv(readerLogs))
		return
	}
	goleak.VerifyTestMain(m)
}
