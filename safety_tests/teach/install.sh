#!/bin/sh
# Installs the workshop from the folder that this file lies in; nothing is fetched from a network.
#     sh install.sh [FOLDER]                    into FOLDER, ~/workshop if none is named
#     PYTHON=/path/to/python sh install.sh      with this Python and no other
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# Nothing may be written into the pack, not even by Python: it may lie on a stick for many.
export PYTHONDONTWRITEBYTECODE=1
if [ -n "${PYTHON:-}" ]; then exec "$PYTHON" "$here/install.py" "$@"; fi

found=
for python in python3.12 python3.13 python3.11 python3; do
    command -v "$python" >/dev/null 2>&1 || continue
    found=$python
    if "$python" "$here/install.py" --fits 2>/dev/null; then break; fi
done
if [ -z "$found" ]; then
    echo "install: there is no python3 here; Python 3.11 or newer is needed" >&2
    exit 2
fi
exec "$found" "$here/install.py" "$@"
