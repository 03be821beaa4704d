/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose fault a closed port is, and how sure that is. From inside, a firewall of this site and one
 * in front of the server look the same, until something else tells them apart.
 */
#pragma once

#include "analysis/diagnosis.h"

/* Gathers the closed questions of one finding. All zero: none yet. */
typedef struct {
    const char *first_alive;      /* of the hosts that answer otherwise; NULL: none does */
    MpAddress first_address;      /* its address, where that is known */
    gboolean has_several_alive;   /* several such hosts: one operator's fault does not do that */
    gboolean has_untold;          /* nobody of this site said that it was their doing */
    gboolean has_refusal;         /* a refusal may be the server's own */
    const MpQuestion *first_told; /* NULL: none */
} MpBlame;

void mp_blame_add(MpBlame *blame, const MpDiagnosis *diagnosis, const MpQuestion *question,
                  gboolean lives);
/* Is it proved that this site keeps the packets? Its own router said so with ICMP, or several hosts
 * that answer otherwise were kept in the same way. */
gboolean mp_blame_is_proved(const MpBlame *blame);
/* A site's finding that is not proved may as well be the service's. */
void mp_blame_doubt(MpFinding *finding, gboolean is_proved);

/* Nothing of the host answers, while others do. With a range of the profile in which nobody
 * answered it is rather the range that this site does not let through; with one in which another
 * host answered, or outside of all ranges, it is rather the server. One that answers over IPv6 is
 * there. */
void mp_blame_silent_host(const MpDiagnosis *diagnosis, const char *host, MpFinding *finding);
