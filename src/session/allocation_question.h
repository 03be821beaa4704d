/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks a TURN server through the socket of an allocation whether it still knows it, RFC 8656
 * section 7: a Binding tells our address there, a Refresh the allocation. Opens no socket.
 */
#pragma once

#include "base/address.h"

typedef struct _MpAllocationQuestion MpAllocationQuestion;

typedef struct {
    MpAddress mapped; /* our address as the server sees it; family NONE: not said */
    gboolean is_over; /* the Refresh was answered */
    guint code;       /* 0: the allocation is alive; 437: the server does not know it */
} MpAllocationAnswer;

/* `user` is empty for a server without authentication. */
MpAllocationQuestion *mp_allocation_question_new(const char *user, const char *password);
void mp_allocation_question_free(MpAllocationQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpAllocationQuestion, mp_allocation_question_free)

/* The two requests; call again to repeat them. Lengths, 0 when one does not fit in `capacity`. */
gsize mp_allocation_question_binding(MpAllocationQuestion *question, guint8 *buffer,
                                     gsize capacity);
gsize mp_allocation_question_refresh(MpAllocationQuestion *question, guint8 *buffer,
                                     gsize capacity);

/* TRUE when the message answers one of our requests. `wants_refresh` is set where the server gave a
 * nonce that the next Refresh must carry. */
gboolean mp_allocation_question_take(MpAllocationQuestion *question, const guint8 *data,
                                     gsize length, MpAllocationAnswer *answer,
                                     gboolean *wants_refresh);
