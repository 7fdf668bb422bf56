#!/usr/bin/env bash
# The peers of the benchmarks into .odoo/bench; PYTHONPATH makes them importable there and only there.
source "$(dirname "$0")/../common.sh"

rm -rf "$DOT/bench"
# --no-deps: pip does not look into the venv when it installs beside it, and would fetch Odoo's requirements again.
"$VENV/bin/pip" install -q --disable-pip-version-check --no-deps --target "$DOT/bench" \
    -r "$ROOT/setup/requirements-bench.txt"
cd /
PYTHONPATH=$DOT/bench "$VENV/bin/python" -c 'import odoo.addons.edi_core_oca, odoo.addons.endpoint, jsonschema'
