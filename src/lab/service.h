/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers that a network needs, as values: where each runs, with which files and arguments.
 */
#pragma once

#include "lab/service_ready.h"

typedef struct {
    const char *name;  /* for people: "the TURN server (coturn)" */
    const char *place; /* network namespace; NULL: the caller's */
    char **argv;       /* may hold a secret */
    char *log;         /* file in the lab's directory */
    char *config_name; /* the same; NULL: it reads none */
    char *config;      /* its text, which may hold a secret */
    MpServiceReady is_ready;
    MpAddress address;       /* where it serves */
    const char *scratch;     /* a directory of the system that is an empty one for it; NULL: none */
    gboolean resolves_apart; /* asks the internet's name server; otherwise the client's */
    gboolean is_not_root;    /* it refuses to run as root */
} MpService;

/* What stands where a secret belongs. */
typedef const char *(*MpShowSecret)(const MpSecret *secret);

/* MpService*: only what the network needs, in the order to start it. Free with
 * g_ptr_array_unref(), which wipes what may hold a secret. */
GPtrArray *mp_service_list(const MpFarEnds *far_ends, const MpNetwork *network, MpShowSecret show);
