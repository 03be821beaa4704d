/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Realm, nonce and the key that follows from them.
 */
#include "session/turn_login.h"

#include <string.h>

MpTurnLogin mp_turn_login_init(const MpTurnCredentials *credentials)
{
    MpTurnLogin login = {0};
    if (credentials)
        login.credentials = mp_turn_credentials_new(mp_turn_credentials_user(credentials),
                                                    mp_turn_credentials_password(credentials));
    return login;
}

void mp_turn_login_clear(MpTurnLogin *login)
{
    g_clear_pointer(&login->credentials, mp_turn_credentials_free);
    g_clear_pointer(&login->realm, g_free);
    explicit_bzero(login->key, sizeof login->key);
}

gboolean mp_turn_login_take_realm(MpTurnLogin *login, const MpStunMessage *answer)
{
    MpBytes realm;
    if (!mp_stun_find(answer, MP_STUN_ATTRIBUTE_REALM, &realm) ||
        realm.length > MP_TURN_MAX_REALM ||
        !g_utf8_validate_len((const char *)realm.data, realm.length, NULL))
        return FALSE;
    g_free(login->realm);
    login->realm = g_strndup((const char *)realm.data, realm.length);
    if (login->credentials)
        mp_stun_long_term_key(mp_turn_credentials_user(login->credentials), login->realm,
                              mp_turn_credentials_password(login->credentials), login->key);
    return TRUE;
}

gboolean mp_turn_login_take_nonce(MpTurnLogin *login, const MpStunMessage *answer)
{
    MpBytes nonce;
    if (!mp_stun_find(answer, MP_STUN_ATTRIBUTE_NONCE, &nonce) || nonce.length == 0 ||
        nonce.length > MP_TURN_MAX_NONCE)
        return FALSE;
    memcpy(login->nonce, nonce.data, nonce.length);
    login->nonce_length = nonce.length;
    return TRUE;
}

void mp_turn_login_add(const MpTurnLogin *login, MpStunBuilder *builder)
{
    mp_stun_add_text(builder, MP_STUN_ATTRIBUTE_USERNAME,
                     mp_turn_credentials_user(login->credentials));
    mp_stun_add_text(builder, MP_STUN_ATTRIBUTE_REALM, login->realm);
    mp_stun_add(builder, MP_STUN_ATTRIBUTE_NONCE, login->nonce, login->nonce_length);
    mp_stun_add_integrity(builder, (MpBytes){login->key, sizeof login->key});
}
