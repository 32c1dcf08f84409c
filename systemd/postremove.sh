#!/bin/sh
# The unit file is gone; the service manager forgets it. What was collected stays, and is named.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload || true
fi
if [ "$1" = purge ] && [ -d /var/lib/siteward ]; then
	echo "siteward: the store stays in /var/lib/siteward, the secrets in /etc/siteward/secrets; remove them by hand when nobody needs them"
fi
