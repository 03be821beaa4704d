/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a way saw in each of its turns at media, as a fact: so that ways are compared round by
 * round.
 */
#pragma once

#include "probe/media_call.h"
#include "probe/media_facts.h"

/* "turns" of the tier that counts. Nothing where no other way took part. */
void mp_media_turn_facts(MpMediaCall *call, const MpTierRun *run, const MpMediaJoin *join);
