/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of the lab's TURN server. Every file that coturn writes is named, because
 * its defaults lie in /var.
 */
#include "lab/coturn.h"

static void append_addresses(GString *text, const MpFarEnds *far_ends)
{
    g_autofree char *address = mp_address_to_ip_string(&far_ends->turn);
    g_string_append_printf(text, "listening-ip=%s\nrelay-ip=%s\n", address, address);
    if (mp_far_ends_is_loopback(far_ends)) {
        g_string_append(text, "allow-loopback-peers\n");
        return;
    }
    g_autofree char *second = mp_address_to_ip_string(&far_ends->turn_second);
    g_string_append_printf(text, "listening-ip=%s\n", second);
}

char *mp_coturn_config(const MpFarEnds *far_ends, const char *password)
{
    GString *text = g_string_new(NULL);
    append_addresses(text, far_ends);
    g_string_append_printf(text,
                           "listening-port=%u\n"
                           "tls-listening-port=%u\n"
                           "min-port=%u\n"
                           "max-port=%u\n"
                           "realm=lab.mediapath.test\n"
                           "lt-cred-mech\n"
                           "user=%s:%s\n"
                           "no-cli\n"
                           "no-dtls\n"
                           "no-multicast-peers\n"
                           "log-file=stdout\n"
                           "simple-log\n",
                           far_ends->turn.port, far_ends->turn_tls.port, far_ends->relay_first,
                           far_ends->relay_last, far_ends->turn_user, password);

    static const char *const files[][2] = {
        {"cert", "turn.pem"},
        {"pkey", "turn-key.pem"},
        {"pidfile", "turn.pid"},
        {"userdb", "turn.db"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = mp_far_ends_path(far_ends, files[i][1]);
        g_string_append_printf(text, "%s=%s\n", files[i][0], path);
    }
    return g_string_free(text, FALSE);
}
