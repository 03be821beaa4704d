/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From an SSRC to a small number, without a search: open addressing, for SSRCs are random.
 */
#pragma once

#include <glib.h>

/* More than this would not find a place quickly. */
#define MP_SSRC_MAP_MOST 128
#define MP_SSRC_MAP_PLACES 256

/* All zero is empty. */
typedef struct {
    guint32 ssrcs[MP_SSRC_MAP_PLACES];
    guint8 numbers[MP_SSRC_MAP_PLACES]; /* plus one; 0: the place is free */
} MpSsrcMap;

/* The place of the SSRC, or the free one where it would be. */
static inline guint mp_ssrc_map_place(const MpSsrcMap *map, guint32 ssrc)
{
    guint place = (ssrc >> 1) % MP_SSRC_MAP_PLACES;
    while (map->numbers[place] && map->ssrcs[place] != ssrc)
        place = (place + 1) % MP_SSRC_MAP_PLACES;
    return place;
}

static inline gboolean mp_ssrc_map_find(const MpSsrcMap *map, guint32 ssrc, guint *number)
{
    const guint place = mp_ssrc_map_place(map, ssrc);
    if (!map->numbers[place])
        return FALSE;
    *number = map->numbers[place] - 1u;
    return TRUE;
}

/* One that is not in it, `number` below MP_SSRC_MAP_MOST; at most MP_SSRC_MAP_MOST of them. */
static inline void mp_ssrc_map_add(MpSsrcMap *map, guint32 ssrc, guint number)
{
    const guint place = mp_ssrc_map_place(map, ssrc);
    map->ssrcs[place] = ssrc;
    map->numbers[place] = (guint8)(number + 1);
}
