#!/usr/bin/env bash
# Installs what is missing, builds mediapath, and runs its main job on the embedded lab: a client, a
# router with NAT and firewall, and real servers at addresses inside 168.100.64.0/18 and
# 216.147.0.0/18. No account and no internet are needed. Options go to `mediapath check`.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

install_packages demo
say "building in build/"
build_in build --buildtype=release | tail -n 1
say "mediapath check $*"
export MEDIAPATH_LOCALEDIR=$PWD/build/po
exec build/src/mediapath check "$@"
