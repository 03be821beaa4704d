/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How calls of one kind would fare on a measured path: many are simulated, each over a link that
 * may be the one that was measured.
 */
#pragma once

#include "model/path_model.h"
#include "simulator/sim_calibration.h"
#include "simulator/sim_call.h"
#include "simulator/sim_label.h"

/* Changes what is about to be simulated: "what if". `size` is the change's own. */
typedef void (*MpWhatIf)(MpLink *link, MpSimSetup *setup, double size);

typedef struct {
    const MpPathModel *path;
    MpSimSetup setup;
    MpWhatIf what_if; /* NULL: as it was measured */
    MpWhatIf and_if;  /* beside it; NULL: no more than that */
    double size;
    guint links;          /* that are drawn, at least 1 */
    guint least_links;    /* after so many whose calls all ended alike nobody needs the rest */
    guint calls_per_link; /* at least 1 */
} MpCallQuestion;

typedef struct {
    guint calls; /* that were simulated: fewer than asked for where all ended alike */
    guint n_calls[MP_VERDICT_UNKNOWN]; /* of each verdict */
    double spread;  /* standard deviation of the share of stable calls from link to link: what the
                     * test left open, without the chance that is in every call */
    gboolean is_up; /* the worse direction in most calls, or the slower one, is that up */
    MpSimFigures figures; /* means of that direction; of heights the median */
    MpSimOutcome means;   /* of both */
    const char *figure;   /* of the label, that kept most calls from being stable; NULL: none */
} MpCallChances;

/* The same question, the same answer: seeds are numbers of links and calls. */
MpCallChances mp_call_chances(const MpCallQuestion *question);

/* Of a stable one, 0 to 1; `shift` is added to the share of stable calls first. */
double mp_call_chances_stable(const MpCallChances *chances, MpSessionType session, double shift);
