/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Far ends laid over far ends: a scenario over a lab, options over a scenario.
 */
#pragma once

#include "model/target.h"

/* What `over` says replaces what `targets` says; the rest stays. The lists of STUN and of TURN
 * servers are replaced each as a whole, a password displaces a shared secret and the other way
 * round, and a new responder gets no token but its own. `over` is emptied of what was taken. */
void mp_targets_merge(MpTargets *targets, MpTargets *over);
