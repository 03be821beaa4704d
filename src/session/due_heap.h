/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of a few things is due first: a binary heap over their numbers.
 */
#pragma once

#include "base/time.h"

#define MP_DUE_HEAP_MOST 80

typedef struct {
    guint count;
    MpTime due[MP_DUE_HEAP_MOST];      /* by thing */
    guint8 order[MP_DUE_HEAP_MOST];    /* the heap: things */
    guint8 position[MP_DUE_HEAP_MOST]; /* by thing */
} MpDueHeap;

/* Adds the next thing, number `count`. */
void mp_due_heap_add(MpDueHeap *heap, MpTime due);
void mp_due_heap_set(MpDueHeap *heap, guint thing, MpTime due);
/* The thing that is due first, of equals the one with the lowest number. There must be one. */
guint mp_due_heap_first(const MpDueHeap *heap);
