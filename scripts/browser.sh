#!/bin/sh
# A Chrome or Chromium for the browser tests: any that is there, else Debian's when we may install it.
found() {
  for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
    command -v "$name" >/dev/null 2>&1 && return 0
  done
  return 1
}
found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "no Chromium here: installing Debian's"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null && apt-get install -y -qq --no-install-recommends chromium </dev/null >/dev/null
  found && exit 0
fi
echo "The browser tests need Chromium or Chrome: run 'apt-get install chromium' as root, or put one on the PATH." >&2
exit 1
