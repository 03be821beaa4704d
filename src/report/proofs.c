/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What would prove a finding that is only likely: each names a measurement.
 */
#include "base/i18n.h"
#include "report/messages.h"

#define OTHER_NETWORK                                                                              \
    N_("The same check on another network, such as a phone's: what works there is kept here; "     \
       "what fails there too fails at the far end.")
#define OTHER_NAME_SERVER                                                                          \
    N_("The same check with --resolver and a name server outside: the answers are compared.")
#define OTHER_CLOCK N_("This computer's clock beside another one, such as a phone's.")
#define LONGER_CALL                                                                                \
    N_("The same call on another network, such as a phone's: if it goes on there, something here " \
       "cuts it.")

static const struct {
    const char *id;
    const char *text;
} proofs[] = {
    {"captive-portal", N_("Any web page in a browser: the login page comes instead.")},
    {"computer-clock-slow", OTHER_CLOCK},
    {"consent-lost", LONGER_CALL},
    {"dtls-blocked", OTHER_NETWORK},
    {"dtls-failed", OTHER_NETWORK},
    {"dtls-fingerprint-mismatch", OTHER_NETWORK},
    {"ipv6-broken", OTHER_NETWORK},
    {"media-blocked", OTHER_NETWORK},
    {"media-cut", LONGER_CALL},
    {"mtu-black-hole", OTHER_NETWORK},
    {"name-misdirected", OTHER_NAME_SERVER},
    {"name-slow", OTHER_NAME_SERVER},
    {"name-unresolved", OTHER_NAME_SERVER},
    {"nothing-answered", OTHER_NETWORK},
    {"only-proxy-answers", OTHER_NETWORK},
    {"relay-data-blocked", N_("A packet capture at the TURN server: does it send to the far end?")},
    {"relay-gone", OTHER_NETWORK},
    {"relay-restarted", N_("The TURN server's log at that time: did it restart, or was its "
                           "connection cut on the way?")},
    {"responder-down", OTHER_NETWORK},
    {"signalling-blocked", OTHER_NETWORK},
    {"srtp-blocked", OTHER_NETWORK},
    {"tcp-blocked", OTHER_NETWORK},
    {"tls-certificate-expired", OTHER_CLOCK},
    {"tls-certificate-name", OTHER_NETWORK},
    {"tls-intercepted", OTHER_NETWORK},
    {"turn-data-filtered", OTHER_NETWORK},
    {"turn-port-blocked", OTHER_NETWORK},
    {"turn-server-down", OTHER_NETWORK},
    {"turn-server-silent", OTHER_NETWORK},
    {"turn-tcp-3478-blocked", OTHER_NETWORK},
    {"turn-tls-443-blocked", OTHER_NETWORK},
    {"udp-3478-blocked", OTHER_NETWORK},
    {"udp-blocked", OTHER_NETWORK},
    {"udp-ports-blocked", OTHER_NETWORK},
    {"udp-prefixes-blocked", OTHER_NETWORK},
    {"udp-media-ports-blocked", OTHER_NETWORK},
    {"web-hosts-blocked", OTHER_NETWORK},
    {"websocket-blocked", OTHER_NETWORK},
};

char *mp_message_proof(const MpFinding *finding)
{
    for (gsize i = 0; i < G_N_ELEMENTS(proofs) && finding->is_likely; i++)
        if (g_str_equal(proofs[i].id, finding->id))
            return g_strdup(_(proofs[i].text));
    return NULL;
}
