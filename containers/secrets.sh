#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Makes the secrets of a lab of containers: a certificate authority that lives as long as this run,
# a certificate for the hosts `turn` and `responder`, passwords, and the TURN server's settings.
# Usage: containers/secrets.sh [DIRECTORY]     (default: containers/secrets, which git ignores)
# Never for a server that strangers reach: give that one a certificate of a public authority.
set -euo pipefail
umask 077
here=$(cd "$(dirname "$0")" && pwd)
directory=${1:-$here/secrets}
mkdir -p "$directory"
cd "$directory"
cat >.gitignore <<<'*'

new_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 30 "$@" \
        2>/dev/null
}

# The authority's key is gone at the end: it signs this one certificate and no other.
authority_key=$(mktemp)
trap 'rm -f "$authority_key"' EXIT
new_certificate -keyout "$authority_key" -out ca.pem -subj "/CN=mediapath container lab" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
new_certificate -keyout key.pem -out chain.pem -subj "/CN=mediapath container lab host" \
    -CA ca.pem -CAkey "$authority_key" -addext basicConstraints=critical,CA:FALSE \
    -addext subjectAltName=DNS:turn,DNS:responder -addext extendedKeyUsage=serverAuth

# A letter first: coturn reads 0x... as a key in hexadecimal.
printf 'k%s\n' "$(openssl rand -hex 16)" >turn-password
printf 'k%s\n' "$(openssl rand -hex 16)" >token

# The whole file is a secret, since coturn takes users and passwords from nowhere else.
cat >turn.conf <<EOF
# Every address of the container; every file that coturn writes is named, it may write nowhere else.
listening-port=3478
tls-listening-port=5349
min-port=30000
max-port=30999
realm=mediapath.test
lt-cred-mech
user=lab:$(cat turn-password)
cert=/run/secrets/chain.pem
pkey=/run/secrets/key.pem
pidfile=/tmp/turn.pid
userdb=/tmp/turn.db
log-file=stdout
simple-log
no-cli
no-dtls
no-multicast-peers
EOF

# The containers read these files as the user who owns them. Under an engine without root that user
# is root inside of the container.
if [ "${MEDIAPATH_ROOTLESS:-}" = 1 ]; then
    user=0:0
else
    user=$(id -u):$(id -g)
fi
printf 'export MEDIAPATH_SECRETS=%q MEDIAPATH_USER=%s\n' "$PWD" "$user" >compose.env
echo "secrets in $PWD; before compose: . $PWD/compose.env"
