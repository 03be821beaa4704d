/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A user name and password for TURN: given ones, or ones made from a secret that the service shares
 * with its TURN servers ("REST", draft-uberti-behave-turn-rest-00).
 */
#pragma once

#include "base/time.h"

typedef struct {
    char *user;
    char *password;
} MpTurnCredentials;

MpTurnCredentials *mp_turn_credentials_new(const char *user, const char *password);

/* The user is "EXPIRY:name", EXPIRY being `now` (mp_clock_realtime()) plus `valid_for`, in seconds
 * since 1970; the password is base64(HMAC-SHA1(secret, user)). A NULL name leaves ":name" out. */
MpTurnCredentials *mp_turn_credentials_new_from_secret(const char *name, const char *secret,
                                                       MpTime now, MpTime valid_for);

/* Wipes the password. Takes NULL. */
void mp_turn_credentials_free(MpTurnCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTurnCredentials, mp_turn_credentials_free)
