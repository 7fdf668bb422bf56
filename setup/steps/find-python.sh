#!/usr/bin/env bash
# Print the first Python Odoo 19 runs on (3.10 to 3.13; the code itself asks for 3.11) that can make a venv.
source "$(dirname "$0")/../common.sh"

usable='import sys, venv, ensurepip; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
find_python() {
    for candidate in python3.11 python3 python3.12 python3.13; do
        if "$candidate" -c "$usable" 2>/dev/null; then command -v "$candidate"; return 0; fi
    done
    return 1
}

if ! find_python && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "· Python: installing python3-venv" >&2
    apt-get install -y -q python3-venv </dev/null >"$DOT/log/setup-python.log" 2>&1 || true
    find_python || fail "no Python 3.11 to 3.13 with the venv module; see .odoo/log/setup-python.log."
elif ! find_python >/dev/null; then
    fail "no Python 3.11 to 3.13 with the venv module was found. On Debian: apt-get install python3-venv"
fi
