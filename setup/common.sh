# Shared by the scripts of this folder: places, plain messages, and steps that are skipped when done.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
DOT=$ROOT/.odoo
VENV=$DOT/venv
DEBIAN=$DOT/debian
export ROOT DOT VENV DEBIAN

fail() {
    printf '\nCannot continue: %s\n' "$*" >&2
    exit 1
}

# key_of FILE|WORD…: one digest of all arguments, files by their content.
key_of() {
    for part in "$@"; do
        if [ -f "$part" ]; then cat "$part"; else printf '%s\n' "$part"; fi
    done | sha256sum | cut -c1-16
}

# step NAME KEY TITLE SCRIPT: run setup/steps/SCRIPT unless it succeeded before with the same key.
step() {
    local name=$1 key=$2 title=$3 script=$4 log=$DOT/log/setup-$1.log started=$SECONDS
    if [ "$(cat "$DOT/stamps/$name" 2>/dev/null)" = "$key" ]; then return 0; fi
    printf '· %s\n' "$title"
    if ! bash "$ROOT/setup/steps/$script" >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        fail "the step \"$name\" did not succeed; its whole output is in ${log#"$ROOT"/}."
    fi
    printf '%s\n' "$key" >"$DOT/stamps/$name"
    printf '  done in %s s\n' "$((SECONDS - started))"
}
