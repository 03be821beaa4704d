/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What we ask through the sockets of an ICE session beside its agent: checks of the pair, and the
 * TURN server about the allocation. Also counts the agent's own checks as they pass.
 */
#pragma once

#include "session/ice_session.h"

typedef struct _MpIceInquiry MpIceInquiry;

/* `config` is lent for good; its relay is not looked at after this call. `ask` sends to the TURN
 * server. */
MpIceInquiry *mp_ice_inquiry_new(const MpIceConfig *config, const MpIceRelay *relay,
                                 void (*ask)(const guint8 *request, gsize length,
                                             gpointer user_data),
                                 gpointer user_data);
void mp_ice_inquiry_free(MpIceInquiry *inquiry);
/* Before the first check. */
void mp_ice_inquiry_set_keys(MpIceInquiry *inquiry, const char *their_ufrag, const char *our_ufrag,
                             const char *their_pwd);

/* Writes a check of ours; its length, 0 when there is none. */
gsize mp_ice_inquiry_check(MpIceInquiry *inquiry, guint8 *buffer, gsize capacity);
void mp_ice_inquiry_ask_relay(MpIceInquiry *inquiry);

/* A STUN message from the TURN server itself, or from a far end. TRUE: it answers a question of
 * ours, and whoever waits has been told. */
gboolean mp_ice_inquiry_take(MpIceInquiry *inquiry, const guint8 *data, gsize length,
                             const MpAddress *from, gboolean is_from_relay);

MpIceCounts mp_ice_inquiry_counts(const MpIceInquiry *inquiry);
/* When a check of the agent's or of ours was first answered; 0: none was. */
MpTime mp_ice_inquiry_first_answer(const MpIceInquiry *inquiry);
/* When a check of the agent's or of ours was last answered by who holds the key; 0: none was. */
MpTime mp_ice_inquiry_last_consent(const MpIceInquiry *inquiry);
/* NULL: no check was ever sent. */
const MpIceChecks *mp_ice_inquiry_checks(const MpIceInquiry *inquiry);
