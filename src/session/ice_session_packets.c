/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes to an ICE session: media by its own sockets or through libnice, and the STUN messages
 * that libnice is to have.
 */
#include "base/clock.h"
#include "session/ice_session_state.h"
#include "wire/rtp.h"

/* Media that libnice read itself: TURN over TCP, or packets queued behind a STUN message. */
void mp_ice_session_on_packet(NiceAgent *agent, guint stream, guint component, guint length,
                              gchar *data, gpointer user_data)
{
    (void)agent;
    (void)stream;
    (void)component;
    MpIceSession *session = user_data;
    if (session->is_closing)
        return;
    session->last_packet = mp_clock_now();
    session->config.callbacks.packet((const guint8 *)data, length, mp_clock_realtime(), FALSE,
                                     session->config.user_data);
}

/* ICE has checked these addresses; whoever else knows our port may not speak to DTLS or SRTP. */
static gboolean is_from_peer(const MpIceSession *session, const MpAddress *from)
{
    if (session->sockets.media && mp_address_equal(from, &session->sockets.media_to))
        return TRUE;
    for (guint i = 0; i < session->candidates->len; i++) {
        const MpIceCandidate *candidate = &g_array_index(session->candidates, MpIceCandidate, i);
        if (candidate->is_remote && mp_address_equal(from, &candidate->address))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_channel_data(const MpStampedDatagram *datagram)
{
    return mp_packet_kind(datagram->bytes.data, datagram->bytes.length) == MP_PACKET_TURN_CHANNEL;
}

static void on_media(const MpStampedDatagram *datagram, gpointer user_data)
{
    MpIceSession *session = user_data;
    MpBytes inner = datagram->bytes;
    if (session->is_closing)
        return;
    if (is_channel_data(datagram)) {
        if (!mp_ice_sockets_unwrap(&session->sockets, datagram, &inner))
            return;
    } else if (mp_ice_sockets_are_relayed(&session->sockets) ||
               !is_from_peer(session, &datagram->from)) {
        return;
    }
    gboolean is_stamped = datagram->stamp > 0;
    session->last_packet = mp_clock_now();
    session->config.callbacks.packet(inner.data, inner.length,
                                     is_stamped ? datagram->stamp : mp_clock_realtime(), is_stamped,
                                     session->config.user_data);
}

static void on_sent(guint32 tag, MpTime left, gpointer user_data)
{
    MpIceSession *session = user_data;
    if (!session->is_closing && tag != MP_ICE_UNTAGGED)
        session->config.callbacks.sent(tag, left, session->config.user_data);
}

static gboolean on_stun(const MpStampedDatagram *datagram, gpointer user_data)
{
    MpIceSession *session = user_data;
    MpBytes message = datagram->bytes;
    gboolean is_channel = is_channel_data(datagram);
    if (session->is_closing ||
        (is_channel && !mp_ice_sockets_unwrap(&session->sockets, datagram, &message)))
        return FALSE;
    return mp_ice_inquiry_take(
        session->inquiry, message.data, message.length, &datagram->from,
        !is_channel && mp_ice_sockets_are_relayed(&session->sockets) &&
            mp_address_equal(&datagram->from, &session->sockets.relay_server));
}

const MpIceTapCallbacks mp_ice_session_tap = {on_media, on_stun, on_sent};
