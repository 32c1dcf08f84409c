#!/bin/sh
# Stops the service when the package goes, not when it is upgraded (dpkg says "remove", rpm 0). The store and the user stay.
set -e
if [ -d /run/systemd/system ] && { [ "$1" = remove ] || [ "$1" = 0 ]; }; then
	systemctl disable --now siteward-central.service || true
fi
