#!/usr/bin/env bash
# Find PostgreSQL's server programs (13 or newer) and leave their folder in .odoo/pg-bin.
source "$(dirname "$0")/../common.sh"

if [ -n "${PGHOST:-}${DATABASE_URL:-}" ]; then
    : >"$DOT/pg-bin"
    exit 0
fi

find_bin() {
    local bin version
    for bin in "$(dirname "$(command -v initdb || echo /none/x)")" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) /usr/pgsql-*/bin; do
        [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] || continue
        version=$("$bin/postgres" --version | grep -oE '[0-9]+' | head -1)
        if [ "$version" -ge 13 ]; then echo "$bin" >"$DOT/pg-bin"; return 0; fi
    done
    return 1
}

find_bin && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q </dev/null
    apt-get install -y -q postgresql </dev/null
    find_bin && exit 0
fi
fail "no PostgreSQL 13 or newer. Install it (Debian: apt-get install postgresql), or point PGHOST or DATABASE_URL at a server."
