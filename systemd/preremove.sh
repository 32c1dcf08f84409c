#!/bin/sh
# Stops the service when the package goes, not when it is upgraded (dpkg says "remove", rpm 0; an upgrade restarts it
# afterwards). The store and the user stay: removing a program never removes a customer's history.
set -e
if [ -d /run/systemd/system ] && { [ "$1" = remove ] || [ "$1" = 0 ]; }; then
	systemctl disable --now siteward-traps.socket siteward.service || true
fi
