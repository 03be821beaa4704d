/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How an operation on the network ended: what the network did, and a short text that says which
 * message or errno showed it.
 */
#pragma once

#include "base/address.h"

typedef enum {
    MP_NET_DONE,
    MP_NET_REFUSED,     /* ICMP port unreachable, RST on connect, no such name, a TLS alert */
    MP_NET_SILENT,      /* nothing, or no whole answer, came before the deadline */
    MP_NET_RESET,       /* an established connection was reset or closed */
    MP_NET_UNREACHABLE, /* ICMP network or host unreachable, no route */
    MP_NET_PROHIBITED,  /* ICMP administratively prohibited, or this machine's own firewall */
    MP_NET_INTERCEPTED, /* a certificate that does not verify */
    MP_NET_MALFORMED,   /* bytes came that are not the protocol */
    MP_NET_CANCELLED,   /* the caller's cancellable fired */
    MP_NET_UNAVAILABLE, /* this machine could not do it: out of descriptors, unreadable CA file */
} MpNetOutcome;

typedef struct {
    MpNetOutcome outcome;
    char detail[192]; /* valid UTF-8; empty: nothing to say */
    /* Where an ICMP message ended it, IANA's numbers and who sent it. */
    gboolean is_icmp;
    guint8 icmp_type;
    guint8 icmp_code;
    MpAddress icmp_from; /* MP_FAMILY_NONE: unknown */
} MpNetStatus;

/* Both return FALSE, for `return mp_net_fail(...)`. */
gboolean mp_net_fail(MpNetStatus *status, MpNetOutcome outcome, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gboolean mp_net_fail_errno(MpNetStatus *status, int error_number);
