/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site's router that sends clients elsewhere than they wanted: to a captive portal, or through
 * the TLS interception. Parts of an nftables table. Pure text.
 */
#pragma once

#include "lab/gateway.h"

/* Rules of the prerouting chain of type nat, of the forward chain behind what is established, and
 * of the input chain. Nothing where the gateway does no such thing. */
void mp_redirection_append_prerouting(GString *text, const MpGateway *gateway);
void mp_redirection_append_forward(GString *text, const MpGateway *gateway);
void mp_redirection_append_input(GString *text, const MpGateway *gateway);
