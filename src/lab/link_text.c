/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the emulator is to play in a network, for people.
 */
#include "lab/link_text.h"

#include "lab/emulated_links.h"
#include "lab/places.h"

/* How the direction starts; what changes it later is only counted. */
static void append_direction(GString *text, const char *name, const MpLinkDirection *direction)
{
    const MpLinkConditions *conditions = &direction->conditions;
    g_string_append_printf(text, "#   %s: delay %g ms, jitter %g ms, loss %g %%", name,
                           mp_time_to_ms(conditions->delay),
                           mp_time_to_ms(conditions->jitter.scale),
                           100 * mp_link_loss_ratio(&conditions->loss));
    if (conditions->rate_bps)
        g_string_append_printf(text, ", rate %g kbps", (double)conditions->rate_bps / 1000);
    if (direction->opportunities->len > 0)
        g_string_append(text, ", rate of a trace");
    g_string_append_printf(text, "; %u changes, %u outages\n", direction->changes->len,
                           direction->outages->len);
}

char *mp_link_text(const MpNetwork *network)
{
    MpEmulatedLink links[MP_MAX_EMULATED_LINKS];
    g_autoptr(MpLink) slow = NULL;
    guint n_links = mp_emulated_links_of(network, links, &slow);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n_links; i++) {
        g_string_append_printf(text,
                               "# in " MP_PLACE_LINK ", the emulator: %s - %s (%s), "
                               "seed %" G_GUINT64_FORMAT "\n",
                               links[i].up_interface, links[i].down_interface, links[i].name,
                               links[i].link->seed);
        append_direction(text, "up", &links[i].link->up);
        append_direction(text, "down", &links[i].link->down);
    }
    return g_string_free(text, FALSE);
}
