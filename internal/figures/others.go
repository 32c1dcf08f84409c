package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// others are the programs that do together what siteward does at a small site.
type others []*process

// startOthers starts snmp_exporter and blackbox_exporter and a Prometheus for each, which has them poll the site. nil
// when one of them is not installed.
func (e *env) startOthers(ctx context.Context, switches, pings, port int) (others, error) {
	prometheus, ok := find("prometheus")
	if !ok {
		return nil, nil
	}
	x, err := e.startExporter(ctx)
	if err != nil || x == nil {
		return nil, err
	}
	all := others{x.process}
	blackbox, url, err := e.startBlackbox(ctx)
	if err != nil || blackbox == nil {
		all.stop()
		return nil, err
	}
	all = append(all, blackbox)
	params := "module: [if_mib]"
	if strings.Contains(x.query, "auth=") {
		params += ", auth: [fleet]"
	}
	probe, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	for _, c := range []struct{ name, path, params, address, first, port string }{
		{"snmp", "/snmp", params, strings.TrimPrefix(x.url, "http://"), exporterFirst, fmt.Sprintf(":%d", port)},
		{"ping", "/probe", "module: [icmp]", probe, pingFirst, ""},
	} {
		n := switches
		if c.name == "ping" {
			n = pings
		}
		p, err := e.startPrometheus(ctx, prometheus, scrapeConfig(c.path, c.params, c.address, c.first, c.port, n))
		if err != nil {
			all.stop()
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func scrapeConfig(path, params, address, first, port string, n int) string {
	var targets []string
	for i := range n {
		targets = append(targets, `"`+following(first, i)+port+`"`)
	}
	return fmt.Sprintf(`global: {scrape_interval: 60s, scrape_timeout: 30s}
scrape_configs:
- job_name: site
  metrics_path: %s
  params: {%s}
  static_configs: [{targets: [%s]}]
  relabel_configs:
  - {source_labels: [__address__], target_label: __param_target}
  - {source_labels: [__param_target], target_label: instance}
  - {target_label: __address__, replacement: "%s"}
`, path, params, strings.Join(targets, ", "), address)
}

func (e *env) startPrometheus(ctx context.Context, path, config string) (*process, error) {
	file, err := e.file("prometheus.yml", config)
	if err != nil {
		return nil, err
	}
	listen, err := freePort()
	if err != nil {
		return nil, err
	}
	data, err := e.folder("prometheus")
	if err != nil {
		return nil, err
	}
	p, err := e.start("prometheus", nil, path, "--config.file="+file, "--storage.tsdb.path="+data, "--web.listen-address="+listen)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx, "http://"+listen+"/-/ready"); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (o others) stop() {
	for _, p := range o {
		p.stop()
	}
}

// startZabbix starts a Zabbix proxy with a store of its own that has nothing to do. nil when it is not installed.
func (e *env) startZabbix() (*process, error) {
	path, ok := find("zabbix_proxy")
	if !ok {
		if path, ok = find("/usr/sbin/zabbix_proxy"); !ok {
			return nil, nil
		}
	}
	dir, err := e.folder("zabbix")
	if err != nil {
		return nil, err
	}
	port, err := lowPort()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "proxy.conf")
	config := fmt.Sprintf("ProxyMode=1\nServer=127.0.0.1\nHostname=figures\nDBName=%[1]s/proxy.db\nListenPort=%[2]d\nListenIP=127.0.0.1\nLogType=file\n"+
		"LogFile=%[1]s/log\nPidFile=%[1]s/pid\nSocketDir=%[1]s\nAllowRoot=1\n", dir, port)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return e.start("zabbix_proxy", nil, path, "-f", "-c", file)
}

// lowPort is a free port below those that the system gives out: Zabbix takes none above 32767.
func lowPort() (port int, err error) {
	for port = 20000; port < 32767; port++ {
		l, busy := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if busy == nil {
			return port, l.Close()
		}
		err = busy
	}
	return 0, err
}

// family is a process and those it started.
func (p *process) family() ([]*process, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var all []*process
	for _, file := range stats {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended meanwhile
		}
		stat := string(b)
		f := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
		if len(f) > 2 && f[2] == fmt.Sprint(p.cmd.Process.Pid) { // its process group
			var pid int
			if _, err := fmt.Sscan(stat, &pid); err != nil {
				return nil, err
			}
			member := *p
			member.pid = pid
			all = append(all, &member)
		}
	}
	return all, p.alive()
}

// minute is the CPU and the memory of several processes over a while.
type minute struct {
	cpu      float64 // seconds a minute
	pss, rss float64 // MB at the end
}

func sumCPU(all []*process) (sum float64, err error) {
	for _, p := range all {
		v, err := p.cpu()
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum, nil
}

// watch measures several groups of processes over the same time.
func watch(ctx context.Context, d time.Duration, groups map[string][]*process) (map[string]minute, error) {
	before := map[string]float64{}
	for name, all := range groups {
		v, err := sumCPU(all)
		if err != nil {
			return nil, err
		}
		before[name] = v
	}
	if err := wait(ctx, d); err != nil {
		return nil, err
	}
	out := map[string]minute{}
	for name, all := range groups {
		after, err := sumCPU(all)
		if err != nil {
			return nil, err
		}
		m := minute{cpu: (after - before[name]) / d.Minutes()}
		for _, p := range all {
			pss, err := p.pss()
			if err != nil {
				return nil, err
			}
			rss, err := p.rss()
			if err != nil {
				return nil, err
			}
			m.pss, m.rss = m.pss+pss, m.rss+rss
		}
		out[name] = m
	}
	return out, nil
}
