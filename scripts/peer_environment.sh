# Read by the scripts of peers: makes a peer's environment of its own once; one that can't be installed is left out.
PYTHON=${PYTHON:-python3}
install() {
  folder=".venv-peers/$1"; shift
  [ -f "$folder/.done" ] && return
  rm -rf "$folder"
  "$PYTHON" -m venv "$folder" && "$folder/bin/pip" install --quiet "$@" && touch "$folder/.done" ||
    echo "left out: $*"
}
