#!/bin/sh
# The unit file is gone; the service manager forgets it. What sites reported stays, and is named.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload || true
fi
if [ "$1" = purge ] && [ -d /var/lib/siteward-central ]; then
	echo "siteward-central: the store stays in /var/lib/siteward-central; remove it by hand when nobody needs it"
fi
