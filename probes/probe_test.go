package probes

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"siteward/appliance"
)

func TestGuardFillsTheFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ask := Guard(func(ctx context.Context, _ Target, log *Log) appliance.Reading {
			log.Printf("waiting")
			<-ctx.Done()
			return Failed(&appliance.Failure{Reason: appliance.ReasonTimeout})
		}, slog.Default())
		r := ask(t.Context(), Target{Check: appliance.Check{ID: 7, Timeout: appliance.Duration(3 * time.Second)}}, nil)
		if r.Check != 7 || !r.At.Equal(began) || r.Took != 3*time.Second || len(r.Log) != 1 {
			t.Errorf("reading = %+v", r)
		}
	})
}

func TestGuardTurnsPanicIntoOurFault(t *testing.T) {
	var out bytes.Buffer
	ask := Guard(func(context.Context, Target, *Log) appliance.Reading { panic("index out of range") }, slog.New(slog.NewTextHandler(&out, nil)))
	r := ask(t.Context(), Target{Check: appliance.Check{ID: 7}}, NewLog(time.Now()))
	if r.Failure == nil || !r.Failure.Ours || r.Failure.Reason != appliance.ReasonSetup {
		t.Errorf("failure = %+v, want our own", r.Failure)
	}
	if !strings.Contains(out.String(), "index out of range") {
		t.Errorf("the panic is not in the appliance's log: %s", out.String())
	}
}

func TestMapWithoutProbe(t *testing.T) {
	r := Map{}.Run(t.Context(), Target{Check: appliance.Check{ID: 3, Probe: "gopher"}})
	if r.Check != 3 || r.Failure == nil || !r.Failure.Ours {
		t.Errorf("reading = %+v", r)
	}
}
