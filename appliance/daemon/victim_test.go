package daemon_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
)

const victimData = "SITEWARD_TEST_VICTIM"

// victim is what the test binary is when TestKillLosesNothing starts it: an appliance that tells its address.
func victim(data string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		var d *daemon.Daemon
		d, err = daemon.Open(context.Background(), daemon.Options{Data: data, Listener: l, PasswordCost: cheap, Store: store.Options{SkipVerify: true},
			Serving: func(url string) { fmt.Println("serving", url) }})
		if err == nil {
			err = d.RunAndClose(context.Background())
		}
	}
	fmt.Println("failed", err)
	os.Exit(1)
}

// process is a victim that runs.
type process struct {
	cmd *exec.Cmd
	url string
}

func startProcess(t *testing.T, data string) process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimData+"="+data)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "serving ")
	if err != nil || !ok {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("the process says %q, %v", line, err)
	}
	return process{cmd, address}
}

func (p process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	s.settle()
	token, err := s.NewToken(t.Context(), byTest, "torture", appliance.RoleAdministrator, time.Now().Add(time.Hour))
	if err != nil || s.Close() != nil {
		t.Fatal(err)
	}
	var acked []string
	for round := range 10 {
		p := startProcess(t, dir)
		names := make(chan string, 1000)
		stop := make(chan struct{})
		go addDevices(p.url, token, round, names, stop)
		until(t, "the first acknowledgement", func() bool { return len(names) > 0 })
		time.AfterFunc(time.Duration(7*round)*time.Millisecond, func() { _ = p.cmd.Process.Kill() })
		<-stop
		p.kill()
		for name := range names {
			acked = append(acked, name)
		}
	}
	began := time.Now()
	p := startProcess(t, dir)
	t.Logf("%d devices acknowledged over 10 kills, ready again after %s", len(acked), time.Since(began))
	p.kill()
	last, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	devices, _ := last.Devices(t.Context())
	there := map[string]bool{}
	for _, d := range devices {
		there[d.Name] = true
	}
	for _, name := range acked {
		if !there[name] {
			t.Errorf("%s was acknowledged and is lost", name)
		}
	}
	if report, err := last.Ops().Verify(t.Context()); err != nil || len(report.Damage) > 0 {
		t.Errorf("store after the kills: %v, %v", report.Damage, err)
	}
}

// addDevices adds one device after the other through the API until nobody answers any more, and tells those acknowledged.
func addDevices(base, token string, round int, names chan<- string, stop chan<- struct{}) {
	defer close(stop)
	defer close(names)
	client := &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for i := range cap(names) {
		name := fmt.Sprintf("device-%d-%d", round, i)
		body := fmt.Sprintf(`{"name":%q,"kind":"other","address":"192.0.2.7"}`, name)
		req, _ := http.NewRequest(http.MethodPost, base+access.APIPrefix+"/devices", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := client.Do(req)
		if err != nil {
			return
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
			panic(fmt.Sprint("adding a device: ", res.Status))
		}
		names <- name
	}
}

// move takes a browser's cookies to the address at which the appliance is after a restart.
func move(jar http.CookieJar, from, to string) http.CookieJar {
	a, _ := url.Parse(from)
	b, _ := url.Parse(to)
	moved, _ := cookiejar.New(nil)
	moved.SetCookies(b, jar.Cookies(a))
	return moved
}
