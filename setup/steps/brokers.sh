#!/usr/bin/env bash
# Fetch RabbitMQ, the Erlang it runs on, and Redis from Debian's packages, and unpack them into .odoo/brokers.
#
# They are unpacked, not installed: no service starts, nothing on the system changes. On another system, those
# of the machine are used; without them the tests that need a broker are reported as skipped.
source "$(dirname "$0")/../common.sh"

target=$DOT/brokers
if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null || ! machine_suite; then
    echo "Not a Debian machine: install RabbitMQ and Redis, or the tests that need them are skipped."
    exit 0
fi
apt=$DOT/apt-brokers
private_apt "$apt" "$suite"

# Only what no minimal system has: the rest of their dependencies are libraries every Debian holds.
apt-cache depends --recurse --no-{recommends,suggests,conflicts,breaks,replaces,enhances} \
    rabbitmq-server redis-server |
    grep -E '^(rabbitmq-server|erlang-|redis-(server|tools)$|lib(jemalloc|lzf|lua|hiredis|atomic)|lua-)' |
    sort -u >"$apt/packages"
cd "$apt/debs"
xargs apt-get download -q <"$apt/packages"
rm -rf "$target"
mkdir -p "$target"
for package in *.deb; do
    dpkg -x "$package" "$target"
done

# This start script knows one place only.
sed -i "s|^\( *ROOTDIR=\)/usr/lib/erlang\$|\1$target/usr/lib/erlang|" "$target/usr/lib/erlang/bin/erl"
missing=$(LD_LIBRARY_PATH=$(echo "$target"/usr/lib/*-linux-gnu*) \
    ldd "$target"/usr/bin/redis-server "$target"/usr/lib/erlang/erts-*/bin/beam.smp | grep 'not found' || true)
[ -z "$missing" ] || fail "RabbitMQ or Redis lacks libraries: $missing"
rm -rf "$apt"
