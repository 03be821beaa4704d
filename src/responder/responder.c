/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end: its settings checked, its services started, served until it is told to stop.
 */
#include <mediapath/error.h>
#include <mediapath/responder.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "responder/confine.h"
#include "responder/reflect.h"
#include "responder/stun_service.h"
#include "responder/whip_service.h"

#define MOST_SESSIONS 64
#define GREATEST_KBPS 10000
#define REFLECT_FIRST 1025
/* A call may ask for trains of so long at the greatest rate. */
#define CAPACITY_SECONDS 4

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

/* What serves at the same time. */
typedef struct {
    const MpResponderConfig *config;
    MpWhipConfig *whip;
    MpReflect *reflect; /* NULL: no STAMP */
    MpResponderReady ready;
    gpointer user_data;
    GCancellable *cancellable;
    GMainLoop *loop;
    gboolean has_lost_reflector;
} Run;

static void on_reflector_died(gpointer data)
{
    Run *run = data;
    run->has_lost_reflector = TRUE;
    g_main_loop_quit(run->loop);
}

static gboolean serve(Run *run, GError **error)
{
    g_autofree char *url = g_strdup_printf(
        "%s://%s/whip", run->whip->certificate ? "https" : "http", run->config->listen);
    g_autoptr(GMainLoop) loop = g_main_loop_new(g_main_context_get_thread_default(), FALSE);
    g_autoptr(GSource) source = g_cancellable_source_new(run->cancellable);
    run->loop = loop;
    /* GLib declares the callback of every source as GSourceFunc. */
    g_source_set_callback(source, (GSourceFunc)(void (*)(void))stop, loop, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
    if (run->reflect)
        mp_reflect_watch(run->reflect, on_reflector_died, run);
    run->ready(url, run->user_data);
    g_main_loop_run(loop);
    g_source_destroy(source);
    if (run->has_lost_reflector)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "a process of the reflector has ended");
    return !run->has_lost_reflector;
}

static gboolean confine(const Run *run, MpConfine how, GError **error)
{
    return !run->config->is_confined || mp_confine_privileges(how, error);
}

static gboolean start_services(Run *run, GError **error)
{
    MpStunService *stun = NULL;
    if (run->config->stun_port) {
        MpAddress address = run->whip->listen;
        address.port = run->config->stun_port;
        stun = mp_stun_service_new(&address, error);
        if (!stun)
            return FALSE;
    }
    MpWhipService *service = mp_whip_service_new(run->whip, error);
    gboolean is_done = service && confine(run, MP_CONFINE_BUT_PRIORITY, error) && serve(run, error);
    mp_whip_service_free(service);
    mp_stun_service_free(stun);
    return is_done;
}

static gboolean start_reflector(Run *run, const MpStampKeys *keys, GError **error)
{
    const MpResponderConfig *config = run->config;
    gboolean is_whole = config->reflect_first == 0 && config->reflect_last == 0;
    const MpReflectConfig reflect = {
        .keys = keys,
        .way = config->reflect_way,
        .first_port = is_whole ? REFLECT_FIRST : config->reflect_first,
        .last_port = is_whole ? G_MAXUINT16 : config->reflect_last,
        .media_first = config->first_port,
        .media_last = config->last_port,
        .spared_port = config->stun_port,
        .is_confined = config->is_confined,
    };
    if (reflect.first_port == 0 || reflect.first_port > reflect.last_port) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "reflected ports %u-%u, expected a range inside 1-65535", reflect.first_port,
                    reflect.last_port);
        return FALSE;
    }
    run->reflect = mp_reflect_new(&reflect, error);
    if (!run->reflect)
        return FALSE;
    mp_reflect_get_media(run->reflect, &run->whip->peer.first_port, &run->whip->peer.last_port);
    if (config->note)
        config->note(mp_reflect_describe(run->reflect), run->user_data);
    return TRUE;
}

static gboolean start_reflecting(Run *run, GError **error)
{
    g_autoptr(MpStampKeys) keys = NULL;
    return !run->config->stamp_key_file ||
           ((keys = mp_stamp_keys_read_file(run->config->stamp_key_file, error)) &&
            start_reflector(run, keys, error));
}

/* With what the WHIP service alone may know. */
static gboolean start_whip(Run *run, GError **error)
{
    const MpResponderConfig *config = run->config;
    g_autoptr(GTlsCertificate) certificate = NULL;
    g_autoptr(MpSecret) token = NULL;
    if (!load_certificate(config, &certificate, error) ||
        (config->token_file && !(token = mp_secret_read_file(config->token_file, error))))
        return FALSE;
    run->whip->certificate = certificate;
    run->whip->token = token;
    /* Threads that the services start inherit what is left. */
    if (!confine(run, MP_CONFINE_BUT_PRIORITY | MP_CONFINE_BUT_BINDING, error))
        return FALSE;
    g_autoptr(GMainContext) context = g_main_context_new();
    g_main_context_push_thread_default(context);
    gboolean is_done = start_services(run, error);
    g_main_context_pop_thread_default(context);
    return is_done;
}

/* The reflector's processes come first, while this one has neither threads nor sockets, nor the
 * secrets that are not theirs. */
static gboolean start(Run *run, GError **error)
{
    gboolean is_done = start_reflecting(run, error) && start_whip(run, error);
    mp_reflect_free(run->reflect);
    return is_done;
}

gboolean mp_responder_run(const MpResponderConfig *config, MpResponderReady ready,
                          gpointer user_data, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(config && config->listen && ready, FALSE);
    MpWhipConfig whip = {
        .most_sessions = config->most_sessions ? config->most_sessions : MOST_SESSIONS,
        .peer = {.first_port = config->first_port,
                 .last_port = config->last_port,
                 .greatest_kbps = config->greatest_kbps ? config->greatest_kbps : GREATEST_KBPS,
                 .capacity = {.greatest_bps = (guint64)config->capacity_kbps * 1000,
                              .most_bytes = (guint64)config->capacity_kbps * 125 *
                                            CAPACITY_SECONDS}},
    };
    if (!mp_address_parse_with_port(&whip.listen, config->listen) ||
        mp_address_is_any(&whip.listen)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "listen address \"%s\", expected IP:PORT of one interface", config->listen);
        return FALSE;
    }
    whip.peer.local = whip.listen;

    if (!check_ports(config, error))
        return FALSE;
    Run run = {
        .config = config,
        .whip = &whip,
        .ready = ready,
        .user_data = user_data,
        .cancellable = cancellable,
    };
    return start(&run, error);
}
