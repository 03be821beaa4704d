/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way that a browser takes, what it loses by it, and the one change that gives a better one.
 */
#pragma once

#include "model/comparison.h"
#include "model/finding.h"
#include "model/outcome.h"
#include "model/way.h"

typedef struct {
    gboolean has_way; /* FALSE: no way carries media, or none is known to */
    MpWay way;
    double setup_cost_ms; /* what its relay took before the first packet of media; NAN: unknown */
    gboolean has_rival;   /* a way that did better in the same rounds */
    MpWay rival;
    MpComparison rival_comparison; /* with the way that a browser takes */
    gboolean has_change;  /* FALSE: there is no better way, or it is not known what keeps it */
    MpWay better;         /* the way that the change gives */
    char *stage;          /* where it broke */
    MpOutcome outcome;    /* of that stage */
    guint code;           /* 0: none */
    char *finding;        /* id of the finding that explains it; NULL: none does */
    MpOwner owner;        /* who must make the change */
    gboolean is_udp;      /* of the firewall rule */
    char *ports;          /* "3478", "1025-65535"; NULL: no firewall rule is the change */
    GPtrArray *addresses; /* char*: "168.100.64.0/18" */
} MpAdvice;

MpAdvice *mp_advice_new(void);
void mp_advice_free(MpAdvice *advice);

/* "allow out udp to 168.100.64.0/18 port 3478"; NULL: no rule is the change. The caller frees
 * it. */
char *mp_advice_rule(const MpAdvice *advice);
