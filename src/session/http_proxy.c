/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A proxy for libsoup. GIO logs in to a SOCKS proxy with what its URL says, libsoup to an HTTP
 * proxy with what it is given when the proxy asks.
 */
#include "session/http_proxy.h"

#include <string.h>

typedef struct {
    char *user;
    MpSecret *password;
} Login;

static void login_free(gpointer data)
{
    Login *login = data;
    g_free(login->user);
    mp_secret_free(login->password);
    g_free(login);
}

static gboolean on_authenticate(SoupMessage *message, SoupAuth *auth, gboolean is_retry,
                                gpointer user_data)
{
    (void)message;
    const Login *login = user_data;
    if (!soup_auth_is_for_proxy(auth) || is_retry)
        return FALSE;
    soup_auth_authenticate(auth, login->user, mp_secret_peek(login->password));
    return TRUE;
}

static void on_queued(SoupSession *soup, SoupMessage *message, gpointer user_data)
{
    (void)soup;
    g_signal_connect(message, "authenticate", G_CALLBACK(on_authenticate), user_data);
}

/* The caller wipes it. */
static char *with_login(const char *url, const char *user, const MpSecret *password)
{
    g_autoptr(GUri) plain = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    g_assert(plain);
    return g_uri_join_with_user(G_URI_FLAGS_HAS_PASSWORD, g_uri_get_scheme(plain), user,
                                mp_secret_peek(password), NULL, g_uri_get_host(plain),
                                g_uri_get_port(plain), "", NULL, NULL);
}

void mp_http_use_proxy(SoupSession *soup, const char *url, const char *user,
                       const MpSecret *password)
{
    gboolean is_socks = g_str_has_prefix(url, "socks");
    char *address = user && is_socks ? with_login(url, user, password) : g_strdup(url);
    g_autoptr(GProxyResolver) resolver = g_simple_proxy_resolver_new(address, NULL);
    explicit_bzero(address, strlen(address));
    g_free(address);
    soup_session_set_proxy_resolver(soup, resolver);
    if (!user || is_socks)
        return;

    Login *login = g_new0(Login, 1);
    login->user = g_strdup(user);
    login->password = mp_secret_new(password ? mp_secret_peek(password) : "");
    soup_session_add_feature_by_type(soup, SOUP_TYPE_AUTH_BASIC);
    g_object_set_data_full(G_OBJECT(soup), "mediapath-proxy-login", login, login_free);
    g_signal_connect(soup, "request-queued", G_CALLBACK(on_queued), login);
}
