/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end: its settings checked, its services started, served until it is told to stop.
 */
#include <mediapath/error.h>
#include <mediapath/responder.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "responder/stun_service.h"
#include "responder/whip_service.h"

#define MOST_SESSIONS 64
#define GREATEST_KBPS 10000

static gboolean check_ports(const MpResponderConfig *config, GError **error)
{
    if (config->first_port >= 1025 && config->first_port <= config->last_port)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "media ports %u-%u, expected a range inside 1025-65535", config->first_port,
                config->last_port);
    return FALSE;
}

/* GLib takes any two files; every handshake would fail then. */
static gboolean key_fits(const MpResponderConfig *config)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    gboolean fits = SSL_CTX_use_certificate_chain_file(context, config->cert_file) == 1 &&
                    SSL_CTX_use_PrivateKey_file(context, config->key_file, SSL_FILETYPE_PEM) == 1 &&
                    SSL_CTX_check_private_key(context) == 1;
    ERR_clear_error();
    SSL_CTX_free(context);
    return fits;
}

static gboolean load_certificate(const MpResponderConfig *config, GTlsCertificate **certificate,
                                 GError **error)
{
    if (!config->cert_file && !config->key_file)
        return TRUE;
    if (!config->cert_file || !config->key_file) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "only one of certificate and key was given, expected both or none");
        return FALSE;
    }
    g_autoptr(GError) reason = NULL;
    g_autoptr(GTlsCertificate)
        loaded = g_tls_certificate_new_from_files(config->cert_file, config->key_file, &reason);
    if (loaded && key_fits(config)) {
        *certificate = g_steal_pointer(&loaded);
        return TRUE;
    }
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "certificate %s with key %s: %s",
                config->cert_file, config->key_file,
                reason ? reason->message : "found a key of another certificate, expected its own");
    return FALSE;
}

static gboolean stop(GCancellable *cancellable, gpointer loop)
{
    (void)cancellable;
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static void serve(const char *url, MpResponderReady ready, gpointer user_data,
                  GCancellable *cancellable)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(g_main_context_get_thread_default(), FALSE);
    g_autoptr(GSource) source = g_cancellable_source_new(cancellable);
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(source, (GSourceFunc)(void (*)(void))stop, loop, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
    ready(url, user_data);
    g_main_loop_run(loop);
    g_source_destroy(source);
}

static gboolean start(const MpResponderConfig *config, const MpWhipConfig *whip,
                      MpResponderReady ready, gpointer user_data, GCancellable *cancellable,
                      GError **error)
{
    MpStunService *stun = NULL;
    if (config->stun_port) {
        MpAddress address = whip->listen;
        address.port = config->stun_port;
        stun = mp_stun_service_new(&address, error);
        if (!stun)
            return FALSE;
    }
    MpWhipService *service = mp_whip_service_new(whip, error);
    if (service) {
        g_autofree char *url = g_strdup_printf("%s://%s/whip", whip->certificate ? "https" : "http",
                                               config->listen);
        serve(url, ready, user_data, cancellable);
    }
    gboolean has_served = service != NULL;
    mp_whip_service_free(service);
    mp_stun_service_free(stun);
    return has_served;
}

gboolean mp_responder_run(const MpResponderConfig *config, MpResponderReady ready,
                          gpointer user_data, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(config && config->listen && ready, FALSE);
    MpWhipConfig whip = {
        .most_sessions = config->most_sessions ? config->most_sessions : MOST_SESSIONS,
        .peer = {.first_port = config->first_port,
                 .last_port = config->last_port,
                 .greatest_kbps = config->greatest_kbps ? config->greatest_kbps : GREATEST_KBPS},
    };
    if (!mp_address_parse_with_port(&whip.listen, config->listen) ||
        mp_address_is_any(&whip.listen)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "listen address \"%s\", expected IP:PORT of one interface", config->listen);
        return FALSE;
    }
    whip.peer.local = whip.listen;

    g_autoptr(GTlsCertificate) certificate = NULL;
    g_autoptr(MpSecret) token = NULL;
    if (!check_ports(config, error) || !load_certificate(config, &certificate, error))
        return FALSE;
    if (config->token_file && !(token = mp_secret_read_file(config->token_file, error)))
        return FALSE;
    whip.certificate = certificate;
    whip.token = token;

    g_autoptr(GMainContext) context = g_main_context_new();
    g_main_context_push_thread_default(context);
    gboolean is_done = start(config, &whip, ready, user_data, cancellable, error);
    g_main_context_pop_thread_default(context);
    return is_done;
}
