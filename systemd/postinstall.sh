#!/bin/sh
# Runs after installation and upgrade: the user, the ping setting and the service.
set -e
systemd-sysusers siteward.conf || true
sysctl -q -p /usr/lib/sysctl.d/60-siteward.conf || echo "siteward: could not set net.ipv4.ping_group_range; pings will not work until the next start of this machine"
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl enable siteward.service
	systemctl restart siteward.service
	echo "Siteward runs. Its one-time set-up link: siteward user setup-link --data /var/lib/siteward"
fi
