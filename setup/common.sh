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

# machine_suite: the machine's own Debian mirror and suite, from its apt sources, as $mirror and $suite.
machine_suite() {
    read -r mirror suite < <(
        apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Created-By: Packages' |
            awk '$3 == "main" && $2 !~ /[-\/]/ && $1 ~ /\/debian\/?$/ {print $1, $2; exit}'
    )
}

# private_apt FOLDER SUITE…: from here on apt works in FOLDER, with these suites of $mirror and none of the
# machine's own state: nothing on the system changes, and nobody has to be root.
private_apt() {
    local apt=$1 release keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    shift
    [ -f "$keyring" ] || fail "$keyring is missing (apt-get install debian-archive-keyring)."
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/debs"
    for release in "$@"; do
        echo "deb [signed-by=$keyring] $mirror $release main"
    done | sort -u >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "/dev/null";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
    export APT_CONFIG=$apt/apt.conf
    apt-get update -q
}
