/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * TURN credentials.
 */
#include "session/turn_credentials.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

/* Longer than any check, short enough to be worthless when it leaks. */
#define VALID_FOR MP_SEC(3600)

struct _MpTurnCredentials {
    char *user;
    char *password;
};

MpTurnCredentials *mp_turn_credentials_new(const char *user, const char *password)
{
    MpTurnCredentials *credentials = g_new0(MpTurnCredentials, 1);
    credentials->user = g_strdup(user);
    credentials->password = g_strdup(password);
    return credentials;
}

MpTurnCredentials *mp_turn_credentials_new_from_secret(const char *name, const char *secret,
                                                       MpTime now, MpTime valid_for)
{
    gint64 expiry = (now + valid_for) / MP_SEC(1);
    MpTurnCredentials *credentials = g_new0(MpTurnCredentials, 1);
    credentials->user = g_strdup_printf("%" G_GINT64_FORMAT "%s%s", expiry, name ? ":" : "",
                                        name ? name : "");

    guint8 hmac[EVP_MAX_MD_SIZE];
    guint length = 0;
    g_assert(HMAC(EVP_sha1(), secret, (int)strlen(secret), (const guint8 *)credentials->user,
                  strlen(credentials->user), hmac, &length));
    credentials->password = g_base64_encode(hmac, length);
    explicit_bzero(hmac, sizeof hmac);
    return credentials;
}

MpTurnCredentials *mp_turn_credentials_for(const char *user, const MpSecret *password,
                                           const MpSecret *secret, MpTime now)
{
    if (secret)
        return mp_turn_credentials_new_from_secret(user, mp_secret_peek(secret), now, VALID_FOR);
    if (user && password)
        return mp_turn_credentials_new(user, mp_secret_peek(password));
    return NULL;
}

const char *mp_turn_credentials_user(const MpTurnCredentials *credentials)
{
    return credentials ? credentials->user : NULL;
}

const char *mp_turn_credentials_password(const MpTurnCredentials *credentials)
{
    return credentials ? credentials->password : NULL;
}

void mp_turn_credentials_free(MpTurnCredentials *credentials)
{
    if (!credentials)
        return;
    if (credentials->password)
        explicit_bzero(credentials->password, strlen(credentials->password));
    g_free(credentials->password);
    g_free(credentials->user);
    g_free(credentials);
}
