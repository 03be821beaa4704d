/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What befell the machine while a call ran: its clock was set, its thread had to wait, its cores
 * were taken away.
 */
#pragma once

#include "wire/media_record.h"

typedef struct _MpHostCanary MpHostCanary;

MpHostCanary *mp_host_canary_new(void);
void mp_host_canary_free(MpHostCanary *canary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpHostCanary, mp_host_canary_free)

/* Called often by the thread that sends; `difference` is mp_clock_difference(). */
void mp_host_canary_look(MpHostCanary *canary, MpTime now, MpTime difference);

/* Writes what was seen since the first look. */
void mp_host_canary_note(const MpHostCanary *canary, MpMediaRecord *record);
