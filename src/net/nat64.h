/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IPv4 addresses from a network that has IPv6 only: the prefix of its NAT64 is found as RFC 7050
 * says, and addresses are made with it as RFC 6052 says.
 */
#pragma once

#include "base/address.h"
#include "net/wait.h"

typedef struct {
    guint8 bytes[12]; /* the prefix, zeroes behind it */
    guint length;     /* bits: 32, 40, 48, 56, 64 or 96 */
} MpNat64Prefix;

/* Out of an IPv6 address of the name that has none, "ipv4only.arpa". FALSE when it holds neither
 * of that name's two IPv4 addresses. */
gboolean mp_nat64_prefix_of(const MpAddress *address, MpNat64Prefix *prefix);
/* The IPv6 address that leads to an IPv4 address, with its port. */
MpAddress mp_nat64_embed(const MpNat64Prefix *prefix, const MpAddress *ipv4);

/* Asks the system's resolver. FALSE with a status: there is no DNS64. */
gboolean mp_net_nat64_discover(const MpNetLimit *limit, MpNat64Prefix *prefix, MpNetStatus *status);
