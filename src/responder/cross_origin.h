/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cross-origin resource sharing, as RFC 9725 section 4.2 asks for: a web page of another origin may
 * be a WHIP client. Whoever asks must know the token, and no cookie takes part, so any origin may;
 * a responder without a token shares nothing, for any page could then use its visitors.
 */
#pragma once

#include <libsoup/soup.h>

/* What the answer to any request carries. */
void mp_cross_origin_allow(SoupServerMessage *message);
/* Answers a preflight, OPTIONS. */
void mp_cross_origin_preflight(SoupServerMessage *message);
