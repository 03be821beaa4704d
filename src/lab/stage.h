/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a lab is played: the two ways to keep one. Each runs in a process of its own that
 * mp_lab_run() forked, returns when the lab is over, and reports through the keeper.
 */
#pragma once

#include "lab/keeper.h"
#include "lab/network.h"

typedef struct {
    const MpNetwork *network;
    const char *const *argv;
    pid_t parent;
    int truth; /* where the link emulator writes what it did; -1: nowhere */
    MpKeeper keeper;
} MpLabRun;

typedef void (*MpStage)(MpLabRun *run);

/* In namespaces: the whole network. Reports MP_LAB_FORBIDDEN where there are none to be had. */
void mp_stage_namespaces(MpLabRun *run);

/* On 127.0.0.1: the servers only. */
void mp_stage_loopback(MpLabRun *run);
