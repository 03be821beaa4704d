/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A gateway's translation (RFC 4787) as parts of an nftables table. Pure text.
 *
 * Linux translates connection by connection. What makes that one of RFC 4787's kinds is memory of
 * an inner endpoint's outer port, in sets whose elements live as long as a mapping does:
 *
 *   mapped      inner endpoint (and remote address, where the mapping depends on it) : outer port
 *   inner       outer port : inner endpoint
 *   contacted   outer port and remote address, where filtering depends on that
 */
#pragma once

#include "lab/gateway.h"

/* All append nothing where the gateway does not translate: the sets; the rules that belong in the
 * prerouting chain of type nat; the chains that translate and remember. */
void mp_nat_append_sets(GString *text, const MpGateway *gateway);
void mp_nat_append_prerouting(GString *text, const MpGateway *gateway);
void mp_nat_append_chains(GString *text, const MpGateway *gateway);
