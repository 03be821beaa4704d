/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The computer that ran the check. NAN or NULL: not known.
 */
#pragma once

#include "model/browser.h"

typedef struct {
    char *name;           /* "eth0" */
    GPtrArray *addresses; /* char* */
    guint mtu;            /* bytes; 0: not known */
} MpInterface;

typedef struct {
    GPtrArray *interfaces; /* MpInterface* */
    char *os;              /* PRETTY_NAME and kernel */
    guint cpu_cores;
    double cpu_headroom; /* 0..1: idle share of all cores while the steps ran */
    double memory_total_mb;
    double memory_available_mb;
    double timer_late_p99_ms; /* lateness of our own timers while media ran */
    MpBrowser browser;        /* of the call, as the user named it: maybe another computer */
} MpEnvironment;

MpEnvironment *mp_environment_new(void);
void mp_environment_free(MpEnvironment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpEnvironment, mp_environment_free)
