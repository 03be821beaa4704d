#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What is installed works for a stranger: the library shows only what its headers declare, a program
# of one's own builds against it by pkg-config alone, and the command runs from where it lies.
# Arguments: build directory.
set -euo pipefail
build=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
DESTDIR=$place meson install -C "$build" --no-rebuild --quiet
library=$(find "$place" -name 'libmediapath.so')
prefix=$(dirname "$(find "$place" -type d -name include)")

shown=$(nm -D --defined-only "$library" | awk '{print $3}' | sort)
declared=$(grep -rhoE 'MP_PUBLIC [^;]*' "$prefix/include/mediapath" | grep -oE 'mp_[a-z0-9_]+\(' | tr -d '(' | sort -u)
diff <(echo "$shown") <(echo "$declared") || { echo "the library shows something else than its headers"; exit 1; }

cat >"$place/own.c" <<'C'
#include <mediapath/check.h>
#include <mediapath/profile.h>
#include <mediapath/report.h>
#include <mediapath/responder.h>
int main(void)
{
    g_autoptr(GError) error = NULL;
    return mp_profile_validate("bellface", &error) ? 0 : 1;
}
C
description=$(find "$place" -name mediapath.pc)
sed -i "s|^prefix=.*|prefix=$prefix|" "$description"
PKG_CONFIG_PATH=$(dirname "$description")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags --libs mediapath)
# shellcheck disable=SC2086 # the flags are words
gcc -Wall -Werror -o "$place/own" "$place/own.c" $flags
LD_LIBRARY_PATH=$(dirname "$library") "$place/own"
LD_LIBRARY_PATH=$(dirname "$library") "$(find "$place" -type f -name mediapath -perm -u+x)" profile list | grep -q '^bellface'
