/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the description of a network to the emulator that plays its links.
 */
#include "lab/emulated_links.h"

#include "lab/interface_plain.h"
#include "lab/places.h"
#include "lab/sandbox.h"
#include "lab/site_place.h"

/* Both ends of every emulated wire are in these, where they exist. */
static const char *const plain_places[] = {
    MP_PLACE_ROUTER,   MP_PLACE_SECOND_ROUTER, MP_PLACE_CARRIER,
    MP_PLACE_SLOW_DNS, MP_PLACE_LINK, /* the emulator's own: the last one entered */
};

guint mp_emulated_links_of(const MpNetwork *network, MpEmulatedLink *links, MpLink **slow)
{
    guint n_links = 0;
    gboolean is_emulated = network->link && network->link->backend == MP_LINK_EMULATOR;
    *slow = NULL;
    for (guint i = 0; is_emulated && i < MP_N_SITES; i++) {
        const MpSitePlace *place = mp_site_place(i);
        if (mp_site_at(network, i))
            links[n_links++] = (MpEmulatedLink){network->link, place->stem, place->up_interface,
                                                place->down_interface};
    }
    if (network->site->dns.slow) {
        *slow = mp_link_new();
        (*slow)->down.conditions.delay = network->site->dns.slow_delay;
        links[n_links++] = (MpEmulatedLink){*slow, "slow-dns", "up2", "down2"};
    }
    return n_links;
}

static gboolean make_plain(GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(plain_places); i++)
        if (mp_sandbox_has(plain_places[i]) &&
            (!mp_sandbox_join(plain_places[i], error) || !mp_interface_plain_all(error)))
            return FALSE;
    return TRUE;
}

gboolean mp_emulated_links_start(const MpNetwork *network, int truth, MpEmulator *emulator,
                                 GError **error)
{
    MpEmulatedLink links[MP_MAX_EMULATED_LINKS];
    g_autoptr(MpLink) slow = NULL;
    guint n_links = mp_emulated_links_of(network, links, &slow);
    *emulator = (MpEmulator){.control = -1};
    /* netem too must see packets as they are on a wire. */
    if ((n_links > 0 || network->link) && !make_plain(error))
        return FALSE;
    if (n_links == 0 && truth < 0)
        return TRUE;
    if (mp_emulator_start(links, n_links, truth, emulator, error))
        return TRUE;
    g_prefix_error(error, "network \"%s\": link: ", network->name);
    return FALSE;
}

char *mp_emulated_links_stop(MpEmulator *emulator)
{
    MpEmulatorReport report;
    if (emulator->pid == 0)
        return NULL;
    if (!mp_emulator_stop(emulator, &report))
        return g_strdup("the link emulator ended before the command did: do not believe what was "
                        "measured over this link");
    return mp_emulator_report_warning(&report);
}
