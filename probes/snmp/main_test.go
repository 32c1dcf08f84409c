package snmp

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"siteward/appliance"
	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/mib"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The columns that a switch's page needs at every poll, in the order of the table.
var portColumns = []mib.OID{
	"1.3.6.1.2.1.2.2.1.7", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.2.2.1.9", "1.3.6.1.2.1.2.2.1.13", "1.3.6.1.2.1.2.2.1.14",
	"1.3.6.1.2.1.2.2.1.19", "1.3.6.1.2.1.2.2.1.20", "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.7",
	"1.3.6.1.2.1.31.1.1.1.8", "1.3.6.1.2.1.31.1.1.1.9", "1.3.6.1.2.1.31.1.1.1.10", "1.3.6.1.2.1.31.1.1.1.11",
	"1.3.6.1.2.1.31.1.1.1.12", "1.3.6.1.2.1.31.1.1.1.13", "1.3.6.1.2.1.31.1.1.1.15",
}

const ports = 52

// switchRecording is a switch with all of ifTable and ifXTable, like the one of the benchmarks' fleet.
func switchRecording(name string) *agent.Recording {
	lines := []string{
		"1.3.6.1.2.1.1.1.0|4|Example Switch 48G 4X, firmware 7.2.1", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1.1",
		"1.3.6.1.2.1.1.3.0|67|36000000", "1.3.6.1.2.1.1.4.0|4|it@example.org", "1.3.6.1.2.1.1.5.0|4|" + name,
		"1.3.6.1.2.1.1.6.0|4|Rack 1", "1.3.6.1.2.1.1.7.0|2|72", "1.3.6.1.2.1.2.1.0|2|52",
	}
	for row := 1; row <= ports; row++ {
		add := func(table string, column, tag int, value any) {
			lines = append(lines, fmt.Sprintf("1.3.6.1.2.1.%s.%d.%d|%d|%v", table, column, row, tag, value))
		}
		add("2.2.1", 1, 2, row)
		add("2.2.1", 2, 4, fmt.Sprintf("GigabitEthernet1/0/%d", row))
		for column, v := range map[int]int{3: 6, 4: 1500, 7: 1, 8: 1 + row%2} {
			add("2.2.1", column, 2, v)
		}
		add("2.2.1", 5, 66, 1000000000)
		add("2.2.1", 6, 4, "\x02abcde"[1:]+"f")
		add("2.2.1", 9, 67, row*1234)
		for column := 10; column <= 20; column++ {
			add("2.2.1", column, 65, row*column*[]int{1, 1, 1, 1000003}[column%4])
		}
		add("2.2.1", 21, 66, 0)
		add("2.2.1", 22, 6, "0.0")
		add("31.1.1.1", 1, 4, fmt.Sprintf("Gi1/0/%d", row))
		for column := 2; column <= 5; column++ {
			add("31.1.1.1", column, 65, row*column*9)
		}
		for column := 6; column <= 13; column++ {
			add("31.1.1.1", column, 70, uint64(row)*uint64(column)*[]uint64{987654321, 1234567, 12345, 123}[column%4])
		}
		for column, v := range map[int]int{14: 1, 16: 2, 17: 1} {
			add("31.1.1.1", column, 2, v)
		}
		add("31.1.1.1", 15, 66, 1000)
		add("31.1.1.1", 18, 4, fmt.Sprintf("Room %d", 100+row))
		add("31.1.1.1", 19, 67, 0)
	}
	return agent.MustParse(name, strings.Join(lines, "\n")+"\n")
}

// portInstances are the 832 instances of the polled columns, row after row.
func portInstances() []mib.OID {
	var out []mib.OID
	for row := 1; row <= ports; row++ {
		for _, c := range portColumns {
			out = append(out, mib.OID(fmt.Sprintf("%s.%d", c, row)))
		}
	}
	return out
}

func mustStart(tb testing.TB, o agent.Options, recordings ...*agent.Recording) *agent.Running {
	tb.Helper()
	a, err := agent.Start("127.0.0.1:0", o, recordings...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(a.Close)
	return a
}

func target(port int, credential appliance.Credential) Target {
	credential.Name = "test"
	return Target{
		Check:      appliance.Check{ID: 1, Probe: appliance.ProbeSNMP, SNMP: &appliance.SNMPSettings{Port: port}},
		Device:     appliance.Device{ID: 1, Name: "dut", Address: "127.0.0.1"},
		Credential: &credential,
	}
}

func community(version, name string) appliance.Credential {
	return appliance.Credential{SNMPVersion: version, Community: appliance.Secret{Value: name}}
}

// testLog keeps lines and shows them when the test fails.
type testLog struct {
	tb    testing.TB
	mu    sync.Mutex
	lines []string
}

func (l *testLog) Printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (l *testLog) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(strings.Join(l.lines, "\n"), text)
}

func newLog(tb testing.TB) *testLog {
	l := &testLog{tb: tb}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("run log:\n%s", strings.Join(l.lines, "\n"))
		}
	})
	return l
}

func within(tb testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(tb.Context(), d)
	tb.Cleanup(cancel)
	return ctx
}

// mustOpen gives an asker that remembers within the test.
func mustOpen(tb testing.TB, ctx context.Context, t Target, log Log) mib.Asker {
	tb.Helper()
	ask, done, err := New(nil, Options{Sessions: 4}).Open(ctx, t, log)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(done)
	return ask
}

func contains(b, part []byte) bool { return bytes.Contains(b, part) }

// cancelled gives a context that is cancelled after d, without a deadline of that length.
func cancelled(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(d, cancel)
	return ctx, func() { timer.Stop(); cancel() }
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}

func newQuietLog() Log { return quietLog{} }
