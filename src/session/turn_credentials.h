/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A user name and password for TURN: given ones, or ones made from a secret that the service shares
 * with its TURN servers ("REST", draft-uberti-behave-turn-rest-00).
 */
#pragma once

#include "base/secret.h"
#include "base/time.h"

typedef struct _MpTurnCredentials MpTurnCredentials;

MpTurnCredentials *mp_turn_credentials_new(const char *user, const char *password);

/* The user is "EXPIRY:name", EXPIRY being `now` (mp_clock_realtime()) plus `valid_for`, in seconds
 * since 1970; the password is base64(HMAC-SHA1(secret, user)). A NULL name leaves ":name" out. */
MpTurnCredentials *mp_turn_credentials_new_from_secret(const char *name, const char *secret,
                                                       MpTime now, MpTime valid_for);

/* From what the user gave: made from the secret where there is one, for an hour; else user and
 * password; NULL where neither is there. */
MpTurnCredentials *mp_turn_credentials_for(const char *user, const MpSecret *password,
                                           const MpSecret *secret, MpTime now);

/* Lent. NULL for NULL. */
const char *mp_turn_credentials_user(const MpTurnCredentials *credentials);
const char *mp_turn_credentials_password(const MpTurnCredentials *credentials);

/* Wipes the password. Takes NULL. */
void mp_turn_credentials_free(MpTurnCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTurnCredentials, mp_turn_credentials_free)
