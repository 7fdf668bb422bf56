#!/usr/bin/env bash
# Find or fetch Odoo 19 and leave the folder that makes `import odoo` work in .odoo/odoo-path.
#
# ODOO_PATH wins: a source checkout, or the folder that holds an installed `odoo` package. Otherwise Debian's
# package is unpacked into .odoo/debian with a private apt configuration: nothing on the system changes.
source "$(dirname "$0")/../common.sh"

if [ -n "${ODOO_PATH:-}" ]; then
    path=$(cd "$ODOO_PATH" 2>/dev/null && pwd -P) || fail "ODOO_PATH is $ODOO_PATH, but there is no such folder."
    [ -f "$path/release.py" ] && path=$(dirname "$path")
    grep -q '^version_info = (19,' "$path/odoo/release.py" 2>/dev/null ||
        fail "ODOO_PATH is $ODOO_PATH, but odoo/release.py in it does not say version 19."
    echo "$path" >"$DOT/odoo-path"
    exit 0
fi

command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail "this is not a Debian machine: get Odoo 19 yourself and say where it is with ODOO_PATH=…"
machine_suite || fail "apt has no Debian mirror in its sources: add one, or set ODOO_PATH to an Odoo 19."

apt=$DOT/apt
rm -rf "$DEBIAN"
mkdir -p "$DEBIAN"
private_apt "$apt" "$suite" sid

own=sid
apt-cache madison odoo-19 | grep -q " $suite/main " && own=$suite
# What Odoo's symbolic links point to. Font Awesome and OCR-B must be the stable ones: sid's lack the files.
cd "$apt/debs"
apt-get download -q "odoo-19/$own" fonts-montserrat/sid \
    {libjs-jquery,libjs-jquery-form,libjs-underscore}/"$suite" \
    {fonts-font-awesome,fonts-roboto-unhinted,fonts-inconsolata,fonts-ocr-b}/"$suite"
for package in *.deb; do
    dpkg -x "$package" "$DEBIAN"
done

dist=$DEBIAN/usr/lib/python3/dist-packages
# Debian leaves this file out; without it the backend's asset bundle logs an error on every page.
selfie=$dist/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
if [ ! -e "$selfie" ]; then
    mkdir -p "$(dirname "$selfie")"
    : >"$selfie"
fi
dangling=$(find "$DEBIAN" -xtype l)
[ -z "$dangling" ] || fail "these links of the Odoo package lead nowhere, and each breaks web pages:
$dangling"
echo "$dist" >"$DOT/odoo-path"
rm -rf "$apt"
