package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// exporter is a running snmp_exporter.
type exporter struct {
	*process
	url   string
	query string // what is asked for besides the target
}

// startExporter starts snmp_exporter with the module if_mib as its makers generate it: a walk of interfaces and
// ifXTable, each row labelled with ifAlias, ifDescr and ifName. nil when it is not installed.
func (e *env) startExporter(ctx context.Context) (*exporter, error) {
	path, ok := find("snmp_exporter", "prometheus-snmp-exporter")
	if !ok {
		return nil, nil
	}
	version, err := e.command(ctx, e.dir, nil, "", path, "--version")
	if err != nil {
		return nil, err
	}
	x := &exporter{query: "module=if_mib&"}
	config := "if_mib:\n" + indent(ifMIB()+"version: 2\nauth: {community: "+community+"}\n")
	if authsApart(version) {
		config = "auths:\n  fleet: {version: 2, community: " + community + "}\nmodules:\n  if_mib:\n" + indent(indent(ifMIB()))
		x.query += "auth=fleet&"
	}
	file, err := e.file("snmp.yml", config)
	if err != nil {
		return nil, err
	}
	listen, err := freePort()
	if err != nil {
		return nil, err
	}
	x.url = "http://" + listen
	if x.process, err = e.start("snmp_exporter", nil, path, "--config.file="+file, "--web.listen-address="+listen); err != nil {
		return nil, err
	}
	if err := x.ready(ctx, x.url+"/"); err != nil {
		x.stop()
		return nil, err
	}
	return x, nil
}

// authsApart tells the configuration since version 0.23, where credentials stand beside the modules.
func authsApart(version string) bool {
	m := regexp.MustCompile(`version 0\.(\d+)\.`).FindStringSubmatch(version)
	return m == nil || len(m[1]) > 2 || m[1] >= "23"
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}

// types of SNMP as snmp_exporter calls them.
var exporterTypes = map[int]string{2: "gauge", 4: "DisplayString", 6: "OctetString", 65: "counter", 66: "gauge", 67: "gauge", 70: "counter"}

func ifMIB() string {
	var b strings.Builder
	b.WriteString("walk: [1.3.6.1.2.1.2, 1.3.6.1.2.1.31.1.1]\nget: [1.3.6.1.2.1.1.3.0]\nmax_repetitions: 25\nmetrics:\n")
	b.WriteString("- {name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: x}\n- {name: ifNumber, oid: 1.3.6.1.2.1.2.1, type: gauge, help: x}\n")
	lookups := ""
	for name, oid := range map[string]string{"ifAlias": "31.1.1.1.18", "ifDescr": "2.2.1.2", "ifName": "31.1.1.1.1"} {
		lookups += fmt.Sprintf("  - {labels: [ifIndex], labelname: %s, oid: 1.3.6.1.2.1.%s, type: DisplayString}\n", name, oid)
	}
	for table, columns := range map[string][]column{"2.2.1": ifTable, "31.1.1.1": ifXTable} {
		for _, c := range columns {
			fmt.Fprintf(&b, "- name: if_%s_%d\n  oid: 1.3.6.1.2.1.%s.%d\n  type: %s\n  help: x\n  indexes: [{labelname: ifIndex, type: gauge}]\n  lookups:\n%s",
				strings.ReplaceAll(table, ".", "_"), c.number, table, c.number, exporterTypes[c.tag], lookups)
		}
	}
	return b.String()
}

// scrape lets the exporter poll one device.
func (x *exporter) scrape(ctx context.Context, target string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.url+"/snmp?"+x.query+"target="+target, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || len(b) < 100*switchPorts) {
		err = fmt.Errorf("snmp_exporter answers %s with %d bytes: %s", resp.Status, len(b), b[:min(len(b), 500)])
	}
	return err
}
