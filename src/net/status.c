/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an errno says about the network.
 */
#include "net/status.h"

#include <errno.h>
#include <string.h>

static const struct {
    int error_number;
    MpNetOutcome outcome;
} meanings[] = {
    {ECONNREFUSED, MP_NET_REFUSED},
    {ETIMEDOUT, MP_NET_SILENT},
    {ECONNRESET, MP_NET_RESET},
    {ECONNABORTED, MP_NET_RESET},
    {EPIPE, MP_NET_RESET},
    {ENETUNREACH, MP_NET_UNREACHABLE},
    {EHOSTUNREACH, MP_NET_UNREACHABLE},
    {ENETDOWN, MP_NET_UNREACHABLE},
    {EHOSTDOWN, MP_NET_UNREACHABLE},
    {ENONET, MP_NET_UNREACHABLE},
    {EADDRNOTAVAIL, MP_NET_UNREACHABLE},
    {EAFNOSUPPORT, MP_NET_UNREACHABLE},
    {EACCES, MP_NET_PROHIBITED},
    {EPERM, MP_NET_PROHIBITED},
};

gboolean mp_net_fail(MpNetStatus *status, MpNetOutcome outcome, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    g_autofree char *valid = g_utf8_make_valid(text, -1);
    status->outcome = outcome;
    status->is_icmp = FALSE;
    g_strlcpy(status->detail, valid, sizeof status->detail);
    /* The copy may have cut a character in two. */
    const char *end;
    if (!g_utf8_validate(status->detail, -1, &end))
        status->detail[end - status->detail] = '\0';
    return FALSE;
}

gboolean mp_net_fail_errno(MpNetStatus *status, int error_number)
{
    MpNetOutcome outcome = MP_NET_UNAVAILABLE;
    for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].error_number == error_number)
            outcome = meanings[i].outcome;
    return mp_net_fail(status, outcome, "%s", g_strerror(error_number));
}
