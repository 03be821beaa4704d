/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Protection of RTP and RTCP with libsrtp2.
 */
#include "session/srtp_session.h"

#include <srtp2/srtp.h>
#include <string.h>

#include "base/bytes.h"
#include "session/srtp_gcm.h"

/* The default of 128 would drop a reordered burst as a replay. */
#define REPLAY_WINDOW 1024
/* Where a packet has its sender's SSRC: RFC 3550 sections 5.1 and 6.4.1. */
#define RTP_SSRC 8
#define RTCP_SSRC 4

struct _MpSrtpSession {
    srtp_t outgoing; /* of RTP only where `gcm` is NULL */
    srtp_t incoming;
    MpSrtpGcm *gcm;                        /* NULL: the profile is another */
    guint32 sources[MP_SRTP_MOST_SOURCES]; /* SSRCs that passed */
    guint n_sources;
    guint32 repeated;
};

static const struct {
    const char *name; /* as OpenSSL calls it */
    srtp_profile_t profile;
} profiles[] = {
    {"SRTP_AEAD_AES_128_GCM", srtp_profile_aead_aes_128_gcm},
    {"SRTP_AEAD_AES_256_GCM", srtp_profile_aead_aes_256_gcm},
    {"SRTP_AES128_CM_SHA1_80", srtp_profile_aes128_cm_sha1_80},
};

static void initialise_library(void)
{
    static gsize is_done;
    if (g_once_init_enter(&is_done)) {
        g_assert(srtp_init() == srtp_err_status_ok);
        g_once_init_leave(&is_done, 1);
    }
}

static srtp_t make_context(srtp_profile_t profile, srtp_ssrc_type_t direction, guint8 *key)
{
    srtp_policy_t policy = {0};
    if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile) != srtp_err_status_ok ||
        srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile) != srtp_err_status_ok)
        return NULL;
    policy.ssrc.type = direction;
    policy.key = key;
    policy.window_size = REPLAY_WINDOW;
    srtp_t context = NULL;
    return srtp_create(&context, &policy) == srtp_err_status_ok ? context : NULL;
}

/* The sending half by OpenSSL: RFC 7714 section 12's profiles have a salt of that length. */
static MpSrtpGcm *make_gcm(const guint8 *master, gsize key_size)
{
    const guint8 *master_salt = master + key_size;
    guint8 key[MP_SRTP_MOST_KEY];
    guint8 salt[MP_SRTP_GCM_SALT];
    MpSrtpGcm *gcm = NULL;
    if (mp_srtp_derive(master, key_size, master_salt, sizeof salt, MP_SRTP_LABEL_KEY, key,
                       key_size) &&
        mp_srtp_derive(master, key_size, master_salt, sizeof salt, MP_SRTP_LABEL_SALT, salt,
                       sizeof salt))
        gcm = mp_srtp_gcm_new(key, key_size, salt);
    explicit_bzero(key, sizeof key);
    explicit_bzero(salt, sizeof salt);
    return gcm;
}

/* RFC 5764 section 4.2: client key, server key, client salt, server salt. */
static void split_keys(const guint8 *keys, gsize key_size, gsize salt_size, gboolean of_client,
                       guint8 *master)
{
    gsize side = of_client ? 0 : 1;
    memcpy(master, keys + side * key_size, key_size);
    memcpy(master + key_size, keys + 2 * key_size + side * salt_size, salt_size);
}

static gboolean find_profile(const char *name, srtp_profile_t *profile)
{
    for (gsize i = 0; name && i < G_N_ELEMENTS(profiles); i++) {
        if (!g_str_equal(profiles[i].name, name))
            continue;
        *profile = profiles[i].profile;
        return TRUE;
    }
    return FALSE;
}

MpSrtpSession *mp_srtp_session_new_from_keys(const char *name, const guint8 *keys,
                                             gboolean is_client)
{
    srtp_profile_t profile;
    guint8 own[MP_DTLS_MAX_KEYING];
    guint8 peer[MP_DTLS_MAX_KEYING];
    initialise_library();
    if (!find_profile(name, &profile))
        return NULL;
    const gsize key_size = srtp_profile_get_master_key_length(profile);
    const gsize salt_size = srtp_profile_get_master_salt_length(profile);
    split_keys(keys, key_size, salt_size, is_client, own);
    split_keys(keys, key_size, salt_size, !is_client, peer);

    MpSrtpSession *session = g_new0(MpSrtpSession, 1);
    session->outgoing = make_context(profile, ssrc_any_outbound, own);
    session->incoming = make_context(profile, ssrc_any_inbound, peer);
    if (salt_size == MP_SRTP_GCM_SALT)
        session->gcm = make_gcm(own, key_size);
    explicit_bzero(own, sizeof own);
    explicit_bzero(peer, sizeof peer);
    if (!session->outgoing || !session->incoming)
        g_clear_pointer(&session, mp_srtp_session_free);
    return session;
}

