#!/bin/sh
# Runs after installation and upgrade: the user, the ping setting and the service. Each of the three may be missing where
# there is no systemd (a container, a folder that becomes an image); then the binary is there and says itself what it lacks.
set -e
if command -v systemd-sysusers >/dev/null; then
	systemd-sysusers siteward.conf
elif command -v useradd >/dev/null && ! getent passwd siteward >/dev/null; then
	useradd --system --user-group --home-dir /var/lib/siteward --no-create-home --shell /usr/sbin/nologin siteward
fi
if getent group siteward >/dev/null; then
	chgrp siteward /etc/siteward/secrets
fi
if [ -d /run/systemd/system ]; then
	sysctl -q -p /usr/lib/sysctl.d/60-siteward.conf || echo "siteward: net.ipv4.ping_group_range could not be set; pings may need a restart of this machine"
	systemctl daemon-reload
	systemctl enable siteward.service siteward-traps.socket
	systemctl start siteward-traps.socket || echo "siteward: the port for SNMP traps (UDP 162) is taken; traps are not received"
	systemctl restart siteward.service
	echo "Siteward runs at http://127.0.0.1:8420/. Its one-time set-up link: siteward user setup-link"
fi
