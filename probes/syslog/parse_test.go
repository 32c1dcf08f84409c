package syslog_test

import (
	"testing"
	"time"

	"siteward/probes/syslog"
)

var now = time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC)

func TestMessagesAsDevicesSendThem(t *testing.T) {
	day := func(h, m, s, ms int) time.Time { return time.Date(2026, 11, 28, h, m, s, ms*1e6, time.UTC) }
	for _, c := range []struct {
		name, raw                   string
		facility, level             int
		stamp                       time.Time
		host, app, pid, msgid, text string
	}{
		{"RFC 5424", `<165>1 2026-11-28T21:00:00.003Z web1 evntslog 812 ID47 [ex@32473 a="]\"x"] An event`, 20, 5, day(21, 0, 0, 3), "web1", "evntslog", "812", "ID47", "An event"},
		{"RFC 5424 without anything", "<34>1 - - - - - -", 4, 2, time.Time{}, "", "", "", "", ""},
		{"RFC 3164", "<34>Nov 28 21:00:01 mail1 su[77]: 'su root' failed", 4, 2, day(21, 0, 1, 0), "mail1", "su", "77", "", "'su root' failed"},
		{"one digit day", "<13>Nov  8 21:00:01 mail1 cron: x", 1, 5, time.Date(2026, 11, 8, 21, 0, 1, 0, time.UTC), "mail1", "cron", "", "", "x"},
		{"Cisco IOS", "<189>45: *Nov 28 21:00:02.123 UTC: %SYS-5-CONFIG_I: Configured from console", 23, 5, day(21, 0, 2, 123), "", "SYS", "", "SYS-5-CONFIG_I", "%SYS-5-CONFIG_I: Configured from console"},
		{"Cisco IOS with its name", "<189>sw1: 000046: Nov 28 21:00:02: %LINK-3-UPDOWN: Interface down", 23, 5, day(21, 0, 2, 0), "sw1", "LINK", "", "LINK-3-UPDOWN", "%LINK-3-UPDOWN: Interface down"},
		{"Cisco ASA", "<166>Nov 28 2026 21:00:03 fw1 : %ASA-6-302013: Built outbound TCP", 20, 6, day(21, 0, 3, 0), "fw1", "ASA", "", "ASA-6-302013", "%ASA-6-302013: Built outbound TCP"},
		{"Cisco ASA without host", "<166>Nov 28 2026 21:00:03: %ASA-6-302013: Built", 20, 6, day(21, 0, 3, 0), "", "ASA", "", "ASA-6-302013", "%ASA-6-302013: Built"},
		{"ESXi", "<166>2026-11-28T21:00:04.500Z esx1 Hostd: info hostd[2099] task done", 20, 6, day(21, 0, 4, 500), "esx1", "Hostd", "", "", "info hostd[2099] task done"},
		{"Meraki", "<134>1 1795899605.25 MX84 events type=vpn_connectivity_change", 16, 6, time.Unix(1795899605, 250000000), "MX84", "events", "", "", "events type=vpn_connectivity_change"},
		{"MikroTik", "<30>system,info,account user admin logged in from 192.0.2.9 via winbox", 3, 6, time.Time{}, "", "system,info,account", "", "", "user admin logged in from 192.0.2.9 via winbox"},
		{"MikroTik with stamp", "<30>Nov 28 21:00:05 router system,info router rebooted", 3, 6, day(21, 0, 5, 0), "router", "system,info", "", "", "router rebooted"},
		{"Synology", "<11>Nov 28 21:00:06 nas1 Connection: User [admin] failed to sign in", 1, 3, day(21, 0, 6, 0), "nas1", "Connection", "", "", "User [admin] failed to sign in"},
		{"last year", "<13>Dec 31 23:59:59 a b: c", 1, 5, time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC), "a", "b", "", "", "c"},
		{"no priority", "hello world", -1, -1, time.Time{}, "", "", "", "", "hello world"},
		{"impossible priority", "<999>x y", -1, -1, time.Time{}, "", "", "", "", "<999>x y"},
		{"Latin-1", "<13>Nov 28 21:00:07 nas2 x: T\xfcr", 1, 5, day(21, 0, 7, 0), "nas2", "x", "", "", "Tür"},
		{"empty", "", -1, -1, time.Time{}, "", "", "", "", ""},
	} {
		m := syslog.Parse([]byte(c.raw), now, time.UTC)
		if m.Facility != c.facility || m.Level != c.level || !m.Stamp.Equal(c.stamp) || m.Host != c.host || m.App != c.app || m.PID != c.pid || m.MsgID != c.msgid || m.Text != c.text {
			t.Errorf("%s:\n%+v", c.name, m)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"<34>Nov 28 21:00:01 mail1 su[77]: x", "<165>1 2026-11-28T21:00:00.003Z h a p m [x y=\"]\"] t", "<189>45: *Nov 28 21:00:02.123 UTC: %SYS-5-CONFIG_I: c",
		"<134>1 1795899605.25 MX84 events", "Nov", "<1>1 ", "2026-11-28T21:00:00,5"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := syslog.Parse(b, now, time.UTC)
		if len(m.Text) > len(m.Raw) {
			t.Errorf("the text is longer than the message: %q", b)
		}
	})
}
