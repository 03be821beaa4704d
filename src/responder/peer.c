/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The responder's end of one call.
 */
#include "responder/peer.h"

#include <string.h>

#include "base/clock.h"
#include "base/timer.h"
#include "responder/call_counters.h"

/* A client that never connects, or is gone without a word, must not hold a place. */
#define CONNECT_LIMIT MP_SEC(15)
#define SILENCE_LIMIT MP_SEC(10)
/* The longest call that a check asks for is 600 s. */
#define LONGEST_CALL MP_SEC(900)
#define LOOK_INTERVAL MP_SEC(1)
/* A client that asks for ever must not use up the ports: each restart takes one for a moment. */
#define MOST_RESTARTS 100

/* Counted: the owner keeps it, the loop does, and so do words on their way to the owner. */
struct _MpPeer {
    gint keepers; /* atomic */
    MpPeerConfig config;
    MpSdp *offer;
    MpPeerAnswered answered;
    MpPeerEnded ended;
    gpointer user_data;
    GMainContext *owner;     /* where callbacks go */
    GMainContext *context;   /* of the call */
    MpLoop *loop;            /* lent; NULL: there was none to be had */
    MpMediaSession *session; /* touched by the loop's thread only */
    GSource *look;
    MpTime began;
    MpTime last_media;
    guint received;
    gboolean has_answered;
    MpIceFragment *restart; /* of the far end, while we gather for it; NULL: none */
    MpPeerRestarted restarted;
    gpointer restarted_data;
    guint restarts;
    GBytes *record;   /* once it was asked for: then nothing is sent any more; NULL: it was not */
    gint is_silenced; /* atomic: no callback any more */
};

/* A word from the thread to the owner. */
typedef struct {
    MpPeer *peer;
    char *sdp;
    GError *error;
    GBytes *record;
    MpPeerRecorded recorded;
    MpPeerRestarted restarted;
    gpointer user_data;
} Word;

static MpPeer *keep(MpPeer *peer)
{
    g_atomic_int_inc(&peer->keepers);
    return peer;
}

static void let_go(MpPeer *peer)
{
    if (!g_atomic_int_dec_and_test(&peer->keepers))
        return;
    mp_sdp_free(peer->offer);
    mp_ice_fragment_free(peer->restart);
    g_clear_pointer(&peer->record, g_bytes_unref);
    g_main_context_unref(peer->context);
    g_main_context_unref(peer->owner);
    g_free(peer);
}

static void free_word(gpointer data)
{
    Word *word = data;
    g_free(word->sdp);
    g_clear_error(&word->error);
    g_clear_pointer(&word->record, g_bytes_unref);
    let_go(word->peer);
    g_free(word);
}

/* Not g_main_context_invoke(): that may call at once, in the wrong thread. */
static void post(GMainContext *context, GSourceFunc function, gpointer data, GDestroyNotify destroy)
{
    GSource *source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, function, data, destroy);
    g_source_attach(source, context);
    g_source_unref(source);
}

static void tell(MpPeer *peer, GSourceFunc function, Word *word)
{
    word->peer = keep(peer);
    post(peer->owner, function, word, free_word);
}

