/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of the lab's TURN server. Every file that coturn writes is named, because
 * its defaults lie in /var.
 */
#include "lab/coturn.h"

#include "lab/places.h"

static void append_addresses(GString *text, const MpFarEnds *far_ends, const MpLabTurn *turn)
{
    g_autofree char *address = mp_address_to_ip_string(&far_ends->turn);
    g_string_append_printf(text, "listening-ip=%s\nrelay-ip=%s\n", address,
                           turn->has_other_relay_address ? MP_TURN_OUTSIDE_ADDRESS : address);
    if (mp_far_ends_is_loopback(far_ends)) {
        g_string_append(text, "allow-loopback-peers\n");
        return;
    }
    g_autofree char *second = mp_address_to_ip_string(&far_ends->turn_second);
    g_string_append_printf(text, "listening-ip=%s\n", second);
    if (far_ends->turn_ipv6.family == MP_FAMILY_NONE)
        return;
    g_autofree char *ipv6 = mp_address_to_ip_string(&far_ends->turn_ipv6);
    g_string_append_printf(text, "listening-ip=%s\nrelay-ip=%s\n", ipv6, ipv6);
}

/* coturn wants a range by its first and last address. */
static void append_forbidden(GString *text, const char *range)
{
    MpCidr cidr;
    gboolean is_range = mp_cidr_parse(&cidr, range);
    g_assert(is_range);
    MpAddress last = cidr.base;
    guint length = cidr.base.family == MP_FAMILY_IPV4 ? 32 : 128;
    for (guint bit = cidr.prefix_length; bit < length; bit++)
        last.bytes[bit / 8] |= (guint8)(0x80 >> bit % 8);
    g_autofree char *from = mp_address_to_ip_string(&cidr.base);
    g_autofree char *to = mp_address_to_ip_string(&last);
    g_string_append_printf(text, "denied-peer-ip=%s-%s\n", from, to);
}

static void append_refusals(GString *text, const MpLabTurn *turn)
{
    if (turn->quota)
        g_string_append_printf(text, "user-quota=%u\n", turn->quota);
    for (guint i = 0; turn->forbidden && turn->forbidden[i]; i++)
        append_forbidden(text, turn->forbidden[i]);
}

char *mp_coturn_config(const MpFarEnds *far_ends, const MpLabTurn *turn, const char *password)
{
    GString *text = g_string_new(NULL);
    append_addresses(text, far_ends, turn);
    g_string_append_printf(text,
                           "listening-port=%u\n"
                           "tls-listening-port=%u\n"
                           "min-port=%u\n"
                           "max-port=%u\n"
                           "realm=lab.mediapath.test\n"
                           "lt-cred-mech\n"
                           "user=%s:%s\n"
                           "no-cli\n"
                           "no-multicast-peers\n"
                           "log-file=stdout\n"
                           "simple-log\n",
                           far_ends->turn.port, far_ends->turn_tls.port, far_ends->relay_first,
                           far_ends->relay_last, far_ends->turn_user, password);
    append_refusals(text, turn);

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
