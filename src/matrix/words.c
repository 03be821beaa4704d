/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words for people.
 */
#include "matrix/words.h"

#include "base/i18n.h"

static const char *const titles[MP_N_AXES] = {
    [MP_AXIS_NETWORK] = N_("Network"),     [MP_AXIS_LOSS] = N_("Packet loss"),
    [MP_AXIS_DELAY] = N_("Round trip"),    [MP_AXIS_JITTER] = N_("Jitter"),
    [MP_AXIS_RATE] = N_("Rate"),           [MP_AXIS_QUEUE] = N_("Queue"),
    [MP_AXIS_TRANSPORT] = N_("Transport"), [MP_AXIS_CODEC] = N_("Codec"),
    [MP_AXIS_SESSION] = N_("Session"),     [MP_AXIS_ROLE] = N_("Role"),
};

static const struct {
    const char *name;
    const char *word;
} words[] = {
    {"stable", N_("stable")},
    {"degraded", N_("degraded")},
    {"unstable", N_("unstable")},
    {"unknown", N_("unknown")},
    {"live_video", N_("live video")},
    {"screen_share", N_("screen sharing")},
    {"virtual_background", N_("virtual background")},
    {"host", N_("host")},
    {"guest", N_("guest")},
};

const char *mp_matrix_word(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].name, name))
            return _(words[i].word);
    return name;
}

const char *mp_axis_title(MpAxis axis)
{
    g_assert(axis < MP_N_AXES);
    return _(titles[axis]);
}

const char *mp_cell_word(const MpCellRecord *record)
{
    if (record->state == MP_CELL_FAILED)
        return _("not carried out");
    if (record->state != MP_CELL_DONE)
        return _("not run yet");
    return mp_matrix_word(record->verdict);
}

char *mp_axis_value_word(MpAxis axis, const char *text)
{
    const char *unit = mp_axis_unit(axis);
    if (!*unit)
        return g_strdup(mp_matrix_word(text));
    if (axis == MP_AXIS_RATE && g_str_equal(text, "0"))
        return g_strdup(_("no limit"));
    return g_strdup_printf("%s %s", text, unit);
}

char *mp_counts_sentence(const MpSummaryCounts *counts)
{
    const struct {
        guint count;
        const char *format;
    } parts[] = {
        {counts->as_expected, N_("%u as expected")},
        {counts->different, N_("%u not as expected")},
        {counts->failed, N_("%u not carried out")},
        {counts->recorded, N_("%u only recorded")},
        {counts->pending, N_("%u not run yet")},
        {counts->spoiled, N_("%u spoiled by this machine")},
    };
    GString *sentence = g_string_new(NULL);
    if (counts->cells == 1)
        g_string_append(sentence, _("1 cell"));
    else
        g_string_append_printf(sentence, _("%u cells"), counts->cells);
    gboolean is_first = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].count == 0)
            continue;
        g_string_append(sentence, is_first ? _(": ") : _(", "));
        /* The formats are the table's and their translations, which msgfmt has checked. */
        g_autofree char *count = g_strdup_printf("%u", parts[i].count);
        g_auto(GStrv) around = g_strsplit(_(parts[i].format), "%u", 2);
        g_autofree char *part = g_strjoinv(count, around);
        g_string_append(sentence, part);
        is_first = FALSE;
    }
    return g_string_free(sentence, FALSE);
}
