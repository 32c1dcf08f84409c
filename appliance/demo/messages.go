package demo

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/eventlog"
	"siteward/embed"
)

// message is what a device sent, some minutes before now; several of one kind in a row are folded as the receiver does.
type message struct {
	ago         time.Duration
	host, app   string
	level       int
	text        string
	every       time.Duration // 0 = once
	times       int
	pid, source string
	fold        int // the same in a row
}

var messages = []message{
	{ago: 31 * time.Hour, host: "fw-1", source: "192.0.2.1", app: "sshd", level: 6, pid: "812", text: "Failed password for invalid user admin from 203.0.113.77 port 50122 ssh2", fold: 214},
	{ago: 29 * time.Hour, host: "srv-files", source: "192.0.2.12", app: "kernel", level: 3, text: "ata3.00: failed command: READ FPDMA QUEUED, I/O error on sector 118273"},
	{ago: 28 * time.Hour, host: "srv-praxis", source: "192.0.2.11", app: "CRON", level: 6, text: "(root) CMD (/usr/local/bin/dump-praxis)", every: time.Hour, times: 27},
	{ago: 26 * time.Hour, host: "nas-1", source: "192.0.2.20", app: "synobackup", level: 6, text: "[Local][Mailarchiv] Backup task finished successfully."},
	{ago: 22 * time.Hour, host: "sw-core", source: "192.0.2.2", app: "LINK", level: 5, text: "Interface Gi0/7 changed state to down", every: 3 * time.Hour, times: 6},
	{ago: 20 * time.Hour, host: "srv-praxis", source: "192.0.2.11", app: "systemd", level: 4, text: "praxis-sync.service: Main process exited, code=killed, status=9/KILL"},
	{ago: 9 * time.Hour, host: "srv-files", source: "192.0.2.12", app: "useradd", level: 6, text: "new user: name=scanner, UID=1014, GID=1014, home=/home/scanner, shell=/usr/sbin/nologin"},
	{ago: 2 * time.Hour, host: "ap-empfang", source: "192.0.2.31", app: "hostapd", level: 6, text: "wlan0: STA 5c:cf:7f:aa:01:02 associated", every: 11 * time.Minute, times: 9},
}

// told writes what devices sent in the last day and a half.
func (d *Demo) told(now time.Time) error {
	log, err := eventlog.Open(filepath.Join(d.dir, "events"), eventlog.Options{})
	if err != nil {
		return err
	}
	defer log.Close()
	rules, err := eventlog.LoadRules(embed.Rules)
	if err != nil {
		return err
	}
	var all []appliance.LogMessage
	for _, m := range messages {
		for n := range max(m.times, 1) {
			at := now.Add(-m.ago + time.Duration(n)*m.every)
			if at.After(now) {
				break
			}
			one := appliance.LogMessage{At: at, Stamp: at, Source: m.source, Via: "udp", Facility: 3, Level: m.level, Host: m.host, App: m.app, PID: m.pid, Text: m.text,
				Raw: fmt.Sprintf("<%d>%s %s %s: %s", 8*3+m.level, at.Format(time.Stamp), m.host, m.app, m.text), Count: uint64(max(m.fold, 1))}
			one.Rules = rules.Of(&one)
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b appliance.LogMessage) int { return a.At.Compare(b.At) })
	if err := log.Append(all); err != nil {
		return err
	}
	return log.Flush()
}
