#!/usr/bin/env bash
# Find a Chromium for the browser tests; its path goes to .odoo/chromium, which stays empty without one.
source "$(dirname "$0")/../common.sh"

find_chromium() {
    local name
    for name in ${CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >"$DOT/chromium"; then return 0; fi
    done
    return 1
}

find_chromium && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q </dev/null || true
    apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core </dev/null || true
    find_chromium && exit 0
fi
: >"$DOT/chromium"
echo "No Chromium: the browser tests will be reported as skipped (Debian: apt-get install chromium)."
