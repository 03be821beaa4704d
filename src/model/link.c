/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The description of a link as a value.
 */
#include "model/link.h"

static void init_direction(MpLinkDirection *direction)
{
    direction->changes = g_array_new(FALSE, FALSE, sizeof(MpLinkChange));
    direction->outages = g_array_new(FALSE, FALSE, sizeof(MpLinkOutage));
    direction->opportunities = g_array_new(FALSE, FALSE, sizeof(guint32));
}

static void clear_direction(MpLinkDirection *direction)
{
    g_array_unref(direction->changes);
    g_array_unref(direction->outages);
    g_array_unref(direction->opportunities);
}

static MpLinkDirection copy_direction(const MpLinkDirection *direction)
{
    return (MpLinkDirection){
        .conditions = direction->conditions,
        .changes = g_array_copy(direction->changes),
        .outages = g_array_copy(direction->outages),
        .opportunities = g_array_copy(direction->opportunities),
    };
}

MpLink *mp_link_new(void)
{
    MpLink *link = g_new0(MpLink, 1);
    init_direction(&link->up);
    init_direction(&link->down);
    link->seed = 1;
    return link;
}

MpLink *mp_link_copy(const MpLink *link)
{
    MpLink *copy = g_memdup2(link, sizeof *link);
    copy->up = copy_direction(&link->up);
    copy->down = copy_direction(&link->down);
    return copy;
}

void mp_link_free(MpLink *link)
{
    if (!link)
        return;
    clear_direction(&link->up);
    clear_direction(&link->down);
    g_free(link);
}

MpLinkLoss mp_link_loss_independent(double ratio)
{
    return (MpLinkLoss){.loss_in_good = ratio};
}

MpLinkLoss mp_link_loss_bursts(double ratio, double mean_length)
{
    if (ratio <= 0)
        return (MpLinkLoss){.loss_in_good = 0};
    if (ratio >= 1)
        return mp_link_loss_independent(1);
    /* Long-run share of the bad state = good_to_bad / (good_to_bad + bad_to_good). */
    double leave = 1 / MAX(mean_length, 1);
    double enter = leave * ratio / (1 - ratio);
    return (MpLinkLoss){
        .good_to_bad = MIN(enter, 1),
        .bad_to_good = enter > 1 ? (1 - ratio) / ratio : leave,
        .loss_in_bad = 1,
    };
}

double mp_link_loss_ratio(const MpLinkLoss *loss)
{
    double changes = loss->good_to_bad + loss->bad_to_good;
    double bad = changes > 0 ? loss->good_to_bad / changes : 0;
    return bad * loss->loss_in_bad + (1 - bad) * loss->loss_in_good;
}
