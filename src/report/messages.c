/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message catalogue.
 */
#include "report/messages.h"

#include "base/i18n.h"
#include "report/template.h"

static const MpMessage messages[] = {
    {"turn-server-down", N_("The TURN server is not running"),
     N_("{server} refused the connection[: {detail}]. The computer is reachable, but no TURN "
        "server listens on this port."),
     N_("Start the TURN server, or correct its address and port.")},
    {"turn-server-silent", N_("The TURN server does not answer"),
     N_("{server} gave no answer, while other traffic of the same kind got through."),
     N_("Check that the TURN server runs and that the firewall in front of it lets this port in.")},
    {"turn-credentials-rejected", N_("The TURN server rejects the user name or password"),
     N_("{server} is reachable and answered[ {code}][ {reason}] to the credentials that were "
        "sent."),
     N_("Get a valid user name and password. For time-limited credentials compare the shared "
        "secret, and the clocks of both machines.")},
    {"turn-quota", N_("The TURN server has no room for this user"),
     N_("{server} answered[ {code}][ {reason}]: its limit of allocations or its capacity is "
        "reached."),
     N_("Raise the quota or the capacity of the TURN server, or try again when fewer calls run.")},
    {"turn-forbidden", N_("The TURN server forbids the relay"),
     N_("{server} answered[ {code}][ {reason}]: its own rules do not allow this user or this far "
        "end."),
     N_("Allow the address of the media server in the peer rules of the TURN server.")},
    {"turn-redirected", N_("The TURN server sends its clients elsewhere"),
     N_("{server} answered 300 and named another server[: {alternate_server}]."),
     N_("Use the server that it names, and let it through the firewall as well.")},
    {"turn-protocol-error", N_("The TURN server does not follow the protocol"),
     N_("The answer of {server} is not what the standard allows[ (stage {stage})][: {code}]"
        "[ {reason}]."),
     N_("Check the version and the configuration of the server, and whether another service uses "
        "the port.")},
    {"udp-blocked", N_("UDP is blocked"),
     N_("No UDP packet came back from any server, while TCP works. Calls fall back to "
        "TCP or TLS, with longer delays and worse video."),
     N_("Let outgoing UDP and its answers through to the media servers: port 3478 and ports "
        "1025-65535.")},
    {"udp-media-ports-blocked", N_("The UDP ports of media are blocked"),
     N_("UDP works on port 3478, but media sent straight to the media server did not get "
        "through. Calls go through the relay instead."),
     N_("Let outgoing UDP to ports 1025-65535 of the listed address ranges through.")},
    {"udp-3478-blocked", N_("UDP port 3478 is blocked"),
     N_("Nothing came back from UDP port 3478, while other UDP ports work."),
     N_("Let outgoing UDP to port 3478 of the listed address ranges through.")},
    {"tcp-blocked", N_("TCP to the TURN server is blocked"),
     N_("No TCP connection to any TURN server could be made, so a call has no fallback when UDP "
        "fails."),
     N_("Let outgoing TCP to ports 443 and 3478 of the listed address ranges through.")},
    {"turn-tcp-3478-blocked", N_("TURN over TCP is blocked"),
     N_("The TCP connection to {server} did not come about, while other TCP ports work."),
     N_("Let outgoing TCP to port 3478 of the listed address ranges through. As long as TURN over "
        "TLS works on port 443, calls are possible.")},
    {"turn-tls-443-blocked", N_("TURN over TLS is blocked"),
     N_("The TLS connection to {server} did not come about[ (stage {stage})]. The last way through "
        "a strict firewall is missing."),
     N_("Let outgoing TCP to port 443 of the listed address ranges through without inspection: "
        "what runs there is TURN, not HTTPS.")},
    {"tls-intercepted", N_("Somebody else answers TLS"),
     N_("The certificate of {server} does not verify[: {verify}][. It was issued by {issuer}]. A "
        "firewall or a security program opens the encryption on the way."),
     N_("Exempt the listed hosts from TLS inspection. If the server really uses this certificate, "
        "name its issuer with --ca-file.")},
    {"signalling-blocked", N_("The media server cannot be reached for signalling"),
     N_("HTTPS to {server} failed[ (stage {stage})][: {detail}]. Whether media gets through was "
        "not seen."),
     N_("Let HTTPS to this host and port through; check the name, the proxy and the certificate.")},
    {"responder-refused", N_("The responder refuses the session"),
     N_("{server} answered[ {code}][ {reason}] to the offer."),
     N_("Check the token and the address of the responder, and whether it is at its session "
        "limit.")},
    {"dtls-failed", N_("The keys for the media could not be agreed"),
     N_("Connectivity was found, but the DTLS handshake did not finish[: {detail}]. Small packets "
        "pass, larger or encrypted ones do not."),
     N_("Look for a firewall that inspects UDP, and for a tunnel with a small packet size (MTU).")},
    {"srtp-blocked", N_("Protected media does not arrive"),
     N_("ICE and DTLS succeeded, but no SRTP packet came from the far end."),
     N_("Look for a firewall rule that recognises media, or that limits the rate of UDP.")},
    {"relay-data-blocked", N_("The relay takes no data"),
     N_("{server} gave a relay address, but no packet came back through it[ (stage {stage})]."),
     N_("Open the relay ports (UDP 49152-65535 unless configured) at the TURN server, and check "
        "its external address.")},
    {"relay-outside-ranges", N_("The relay lies outside the listed addresses"),
     N_("{server} relays from {relayed_address}, which is in none of the address ranges of the "
        "requirements."),
     N_("Let this address through as well, or use a TURN server inside the listed ranges.")},
    {"media-loss", N_("Packets are lost"),
     N_("{loss_percent} % of the media packets were lost[, in runs of {burst_length} on average]"
        "[ (over {transport})]."),
     N_("Look for a weak wireless link, a full line, or a queue that drops UDP first. Try a cable, "
        "and give media priority.")},
    {"media-jitter", N_("Packets arrive unevenly"),
     N_("The delay varies by {pdv_p95_ms} ms for 95 % of the packets[ (over {transport})]."),
     N_("Look for other traffic on the same line and for a busy wireless channel; give media "
        "priority.")},
    {"media-rtt", N_("The way to the far end is long"),
     N_("A round trip takes {rtt_p95_ms} ms at worst of 95 %[ (over {transport})]."),
     N_("Look for a VPN, a proxy or a detour to a distant exit, and let media leave locally.")},
    {"media-rate", N_("The line carries too little video"),
     N_("The best video that got through was {rate_kbps} kbps[, {tier}][ (over {transport})]."),
     N_("Free or widen the line; look for a rate limit on UDP or for this application.")},
    {"one-way-media", N_("Media flows one way only"),
     N_("Media arrived in one direction only[: {direction} is missing]."),
     N_("Look for a firewall that lets packets out but not in on the same ports, or for two "
        "routes.")},
    {"host-limited", N_("This computer is the limit"),
     N_("The computer was busy while media ran[: {headroom_percent} % of its processor was left]"
        "[, its timers were {timer_late_p99_ms} ms late]. The figures may show the computer, not "
        "the network."),
     N_("Close other programs, use the mains adapter, and measure again.")},
    {"consent-lost", N_("The connection was cut during the call"),
     N_("The far end stopped answering after {consent_lost_ms} ms of media[ (over {transport})]."),
     N_("Look for a firewall or router that forgets UDP flows or cuts long ones.")},
};

