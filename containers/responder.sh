#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Starts the responder with what a container knows: its address, and secrets by file.
#   MEDIAPATH_ADDRESS   address to serve on (the container's first one; in Kubernetes status.podIP)
#   MEDIAPATH_PORT      WHIP, TCP (8443)
#   MEDIAPATH_STUN_PORT STUN, UDP (3478)
#   MEDIAPATH_PORTS     media, UDP (20000-20999)
#   MEDIAPATH_SECRETS   directory with chain.pem and key.pem (HTTPS), token and stamp-keys, each
#                       optional
# Arguments go to `mediapath responder`; `--is-healthy` alone asks the one that runs for STUN.
# bash, which every Debian image has, for <( ) below.
set -euo pipefail

# The responder is bound to one address: its media must leave from where its answers say.
own_address=$(hostname -I)
address=${MEDIAPATH_ADDRESS:-${own_address%% *}}
stun_port=${MEDIAPATH_STUN_PORT:-3478}
secrets=${MEDIAPATH_SECRETS:-/run/secrets}
[[ $address == *:* ]] && address="[$address]"

if [ "${1:-}" = --is-healthy ]; then
    # Exit 4, not enough for a verdict about calls, is what a STUN answer alone gives.
    status=0
    mediapath check --only stun --stun "stun:$address:$stun_port" --deadline 3 --quiet || status=$?
    exit $((status != 0 && status != 4))
fi

options=(--listen "$address:${MEDIAPATH_PORT:-8443}" --stun-port "$stun_port"
    --ports "${MEDIAPATH_PORTS:-20000-20999}")
if [ -e "$secrets/chain.pem" ]; then
    options+=(--cert "$secrets/chain.pem" --key "$secrets/key.pem")
fi
# Orchestrators mount secrets readable by a group, which mediapath refuses in a file. A pipe has no
# readers but us, and no secret is in an argument, in the environment or on a disk.
if [ -e "$secrets/token" ]; then
    exec {token}< <(cat "$secrets/token")
    options+=(--token-file "/dev/fd/$token")
fi
if [ -e "$secrets/stamp-keys" ]; then
    exec {stamp_keys}< <(cat "$secrets/stamp-keys")
    options+=(--stamp-key-file "/dev/fd/$stamp_keys")
fi
exec mediapath responder "${options[@]}" "$@"
