# Shared by the commands in bin/: the virtual environment and what comes from the system. Everything it says goes to stderr.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$root/.venv"
python="$venv/bin/python"
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"

say() { printf '%s\n' "$*" >&2; }
die() { say "bin/$(basename "$0"): $*"; exit 1; }

system_python() {
  local candidate
  for candidate in python3 python3.11 python3.12 python3.13 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  die "needs Python 3.11 or later"
}

# Installs the packages by apt where that is allowed, else says which.
from_system() {
  local reason=$1; shift
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $* by apt ($reason)"
    install_by_apt "$@" && return
    apt-get update >&2 && install_by_apt "$@" && return
  fi
  say "please install $* ($reason); going on without"
}

install_by_apt() { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" </dev/null >/dev/null 2>&1; }

make_venv() {
  local found; found=$(system_python)
  "$found" -m venv "$venv" >/dev/null 2>&1 && return
  rm -rf "$venv"
  from_system "Python's venv module is missing" python3-venv
  "$found" -m venv "$venv" >&2 || die "cannot make $venv"
}

# Usage: ensure_venv run|test. Milliseconds when nothing has changed.
ensure_venv() {
  local list=requirements.txt
  [ "$1" = run ] || list=requirements-dev.txt
  installed "$1" && return
  # Two commands started at once must not install into each other.
  if command -v flock >/dev/null; then
    exec 8<"$root/requirements.txt"
    flock 8
    installed "$1" && { exec 8<&-; return; }
  fi
  "$python" -c '' 2>/dev/null || { rm -rf "$venv"; make_venv; }
  say "installing $list into .venv (once)"
  # Without a home of one's own there is nowhere to cache, and pip would complain.
  [ -n "${HOME:-}" ] && [ -w "$HOME" ] || export PIP_NO_CACHE_DIR=1
  "$python" -m pip install --quiet --no-input --disable-pip-version-check -r "$root/$list" >&2 || die "pip could not install $list"
  wanted run > "$venv/.installed-run"
  [ "$1" = run ] || wanted test > "$venv/.installed-test"
  exec 8<&-
}

installed() { [ -x "$python" ] && [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(wanted "$1")" ]; }

wanted() {
  local files=("$root/requirements.txt")
  [ "$1" = run ] || files+=("$root/requirements-dev.txt" "$root/requirements-tracing.txt")
  cat "${files[@]}" | sha256sum
}

ensure_pango() {
  "$python" -ISc 'import ctypes
for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"): ctypes.CDLL(name)' 2>/dev/null && return
  from_system "PDF reports need Pango and fonts" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-droid-fallback
}

ensure_chromium() {
  find_chromium && return
  from_system "browser tests need Chromium" chromium
  find_chromium || true
}

find_chromium() {
  local candidate
  for candidate in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    if command -v "$candidate" >/dev/null; then
      CHROMIUM=$(command -v "$candidate")
      export CHROMIUM
      return
    fi
  done
  return 1
}

# Usage: stage NAME COMMAND...; fails naming the stage.
stage() {
  local name=$1 began=$SECONDS; shift
  say "== $name"
  "$@" || { say "FAILED: $name"; exit 1; }
  say "   $name: $((SECONDS - began)) s"
}