static const char *const owners[] = {
    [MP_OWNER_SITE_NETWORK] = N_("the team that runs this site's router and firewall"),
    [MP_OWNER_SERVICE_OPERATOR] = N_("who runs the TURN server or the responder"),
    [MP_OWNER_CREDENTIALS] = N_("who issued the user name and password"),
    [MP_OWNER_TESTER] = N_("you, at this computer"),
};

const MpMessage *mp_message_find(const char *id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(messages); i++)
        if (g_str_equal(messages[i].id, id))
            return &messages[i];
    return NULL;
}

const MpMessage *mp_message_all(gsize *n)
{
    *n = G_N_ELEMENTS(messages);
    return messages;
}

char *mp_message_title(const MpFinding *finding)
{
    const MpMessage *message = mp_message_find(finding->id);
    return message ? mp_template_fill(_(message->title), finding->numbers) : g_strdup(finding->id);
}

char *mp_message_cause(const MpFinding *finding)
{
    const MpMessage *message = mp_message_find(finding->id);
    return mp_template_fill(message ? _(message->cause) : "", finding->numbers);
}

char *mp_message_advice(const MpFinding *finding)
{
    const MpMessage *message = mp_message_find(finding->id);
    return mp_template_fill(message ? _(message->advice) : "", finding->numbers);
}

const char *mp_message_owner(MpOwner owner)
{
    return _(owners[owner]);
}
