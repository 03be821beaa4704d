/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The link emulator: a process between pairs of network interfaces that passes frames on as the
 * description of each link says, and writes down what it did.
 */
#pragma once

#include <sys/types.h>

#include "lab/emulator_report.h"
#include "model/link.h"

/* One link between two interfaces of one network namespace; frames come out of the other one. */
typedef struct {
    const MpLink *link;
    const char *name;           /* "site", "second-site", "slow-dns" */
    const char *up_interface;   /* at the site's side: what arrives here goes up */
    const char *down_interface; /* at the far side */
} MpEmulatedLink;

/* As process lists show it. */
#define MP_EMULATOR_PROCESS "link-emulator"

typedef struct {
    pid_t pid;                /* 0: none runs */
    int control;              /* its end asks the emulator to finish */
    MpEmulatorCounts *counts; /* shared with it */
} MpEmulator;

/* Starts the emulator in the caller's network namespace, which must hold the interfaces; they need
 * no address, and neither they nor their other ends may have offloads (interface_plain.h). It
 * reports to the file descriptor `truth` (-1: none) in JSON Lines, see docs/LAB.md, and dies with
 * the caller. FALSE with MP_ERROR_UNAVAILABLE; TRUE when packets pass. Call it while the process
 * has one thread: it forks. */
gboolean mp_emulator_start(const MpEmulatedLink *links, guint n_links, int truth,
                           MpEmulator *emulator, GError **error);

/* Ends it, after what it has to write is written, and waits for at most a second. FALSE when it
 * did not get that far; the report is of what it did. */
gboolean mp_emulator_stop(MpEmulator *emulator, MpEmulatorReport *report);
