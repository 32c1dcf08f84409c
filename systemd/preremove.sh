#!/bin/sh
# Stops the service when the package goes (not when it is upgraded: dpkg says "upgrade", rpm says 1). The store stays.
set -e
if [ -d /run/systemd/system ] && { [ "$1" = remove ] || [ "$1" = 0 ]; }; then
	systemctl disable --now siteward.service || true
fi
