/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message catalogue: what the findings say, in the language of mp_i18n_use().
 */
#pragma once

#include "model/finding.h"

/* Templates (report/template.h), in English; translate before use. */
typedef struct {
    const char *id;
    const char *title;  /* a few words */
    const char *cause;  /* what the evidence says */
    const char *advice; /* what to change */
} MpMessage;

/* NULL: no finding has that id. */
const MpMessage *mp_message_find(const char *id);
/* All of them; `n` receives how many. */
const MpMessage *mp_message_all(gsize *n);

/* Filled with the finding's numbers. For an id without a message the id stands for the title, and
 * cause and advice are empty. Free with g_free(). */
char *mp_message_title(const MpFinding *finding);
char *mp_message_cause(const MpFinding *finding);
char *mp_message_advice(const MpFinding *finding);

/* What would prove a likely finding; NULL: it is proved, or nothing would. Free with g_free(). */
char *mp_message_proof(const MpFinding *finding);

/* Who must act: "The team that runs this site's router and firewall". */
const char *mp_message_owner(MpOwner owner);
/* Of a finding that may be another's: both. Free with g_free(). */
char *mp_message_owners(const MpFinding *finding);
