/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The link emulator: a process between pairs of network interfaces that passes frames on as the
 * description of each link says, and writes down what it did.
 */
#pragma once

#include <sys/types.h>

#include "model/link.h"

/* One link between two interfaces of one network namespace; frames come out of the other one. */
typedef struct {
    const MpLink *link;
    const char *name;           /* "site", "second-site", "slow-dns" */
    const char *up_interface;   /* at the site's side: what arrives here goes up */
    const char *down_interface; /* at the far side */
} MpEmulatedLink;

/* Starts the emulator in the caller's network namespace, which must hold the interfaces; they need
 * no address. It reports to `truth` (a file descriptor; -1: none) in JSON Lines, see docs/LAB.md,
 * and dies with the caller. FALSE with MP_ERROR_UNAVAILABLE; TRUE when packets pass. */
typedef struct {
    pid_t pid;
    int control; /* its end asks the emulator to finish */
} MpEmulator;

gboolean mp_emulator_start(const MpEmulatedLink *links, guint n_links, int truth,
                           MpEmulator *emulator, GError **error);

/* How much later than it should the emulator let packets go, and what it could not take in. */
typedef struct {
    guint64 packets;
    double late_p50_ms;
    double late_p99_ms;
    double late_max_ms;
    guint64 overflows;   /* packets that the kernel dropped because the emulator was busy */
    gboolean is_spoiled; /* too much of that to believe what was measured over the link */
} MpEmulatorReport;

/* Ends it, after what it has to write is written, and waits. FALSE when it had died before. */
gboolean mp_emulator_stop(MpEmulator *emulator, MpEmulatorReport *report);
