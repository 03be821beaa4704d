/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an answerer sends of what an offer asks for.
 */
#include "session/media_grant.h"

#include "base/stream_spec.h"

/* Of a client that does not say: Opus at its usual rate for a call. */
#define AUDIO_KBPS 40

static double kbps_of_set(const GArray *specs, guint set)
{
    double kbps = 0;
    for (guint i = 0; i < specs->len; i++) {
        const MpStreamSpec *spec = &g_array_index(specs, MpStreamSpec, i);
        kbps += spec->set == set ? mp_stream_spec_kbps(spec) : 0;
    }
    return kbps;
}

GArray *mp_media_grant(const GArray *asked, guint greatest_kbps)
{
    GArray *granted = g_array_copy((GArray *)asked);
    const MpStreamSpec audio = {.kind = MP_SPEC_AUDIO, .kbps = AUDIO_KBPS};
    if (asked->len == 0)
        g_array_append_val(granted, audio);
    for (guint i = 0; i < asked->len; i++) {
        MpStreamSpec *spec = &g_array_index(granted, MpStreamSpec, i);
        const double kbps = kbps_of_set(asked, spec->set);
        if (kbps > greatest_kbps)
            mp_stream_spec_reduce(spec, greatest_kbps / kbps);
    }
    return granted;
}
