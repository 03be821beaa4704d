/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The long-term login of RFC 8489 section 9.2: user and password, and the realm and nonce that the
 * server asks for them with.
 */
#pragma once

#include "session/turn_credentials.h"
#include "wire/stun_builder.h"
#include "wire/stun_check.h"

/* RFC 8489 sections 14.9 and 14.10: fewer than 128 characters, which is up to 763 bytes. */
#define MP_TURN_MAX_REALM 763
#define MP_TURN_MAX_NONCE 763

typedef struct {
    MpTurnCredentials *credentials; /* NULL: none */
    char *realm;                    /* NULL: the server has not asked for a login */
    guint8 nonce[MP_TURN_MAX_NONCE];
    gsize nonce_length;             /* 0: none yet */
    guint8 key[MP_STUN_KEY_LENGTH]; /* of the realm; where there are credentials */
} MpTurnLogin;

/* Copies them; NULL: there are none. */
MpTurnLogin mp_turn_login_init(const MpTurnCredentials *credentials);
/* Wipes what is secret. */
void mp_turn_login_clear(MpTurnLogin *login);

/* Of a 401 and of a 438. FALSE: it has no valid one, and nothing is changed. */
gboolean mp_turn_login_take_realm(MpTurnLogin *login, const MpStunMessage *answer);
gboolean mp_turn_login_take_nonce(MpTurnLogin *login, const MpStunMessage *answer);

/* USERNAME, REALM, NONCE and MESSAGE-INTEGRITY; both were taken. */
void mp_turn_login_add(const MpTurnLogin *login, MpStunBuilder *builder);
