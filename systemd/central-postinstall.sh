#!/bin/sh
# Runs after installation and upgrade: the user and the service. Either may be missing where there is no systemd (a container).
set -e
if command -v systemd-sysusers >/dev/null; then
	systemd-sysusers siteward-central.conf
elif command -v useradd >/dev/null && ! getent passwd siteward-central >/dev/null; then
	useradd --system --user-group --home-dir /var/lib/siteward-central --no-create-home --shell /usr/sbin/nologin siteward-central
fi
if getent group siteward-central >/dev/null; then
	chgrp siteward-central /etc/siteward-central
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl enable siteward-central.service
	systemctl restart siteward-central.service
	echo "Siteward Central runs at http://127.0.0.1:8430/. Next: siteward-central central site add NAME"
fi