static gboolean tell_answer(gpointer data)
{
    Word *word = data;
    if (!g_atomic_int_get(&word->peer->is_silenced))
        word->peer->answered(word->sdp, word->error, word->peer->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean tell_record(gpointer data)
{
    Word *word = data;
    if (!g_atomic_int_get(&word->peer->is_silenced))
        word->recorded(word->record, word->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean tell_restart(gpointer data)
{
    Word *word = data;
    if (!g_atomic_int_get(&word->peer->is_silenced))
        word->restarted(word->sdp, word->error, word->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean tell_end(gpointer data)
{
    Word *word = data;
    if (!g_atomic_int_get(&word->peer->is_silenced))
        word->peer->ended(word->peer, word->peer->user_data);
    return G_SOURCE_REMOVE;
}

static void answer(MpPeer *peer)
{
    Word *word = g_new0(Word, 1);
    word->sdp = mp_media_session_answer(peer->session, peer->offer, &word->error);
    peer->has_answered = TRUE;
    tell(peer, tell_answer, word);
}

static MpIceConfig ice_config_of(const MpPeer *peer)
{
    return (MpIceConfig){.local = peer->config.local,
                         .first_port = peer->config.first_port,
                         .last_port = peer->config.last_port};
}

/* `reason` NULL: gathered. */
static void answer_restart(MpPeer *peer, const char *reason)
{
    g_autoptr(MpIceFragment) theirs = g_steal_pointer(&peer->restart);
    Word *word = g_new0(Word, 1);
    word->restarted = peer->restarted;
    word->user_data = peer->restarted_data;
    if (!reason) {
        word->sdp = mp_media_session_restart_fragment(peer->session);
        mp_media_session_restart_accept(peer->session, theirs);
    } else {
        word->error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NO_SPACE, reason);
    }
    tell(peer, tell_restart, word);
}

static void on_changed(gpointer user_data)
{
    MpPeer *peer = user_data;
    if (!peer->has_answered && mp_media_session_instants(peer->session)->gathered)
        answer(peer);
    MpIceSession *next = mp_media_session_restarting(peer->session);
    if (peer->restart && next && mp_ice_session_state(next) == MP_ICE_GATHERED)
        answer_restart(peer, NULL);
}

/* Ends the call when nothing comes any more. The record stays for a client that still asks. */
static void on_look(MpTime now, gpointer user_data)
{
    MpPeer *peer = user_data;
    guint received = mp_media_session_received(peer->session);
    if (received != peer->received)
        peer->last_media = now;
    peer->received = received;
    gboolean is_connected = mp_media_session_instants(peer->session)->dtls_connected != 0;
    if (now - peer->last_media > (is_connected ? SILENCE_LIMIT : CONNECT_LIMIT) ||
        now - peer->began > LONGEST_CALL) {
        tell(peer, tell_end, g_new0(Word, 1));
        return;
    }
    mp_timer_arm(peer->look, now + LOOK_INTERVAL);
}

/* Not within a callback of the session: it goes. */
static gboolean leave(gpointer user_data)
{
    MpPeer *peer = user_data;
    if (peer->look) {
        g_source_destroy(peer->look);
        g_source_unref(peer->look);
    }
    mp_media_session_free(peer->session);
    mp_loop_remove(peer->loop, peer->context);
    mp_crew_leave(peer->config.crew, peer->loop);
    let_go(peer);
    return G_SOURCE_REMOVE;
}

static void on_closed(gpointer user_data)
{
    MpPeer *peer = user_data;
    post(peer->context, leave, peer, NULL);
}

static gboolean close_session(gpointer user_data)
{
    MpPeer *peer = user_data;
    if (peer->session)
        mp_media_session_close(peer->session, on_closed, peer);
    else
        on_closed(peer);
    return G_SOURCE_REMOVE;
}

static void refuse(MpPeer *peer, const char *reason)
{
    Word *word = g_new0(Word, 1);
    word->error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NO_SPACE, reason);
    peer->has_answered = TRUE;
    tell(peer, tell_answer, word);
}

static gboolean begin(gpointer user_data)
{
    MpPeer *peer = user_data;
    const MpMediaSessionConfig config = {
        .ice = ice_config_of(peer),
        .greatest_kbps = peer->config.greatest_kbps,
        .capacity = peer->config.capacity,
        .changed = on_changed,
        .user_data = peer,
    };
    peer->began = peer->last_media = mp_clock_now();
    peer->session = mp_media_session_new(&config);
    peer->look = mp_timer_new(on_look, peer);
    if (!peer->session || !peer->look || !mp_media_session_gather(peer->session)) {
        refuse(peer, "no free UDP port");
        return G_SOURCE_REMOVE;
    }
    g_source_attach(peer->look, peer->context);
    mp_timer_arm(peer->look, peer->began + LOOK_INTERVAL);
    return G_SOURCE_REMOVE;
}

static gboolean enter_loop(gpointer user_data)
{
    MpPeer *peer = user_data;
    mp_loop_add(peer->loop, peer->context);
    return G_SOURCE_REMOVE;
}

MpPeer *mp_peer_new(const MpPeerConfig *config, MpSdp *offer, MpPeerAnswered answered,
                    MpPeerEnded ended, gpointer user_data)
{
    MpPeer *peer = g_new0(MpPeer, 1);
    peer->keepers = 1;
    peer->config = *config;
    peer->offer = offer;
    peer->answered = answered;
    peer->ended = ended;
    peer->user_data = user_data;
    peer->owner = g_main_context_ref_thread_default();
    peer->context = g_main_context_new();
    peer->loop = mp_crew_join(config->crew);
    if (peer->loop) {
        keep(peer);
        post(peer->context, begin, peer, NULL);
        mp_loop_invoke(peer->loop, enter_loop, peer);
    } else {
        refuse(peer, "no free descriptor");
    }
    return peer;
}

typedef struct {
    MpPeer *peer;
    MpIceFragment *fragment;
    MpPeerRestarted restarted;
    gpointer user_data;
} Restart;

static void free_restart(gpointer data)
{
    Restart *restart = data;
    mp_ice_fragment_free(restart->fragment);
    g_free(restart);
}

static gboolean begin_restart(gpointer data)
{
    Restart *restart = data;
    MpPeer *peer = restart->peer;
    const MpIceConfig config = ice_config_of(peer);
    g_clear_pointer(&peer->restart, mp_ice_fragment_free);
    peer->restart = g_steal_pointer(&restart->fragment);
    peer->restarted = restart->restarted;
    peer->restarted_data = restart->user_data;
    /* Whoever restarts is still there. */
    peer->last_media = mp_clock_now();
    if (!mp_media_session_instants(peer->session)->dtls_started)
        answer_restart(peer, "nothing is connected yet");
    else if (peer->restarts++ >= MOST_RESTARTS)
        answer_restart(peer, "too many restarts");
    else if (!mp_media_session_restart(peer->session, &config))
        answer_restart(peer, "no free UDP port");
    return G_SOURCE_REMOVE;
}

void mp_peer_restart(MpPeer *peer, MpIceFragment *fragment, MpPeerRestarted restarted,
                     gpointer user_data)
{
    Restart *restart = g_new0(Restart, 1);
    restart->peer = peer;
    restart->fragment = fragment;
    restart->restarted = restarted;
    restart->user_data = user_data;
    post(peer->context, begin_restart, restart, free_restart);
}

typedef struct {
    MpPeer *peer;
    MpPeerRecorded recorded;
    gpointer user_data;
} Question;

static gboolean write_record(gpointer data)
{
    Question *question = data;
    MpPeer *peer = question->peer;
    Word *word = g_new0(Word, 1);
    word->recorded = question->recorded;
    word->user_data = question->user_data;
    /* Other calls of the thread wait while it is written: a client that asks again has the same. */
    if (!peer->record) {
        mp_media_session_stop(peer->session);
        peer->record = mp_media_record_write(mp_media_session_record(peer->session));
    }
    word->record = g_bytes_ref(peer->record);
    tell(peer, tell_record, word);
    return G_SOURCE_REMOVE;
}

static gboolean write_counters(gpointer data)
{
    Question *question = data;
    MpPeer *peer = question->peer;
    Word *word = g_new0(Word, 1);
    word->recorded = question->recorded;
    word->user_data = question->user_data;
    char *json = mp_call_counters_write(peer->session, peer->began, mp_clock_now());
    if (json)
        word->record = g_bytes_new_take(json, strlen(json));
    tell(peer, tell_record, word);
    return G_SOURCE_REMOVE;
}

static void ask(MpPeer *peer, GSourceFunc write, MpPeerRecorded recorded, gpointer user_data)
{
    Question *question = g_new0(Question, 1);
    question->peer = peer;
    question->recorded = recorded;
    question->user_data = user_data;
    post(peer->context, write, question, g_free);
}

void mp_peer_take_record(MpPeer *peer, MpPeerRecorded recorded, gpointer user_data)
{
    ask(peer, write_record, recorded, user_data);
}

void mp_peer_take_counters(MpPeer *peer, MpPeerRecorded recorded, gpointer user_data)
{
    ask(peer, write_counters, recorded, user_data);
}

void mp_peer_free(MpPeer *peer)
{
    if (!peer)
        return;
    g_atomic_int_set(&peer->is_silenced, 1);
    if (peer->loop)
        post(peer->context, close_session, peer, NULL);
    let_go(peer);
}
