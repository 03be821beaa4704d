/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link's upward direction in virtual time, driven as the emulator drives it, by its deadlines.
 * What the deadlines promise is checked at every step.
 */
#pragma once

#include "link/link_line.h"

typedef struct {
    MpLinkLine *line;
    MpTime now;
    guint64 n_offered;
    GArray *outcomes;   /* MpLinkOutcome, as they came */
    GHashTable *inside; /* packets that are not out yet */
} LinkRun;

/* Starts at 0 with the link's seed. */
LinkRun *link_run_new(const MpLink *link);
void link_run_free(LinkRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LinkRun, link_run_free)

/* Takes what is due until `at`. */
void link_run_until(LinkRun *run, MpTime at);
void link_run_send(LinkRun *run, MpTime at, guint size);
/* `n` packets, the first one at once. */
void link_run_send_every(LinkRun *run, MpTime interval, guint n, guint size);
/* Until nothing is inside. */
void link_run_finish(LinkRun *run);

const MpLinkOutcome *link_run_at(const LinkRun *run, guint index);
guint link_run_count(const LinkRun *run, MpFate fate);
/* The numbers of the packets that met `fate`, as text: "3 8 9". */
char *link_run_numbers(const LinkRun *run, MpFate fate);
/* When the delivered packets came, in milliseconds: "10 20 22.5". */
char *link_run_arrivals(const LinkRun *run);
