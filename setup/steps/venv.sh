#!/usr/bin/env bash
# The Python environment: Odoo's own requirements, ours, the tools; Odoo and addons/ importable in it.
source "$(dirname "$0")/../common.sh"

version='import sys; print(sys.version)'
if [ "$("$VENV/bin/python" -c "$version" 2>/dev/null)" != "$("$PYTHON" -c "$version")" ]; then
    rm -rf "$VENV"
    "$PYTHON" -m venv "$VENV"
fi
site=$("$VENV/bin/python" -c 'import site; print(site.getsitepackages()[0])')

# `import odoo` finds Odoo, `import odoo.addons.trade_kernel` finds addons/ (both are namespace packages, so no
# database and no addons path is needed), `import harness` finds setup/.
namespace=$DOT/namespace
mkdir -p "$namespace/odoo"
ln -sfn ../../../addons "$namespace/odoo/addons"
# The last line keeps bytecode out of the source folders.
printf '%s\n' "$(cat "$DOT/odoo-path")" "$namespace" "$ROOT/setup" \
    "import sys; sys.pycache_prefix = '$DOT/pycache'" >"$site/tradelane.pth"

# Lets pip see Odoo as installed, as OCA's wheels require. Its requirements are requirements-odoo.txt: the
# package's own list names PyPDF2, whose version 3 breaks Odoo's PDF code (pypdf is used without it).
mkdir -p "$site/odoo-19.0.dist-info"
printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' >"$site/odoo-19.0.dist-info/METADATA"
echo tradelane >"$site/odoo-19.0.dist-info/INSTALLER"

"$VENV/bin/pip" install -q --disable-pip-version-check -c "$ROOT/setup/constraints.txt" \
    -r "$ROOT/setup/requirements-odoo.txt" -r "$ROOT/requirements.txt" -r "$ROOT/setup/requirements-dev.txt"

cat >"$VENV/bin/odoo" <<LAUNCHER
#!$VENV/bin/python
# \`python -m odoo\` restarts its gevent child for ever when workers are used; a plain file does not.
import odoo.cli

odoo.cli.main()
LAUNCHER
chmod +x "$VENV/bin/odoo"
cd /
"$VENV/bin/python" -c 'import odoo.cli, odoo.addons.queue_job, odoo.release; assert odoo.release.version_info[0] == 19'
