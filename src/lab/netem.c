/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link's description as tc-netem(8) understands it.
 */
#include "lab/netem.h"

#include "lab/places.h"
#include "lab/site_place.h"

/* Where the kernel has none, the error names this part. */
#define PART "link: backend: netem (\"backend: emulator\" works with every kernel)"

#define DEFAULT_LIMIT 1000 /* packets, of model/link.h and of netem alike */
/* netem counts the Ethernet header, we do not. */
#define RATE_OVERHEAD "-14"
#define LARGE_PACKET_BITS (1500 * 8)

static gboolean is_netems(const MpNetwork *network)
{
    return network->link && network->link->backend == MP_LINK_NETEM;
}

static void take(GPtrArray *arguments, char *argument)
{
    g_ptr_array_add(arguments, argument);
}

static void add(GPtrArray *arguments, const char *argument)
{
    take(arguments, g_strdup(argument));
}

static void add_percent(GPtrArray *arguments, double probability)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.6f", probability * 100);
    take(arguments, g_strconcat(number, "%", NULL));
}

static void add_time(GPtrArray *arguments, MpTime time)
{
    take(arguments, g_strdup_printf("%" G_GINT64_FORMAT "us", time / 1000));
}

static void add_delay(GPtrArray *arguments, const MpLinkConditions *conditions)
{
    const MpLinkJitter *jitter = &conditions->jitter;
    if (conditions->delay == 0 && jitter->scale == 0)
        return;
    add(arguments, "delay");
    add_time(arguments, conditions->delay);
    if (jitter->scale == 0)
        return;
    add_time(arguments, jitter->scale);
    if (jitter->distribution == MP_JITTER_NORMAL) {
        add(arguments, "distribution");
        add(arguments, "normal");
    }
}

static void add_loss(GPtrArray *arguments, const MpLinkLoss *loss)
{
    if (mp_link_loss_ratio(loss) <= 0)
        return;
    add(arguments, "loss");
    if (loss->good_to_bad <= 0) {
        add(arguments, "random");
        add_percent(arguments, loss->loss_in_good);
        return;
    }
    /* p, r, 1-h, 1-k of tc-netem(8). */
    add(arguments, "gemodel");
    add_percent(arguments, loss->good_to_bad);
    add_percent(arguments, loss->bad_to_good);
    add_percent(arguments, loss->loss_in_bad);
    add_percent(arguments, loss->loss_in_good);
}

static void add_chance(GPtrArray *arguments, const char *name, double probability)
{
    if (probability <= 0)
        return;
    add(arguments, name);
    add_percent(arguments, probability);
}

static guint64 packets_in(MpTime time, guint64 rate_bps)
{
    return (guint64)(mp_time_to_ms(time) / 1000 * (double)rate_bps / LARGE_PACKET_BITS) + 1;
}

/* netem's limit is of all that is inside, the delayed packets too. */
static guint64 limit_of(const MpLinkConditions *conditions)
{
    const MpLinkQueue *queue = &conditions->queue;
    guint64 limit = queue->limit_packets ? queue->limit_packets : DEFAULT_LIMIT;
    if (conditions->rate_bps == 0)
        return MAX(limit, DEFAULT_LIMIT);
    if (queue->limit_time > 0) {
        guint64 in_time = packets_in(queue->limit_time, conditions->rate_bps);
        limit = queue->limit_packets ? MIN(limit, in_time) : in_time;
    }
    return limit + (conditions->delay ? packets_in(conditions->delay, conditions->rate_bps) : 0);
}

static void add_rate(GPtrArray *arguments, const MpLinkConditions *conditions)
{
    if (conditions->rate_bps > 0) {
        add(arguments, "rate");
        take(arguments, g_strdup_printf("%" G_GUINT64_FORMAT "bit", conditions->rate_bps));
        add(arguments, RATE_OVERHEAD);
    }
    add(arguments, "limit");
    take(arguments, g_strdup_printf("%" G_GUINT64_FORMAT, limit_of(conditions)));
}

char **mp_netem_command(const char *place, const char *interface,
                        const MpLinkConditions *conditions)
{
    const char *const start[] = {"tc",  "-n",      place,  "qdisc", "add",
                                 "dev", interface, "root", "netem"};
    GPtrArray *arguments = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(start); i++)
        add(arguments, start[i]);
    add_delay(arguments, conditions);
    add_loss(arguments, &conditions->loss);
    add_chance(arguments, "duplicate", conditions->duplicate);
    add_chance(arguments, "corrupt", conditions->corrupt);
    add_rate(arguments, conditions);
    g_ptr_array_add(arguments, NULL);
    return (char **)g_ptr_array_free(arguments, FALSE);
}

static void add_command(GPtrArray *commands, const char *place, const char *interface,
                        const MpLinkDirection *direction)
{
    g_auto(GStrv) argv = mp_netem_command(place, interface, &direction->conditions);
    mp_lab_commands_add(commands, PART, (const char *const *)argv, NULL);
}

void mp_netem_add_commands(GPtrArray *commands, const MpNetwork *network)
{
    if (!is_netems(network))
        return;
    const MpLink *link = network->link;
    for (guint i = 0; i < MP_N_SITES; i++) {
        const MpSitePlace *place = mp_site_place(i);
        if (!mp_site_at(network, i))
            continue;
        add_command(commands, place->router, "wan", &link->up);
        add_command(commands, MP_PLACE_CARRIER, place->carrier_interface, &link->down);
    }
}
