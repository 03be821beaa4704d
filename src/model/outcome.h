/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the network did with a question. None of these is an error of ours.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_OUTCOME_ANSWERED,    /* the expected answer came */
    MP_OUTCOME_REFUSED,     /* ICMP port unreachable, TCP RST on connect, or a protocol's "no" */
    MP_OUTCOME_SILENT,      /* nothing, or no whole answer, came before the deadline */
    MP_OUTCOME_RESET,       /* an established connection was reset or closed */
    MP_OUTCOME_UNREACHABLE, /* ICMP network/host unreachable, no route */
    MP_OUTCOME_PROHIBITED,  /* ICMP administratively prohibited */
    MP_OUTCOME_INTERCEPTED, /* somebody else answered: an untrusted certificate, a portal */
    MP_OUTCOME_AUTH_FAILED, /* credentials rejected */
    MP_OUTCOME_REDIRECTED,  /* 300 Try Alternate */
    MP_OUTCOME_QUOTA,       /* 486 or 508 */
    MP_OUTCOME_MALFORMED,   /* bytes came that are not the protocol, or lie */
    MP_OUTCOME_NOT_RUN,     /* not asked: no evidence either way */
} MpOutcome;

#define MP_N_OUTCOMES (MP_OUTCOME_NOT_RUN + 1)

/* The name in result.json, such as "auth_failed". */
const char *mp_outcome_name(MpOutcome outcome);
gboolean mp_outcome_parse(MpOutcome *outcome, const char *name);