MpSrtpSession *mp_srtp_session_new(const MpDtlsSession *dtls, gboolean is_client)
{
    const char *name = mp_dtls_session_srtp_profile(dtls);
    srtp_profile_t profile;
    guint8 keys[MP_DTLS_MAX_KEYING];
    if (!find_profile(name, &profile) ||
        !mp_dtls_session_export_keys(dtls, keys,
                                     (gsize)2 * (srtp_profile_get_master_key_length(profile) +
                                                 srtp_profile_get_master_salt_length(profile))))
        return NULL;
    MpSrtpSession *session = mp_srtp_session_new_from_keys(name, keys, is_client);
    explicit_bzero(keys, sizeof keys);
    return session;
}

void mp_srtp_session_free(MpSrtpSession *session)
{
    if (!session)
        return;
    if (session->outgoing)
        srtp_dealloc(session->outgoing);
    if (session->incoming)
        srtp_dealloc(session->incoming);
    mp_srtp_gcm_free(session->gcm);
    g_free(session);
}

typedef srtp_err_status_t (*Transform)(srtp_t context, void *packet, int *length);

static srtp_err_status_t apply(Transform transform, srtp_t context, guint8 *packet, gsize *length)
{
    int size = (int)*length;
    const srtp_err_status_t status = transform(context, packet, &size);
    if (status == srtp_err_status_ok)
        *length = (gsize)size;
    return status;
}

gboolean mp_srtp_session_protect(MpSrtpSession *session, guint8 *packet, gsize *length)
{
    return session->gcm
               ? mp_srtp_gcm_protect(session->gcm, packet, length)
               : apply(srtp_protect, session->outgoing, packet, length) == srtp_err_status_ok;
}

gboolean mp_srtp_session_protect_rtcp(MpSrtpSession *session, guint8 *packet, gsize *length)
{
    return apply(srtp_protect_rtcp, session->outgoing, packet, length) == srtp_err_status_ok;
}

gsize mp_srtp_session_growth(const MpSrtpSession *session)
{
    uint32_t length = 0;
    if (session->gcm)
        return MP_SRTP_GCM_TAG;
    (void)srtp_get_protect_trailer_length(session->outgoing, 0, 0, &length);
    return length;
}

static gboolean is_known(const MpSrtpSession *session, guint32 ssrc)
{
    for (guint i = 0; i < session->n_sources; i++)
        if (session->sources[i] == ssrc)
            return TRUE;
    return FALSE;
}

static gboolean let_in(MpSrtpSession *session, Transform transform, gsize ssrc_position,
                       guint8 *packet, gsize *length)
{
    MpReader reader = mp_reader_init(packet, *length);
    mp_reader_bytes(&reader, ssrc_position);
    guint32 ssrc = mp_reader_u32(&reader);
    gboolean is_new = !is_known(session, ssrc);
    if (reader.is_bad || (is_new && session->n_sources == MP_SRTP_MOST_SOURCES))
        return FALSE;
    const srtp_err_status_t status = apply(transform, session->incoming, packet, length);
    session->repeated += status == srtp_err_status_replay_fail && transform == srtp_unprotect;
    if (status != srtp_err_status_ok)
        return FALSE;
    if (is_new)
        session->sources[session->n_sources++] = ssrc;
    return TRUE;
}

gboolean mp_srtp_session_unprotect(MpSrtpSession *session, guint8 *packet, gsize *length)
{
    return let_in(session, srtp_unprotect, RTP_SSRC, packet, length);
}

gboolean mp_srtp_session_unprotect_rtcp(MpSrtpSession *session, guint8 *packet, gsize *length)
{
    return let_in(session, srtp_unprotect_rtcp, RTCP_SSRC, packet, length);
}

guint32 mp_srtp_session_repeated(const MpSrtpSession *session)
{
    return session->repeated;
}
