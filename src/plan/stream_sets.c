/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which streams a media step sends and asks for.
 */
#include "plan/stream_sets.h"

#define AUDIO_KBPS 40
#define KEY_FRAME_PERCENT 500

static void add(GArray *streams, MpStreamSpec spec, guint set)
{
    spec.set = set;
    g_array_append_val(streams, spec);
}

static void add_described(GArray *streams, const GArray *described, guint set)
{
    for (guint i = 0; i < described->len; i++)
        add(streams, g_array_index(described, MpStreamSpec, i), set);
}

static void add_usual(GArray *streams, const GArray *tiers, guint set)
{
    const MpTier *tier = tiers->len > 0 ? &g_array_index(tiers, MpTier, 0) : NULL;
    add(streams, (MpStreamSpec){.kind = MP_SPEC_AUDIO, .kbps = AUDIO_KBPS}, set);
    if (tier)
        add(streams,
            (MpStreamSpec){.kind = MP_SPEC_CAMERA,
                           .kbps = tier->rate_kbps,
                           .fps = tier->fps,
                           .key_frame_percent = KEY_FRAME_PERCENT},
            set);
}

static void plan_streams(MpStep *step, const MpSessionRules *session, guint set)
{
    if (!step->up) {
        step->up = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
        step->down = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    }
    if (session->up->len > 0 && session->down->len > 0) {
        add_described(step->up, session->up, set);
        add_described(step->down, session->down, set);
    } else {
        add_usual(step->up, session->tiers, set);
        add_usual(step->down, session->tiers, set);
    }
}

static GArray *copy_tiers(const GArray *tiers)
{
    GArray *copy = g_array_new(FALSE, FALSE, sizeof(MpTier));
    g_array_set_clear_func(copy, (GDestroyNotify)mp_tier_clear);
    for (guint i = 0; tiers && i < tiers->len; i++) {
        MpTier tier = g_array_index(tiers, MpTier, i);
        tier.name = g_strdup(tier.name);
        g_array_append_val(copy, tier);
    }
    return copy;
}

void mp_plan_sessions(MpStep *step, const MpProfile *profile, const char *const *wanted)
{
    const MpSessionRules *live_video = &profile->sessions[MP_SESSION_LIVE_VIDEO];
    step->tiers = copy_tiers(live_video->tiers);
    plan_streams(step, live_video, 0);
    step->sessions = g_array_new(FALSE, FALSE, sizeof(MpSessionType));
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const MpSessionType type = (MpSessionType)i;
        if (type == MP_SESSION_LIVE_VIDEO || !wanted ||
            !g_strv_contains(wanted, mp_session_type_name(type)))
            continue;
        g_array_append_val(step->sessions, type);
        plan_streams(step, &profile->sessions[i], step->sessions->len);
    }
}
