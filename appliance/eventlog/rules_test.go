package eventlog_test

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance/eventlog"
	"siteward/embed"
	"siteward/probes/syslog"
)

func TestRulesKnowWhatProductsSay(t *testing.T) {
	rules, err := eventlog.LoadRules(embed.Rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ raw, want string }{
		{"<38>Nov 28 21:00:00 srv sshd[77]: Failed password for invalid user admin from 192.0.2.9 port 4711 ssh2", "signin_failed"},
		{"<11>Nov 28 21:00:06 nas1 Connection: User [admin] from [192.0.2.9] failed to sign in to [DSM] via [password] due to authorization failure.", "signin_failed"},
		{"<189>45: Nov 28 21:00:02: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Source: 192.0.2.9]", "signin_failed"},
		{"<30>system,error,critical login failure for user admin from 192.0.2.9 via ssh", "signin_failed"},
		{"<86>Nov 28 21:00:00 srv useradd[99]: new user: name=mallory, UID=0, GID=0", "admin_new"},
		{"<3>Nov 28 21:00:00 srv kernel: blk_update_request: I/O error, dev sda, sector 4711", "disk_error"},
		{"<3>Nov 28 21:00:00 srv smartd[1]: Device: /dev/sda [SAT], 8 Currently unreadable (pending) sectors", ""},
		{"<11>Nov 28 21:00:00 nas1 Storage: Volume 1 has been degraded", "disk_error"},
		{"<29>Nov 28 21:00:00 srv systemd[1]: nginx.service: Failed with result 'core-dump'.", "service_crash"},
		{"<4>Nov 28 21:00:00 srv chronyd[1]: System clock was stepped by 3600.1 seconds", "time_jump"},
		{"<28>Nov 28 21:00:00 srv app: certificate for www.example.org will expire in 7 days", "certificate_expiry"},
		{"<8>Nov 28 21:00:00 srv apcupsd[1]: Running on UPS batteries.", "power_event"},
		{"<189>46: Nov 28 21:00:02: %SYS-5-CONFIG_I: Configured from console by admin", "config_changed"},
		{"<187>47: Nov 28 21:00:02: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down", "link_down"},
		{"<30>Nov 28 21:00:00 srv CRON[1]: (root) CMD (run-parts /etc/cron.hourly)", ""},
		{"<38>Nov 28 21:00:00 srv sshd[77]: Accepted publickey for backup from 192.0.2.9", ""},
		{"<30>Nov 28 21:00:00 srv rsync[1]: disk backup ended, 0 errors", ""},
	} {
		m := syslog.Parse([]byte(c.raw), time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC), time.UTC)
		got := rules.Of(&m)
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%s\nis known as %v, want %q", c.raw, got, c.want)
		}
	}
}
