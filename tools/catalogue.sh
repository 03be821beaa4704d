#!/usr/bin/env bash
# Runs a check in every network of scenarios/networks, as one matrix, and holds each against what its
# file expects. About 20 minutes on two cores; wants a machine that does nothing else. Writes
# .catalogue/ with the journal and every result, .catalogue.xml (JUnit) and .catalogue.html (heat map);
# options go to `mediapath matrix` (--resume goes on after a stop).
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup.sh

install_packages demo check
say "building in build/"
build_in build --buildtype=release | tail -n 1
case " $* " in *" --resume "*) ;; *) rm -rf .catalogue ;; esac
say "mediapath matrix scenarios/matrices/catalogue.yaml $*"
export MEDIAPATH_LOCALEDIR=$PWD/build/po
exec build/src/mediapath matrix scenarios/matrices/catalogue.yaml --out .catalogue \
    --junit .catalogue.xml --html .catalogue.html "$@"
