/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a name has no address, in the name server's own words.
 */
#pragma once

#include "net/wait.h"

/* The response code, RFC 1035 section 4.1.1: the system's resolver does not tell it, so the first
 * of its name servers that answers is asked once more, for half a second at most. 0: none answers,
 * or it knows the name. */
guint mp_name_code(const char *host, const MpNetLimit *limit);
