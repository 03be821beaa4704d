/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of a few things is due first.
 */
#include "session/due_heap.h"

static gboolean is_before(const MpDueHeap *heap, guint place, guint other)
{
    const guint a = heap->order[place];
    const guint b = heap->order[other];
    return heap->due[a] != heap->due[b] ? heap->due[a] < heap->due[b] : a < b;
}

static void swap(MpDueHeap *heap, guint place, guint other)
{
    const guint8 thing = heap->order[place];
    heap->order[place] = heap->order[other];
    heap->order[other] = thing;
    heap->position[heap->order[place]] = (guint8)place;
    heap->position[heap->order[other]] = (guint8)other;
}

static void raise_up(MpDueHeap *heap, guint place)
{
    while (place > 0) {
        const guint parent = (place - 1) / 2;
        if (!is_before(heap, place, parent))
            return;
        swap(heap, place, parent);
        place = parent;
    }
}

static void sink_down(MpDueHeap *heap, guint place)
{
    for (guint child = 2 * place + 1; child < heap->count; child = 2 * place + 1) {
        if (child + 1 < heap->count && is_before(heap, child + 1, child))
            child++;
        if (!is_before(heap, child, place))
            return;
        swap(heap, child, place);
        place = child;
    }
}

void mp_due_heap_add(MpDueHeap *heap, MpTime due)
{
    g_assert(heap->count < MP_DUE_HEAP_MOST);
    const guint thing = heap->count++;
    heap->due[thing] = due;
    heap->order[thing] = heap->position[thing] = (guint8)thing;
    raise_up(heap, thing);
}

void mp_due_heap_set(MpDueHeap *heap, guint thing, MpTime due)
{
    heap->due[thing] = due;
    raise_up(heap, heap->position[thing]);
    sink_down(heap, heap->position[thing]);
}

guint mp_due_heap_first(const MpDueHeap *heap)
{
    return heap->order[0];
}
