/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The page by which a browser becomes the peer of a call: one document with its script, which knows
 * no secret and loads nothing else.
 */
#pragma once

#include <libsoup/soup.h>

#define MP_CALL_PAGE "/call"

/* Answers a GET. */
void mp_call_page_serve(SoupServerMessage *message);
