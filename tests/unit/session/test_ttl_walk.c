/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TTL walk in virtual time: routers that limit their ICMP errors as Linux does, firewalls at
 * any hop, loss by a seeded generator.
 */
#include "session/ttl_walk.h"

#define START MP_SEC(100)
#define MOST_RANGES 8
#define HOP_TRIP MP_MSEC(5)
#define CONTROL 3478

typedef struct {
    guint16 first;
    guint16 last;
} Range;

typedef struct {
    const char *address;
    gboolean is_mute;             /* sends no ICMP */
    double rate;                  /* ICMP errors a second; 0: no limit */
    Range blocked[MOST_RANGES];   /* ports that it keeps; 0-0 ends */
    gboolean refuses;             /* says so: administratively prohibited */
    gboolean is_host_unreachable; /* refuses with that instead */
} Hop;

typedef struct {
    Hop hops[6];
    guint n_hops;            /* without the target */
    gboolean target_answers; /* port unreachable */
    gboolean blocks_tcp;     /* at the first hop */
    double loss;             /* each way */
    MpTime stale_from;       /* then only answers to the batch before come; 0: never */
} World;

typedef struct {
    MpTime at;
    MpTtlAnswer answer;
} Arrival;

typedef struct {
    const World *world;
    GRand *random;
    GArray *arrivals;
    double tokens[8];
    MpTime updated[8];
    MpTime now;
    guint sent;
} Play;

static MpAddress address(const char *ip)
{
    MpAddress parsed;
    g_assert_true(mp_address_parse(&parsed, ip, 0));
    return parsed;
}

/* Linux's inet_peer_xrlim_allow(). */
static gboolean may_answer(Play *play, guint number, double rate)
{
    if (rate <= 0)
        return TRUE;
    const double span = (double)(play->now - play->updated[number]) / 1e9;
    play->tokens[number] = MIN(play->tokens[number] + span * rate, 6);
    play->updated[number] = play->now;
    if (play->tokens[number] < 1)
        return FALSE;
    play->tokens[number]--;
    return TRUE;
}

static gboolean is_lost(Play *play)
{
    return g_rand_double(play->random) < play->world->loss;
}

static void answer(Play *play, const MpTtlProbe *probe, guint number, MpTtlKind kind)
{
    const World *world = play->world;
    const gboolean is_target = number == world->n_hops;
    const Hop *hop = &world->hops[number];
    if ((!is_target && hop->is_mute) || !may_answer(play, number, is_target ? 1 : hop->rate) ||
        is_lost(play))
        return;
    const gboolean is_stale = world->stale_from && play->now >= START + world->stale_from;
    if (is_stale && probe->to.port != CONTROL)
        return;
    const Arrival arrival = {.at = play->now + (number + 1) * HOP_TRIP,
                             .answer = {.is_tcp = probe->is_tcp,
                                        .kind = kind,
                                        .ttl = probe->ttl,
                                        .series = (probe->series + is_stale) % MP_TTL_TURNS,
                                        .to = probe->to,
                                        .from = is_target ? probe->to : address(hop->address)}};
    g_array_append_val(play->arrivals, arrival);
}

static gboolean keeps(const Hop *hop, guint16 port)
{
    for (guint i = 0; i < MOST_RANGES && hop->blocked[i].last; i++)
        if (port >= hop->blocked[i].first && port <= hop->blocked[i].last)
            return TRUE;
    return FALSE;
}

/* A router looks at the TTL before its firewall looks at the packet, as Linux does. */
static void carry(Play *play, const MpTtlProbe *probe)
{
    const World *world = play->world;
    play->sent++;
    if (is_lost(play))
        return;
    for (guint i = 0; i < world->n_hops; i++) {
        const Hop *hop = &world->hops[i];
        if (probe->ttl == i + 1) {
            answer(play, probe, i, MP_TTL_EXCEEDED);
            return;
        }
        if (probe->is_tcp ? !world->blocks_tcp || i > 0 : !keeps(hop, probe->to.port))
            continue;
        if (hop->refuses || hop->is_host_unreachable)
            answer(play, probe, i, hop->refuses ? MP_TTL_PROHIBITED : MP_TTL_UNREACHABLE);
        return;
    }
    if (world->target_answers)
        answer(play, probe, world->n_hops, MP_TTL_PORT_UNREACHABLE);
}

static gboolean deliver_next(Play *play, MpTtlWalk *walk, MpTime before)
{
    guint best = play->arrivals->len;
    for (guint i = 0; i < play->arrivals->len; i++)
        if (best == play->arrivals->len || g_array_index(play->arrivals, Arrival, i).at <
                                               g_array_index(play->arrivals, Arrival, best).at)
            best = i;
    if (best == play->arrivals->len || g_array_index(play->arrivals, Arrival, best).at > before)
        return FALSE;
    const Arrival arrival = g_array_index(play->arrivals, Arrival, best);
    g_array_remove_index(play->arrivals, best);
    play->now = MAX(play->now, arrival.at);
    mp_ttl_walk_take(walk, &arrival.answer, play->now);
    return TRUE;
}

static MpTtlWalk *walk_for(const World *world, MpTime span, guint32 seed, MpTime *took)
{
    const MpAddress target = address("168.100.64.99");
    const MpTtlPlan plan = {
        .targets = &target, .n_targets = 1, .first = 1025, .last = 65535, .until = START + span};
    Play play = {.world = world,
                 .random = g_rand_new_with_seed(seed),
                 .now = START,
                 .arrivals = g_array_new(FALSE, FALSE, sizeof(Arrival))};
    for (guint i = 0; i < G_N_ELEMENTS(play.tokens); i++) {
        play.tokens[i] = 6;
        play.updated[i] = START;
    }
    MpTtlWalk *walk = mp_ttl_walk_new(&plan, START);
    MpTtlProbe probe;
    MpTime next;
    guint turns = 0;
    while ((next = mp_ttl_walk_deadline(walk)) != MP_NEVER) {
        g_assert_cmpuint(turns++, <, 100000);
        if (!deliver_next(&play, walk, next))
            play.now = MAX(play.now, next);
        while (mp_ttl_walk_advance(walk, play.now, &probe))
            carry(&play, &probe);
    }
    *took = play.now - START;
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->sent, ==, play.sent);
    g_array_unref(play.arrivals);
    g_rand_free(play.random);
    return walk;
}

/* Whether a hop before that TTL keeps the port. */
static gboolean is_kept_before(const World *world, guint port, guint ttl)
{
    for (guint i = 0; i < world->n_hops && i + 1 < ttl; i++)
        if (keeps(&world->hops[i], (guint16)port))
            return TRUE;
    return FALSE;
}

/* An open port was seen at the floor; a blocked one comes to no hop's far side. */
static gboolean is_wrong(const World *world, guint port, MpTtlVerdict verdict, guint floor_ttl)
{
    if (verdict == MP_TTL_PORT_UNKNOWN)
        return FALSE;
    return verdict == MP_TTL_PORT_OPEN ? is_kept_before(world, port, floor_ttl)
                                       : !is_kept_before(world, port, MP_TTL_MOST);
}

static void check_claims(const World *world, MpTtlWalk *walk)
{
    const guint floor_ttl = mp_ttl_walk_facts(walk)->floor;
    for (guint port = 1025; port <= 65535; port++)
        g_assert_false(is_wrong(world, port, mp_ttl_walk_asked(walk, (guint16)port), floor_ttl));
}

/* With the ports that nobody asked, but that lie between two that agree. */
static guint count_wrong(const World *world, MpTtlWalk *walk, guint *unknown)
{
    guint wrong = *unknown = 0;
    const guint floor_ttl = mp_ttl_walk_facts(walk)->floor;
    for (guint port = 1025; port <= 65535; port++) {
        const MpTtlVerdict verdict = mp_ttl_walk_verdict(walk, (guint16)port);
        *unknown += verdict == MP_TTL_PORT_UNKNOWN;
        wrong += is_wrong(world, port, verdict, floor_ttl);
    }
    return wrong;
}

static const World office = {
    .hops = {{.address = "192.168.1.1",
              .rate = 1,
              .blocked = {{1025, 3477}, {3482, 19999}, {30000, 48999}, {60000, 65535}}},
             {.address = "203.0.113.1", .rate = 1},
             {.address = "198.51.100.1", .rate = 1},
             {.address = "198.51.100.5", .rate = 1}},
    .n_hops = 4,
};

static void test_four_ranges_in_a_minute(void)
{
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&office, MP_SEC(60), 1, &took);
    const MpTtlFacts *facts = mp_ttl_walk_facts(walk);
    check_claims(&office, walk);
    guint unknown;
    g_test_message("%.1f s, %u asked, %u sent, gap %u", (double)took / 1e9, facts->n_asked,
                   (guint)facts->sent, facts->widest_gap);
    g_assert_cmpuint(count_wrong(&office, walk, &unknown), ==, 0);
    g_assert_cmpuint(unknown, ==, 0);
    g_assert_cmpint(took, <=, MP_SEC(60));
    g_assert_cmpuint(facts->floor, ==, 2);
    g_assert_cmpuint(facts->deepest, ==, 4);
    g_assert_true(facts->is_public);
    g_assert_cmpuint(facts->widest_gap, <=, 1010);
    for (guint i = 0; i < facts->blocks->len; i++) {
        const MpTtlBlock *block = &g_array_index(facts->blocks, MpTtlBlock, i);
        g_assert_cmpuint(block->last_passed, ==, 1);
        g_assert_cmpint(block->verdict, ==, MP_TTL_PORT_SILENT);
    }
}

static void test_unlimited_routers_are_quick(void)
{
    World world = office;
    for (guint i = 0; i < world.n_hops; i++)
        world.hops[i].rate = 0;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    guint unknown;
    g_test_message("%.1f s", (double)took / 1e9);
    check_claims(&world, walk);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpuint(unknown, ==, 0);
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->widest_gap, <=, 255);
    g_assert_false(mp_ttl_walk_facts(walk)->is_cut_short);
    g_assert_cmpint(took, <, MP_SEC(20));
}

static void test_a_single_hop_behind_the_edge(void)
{
    World world = office;
    world.n_hops = 2;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    guint unknown;
    check_claims(&world, walk);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_test_message("%.1f s, %u unknown", (double)took / 1e9, unknown);
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->deepest, ==, 2);
}

static void test_all_open(void)
{
    World world = office;
    world.hops[0].blocked[0].last = 0;
    world.target_answers = TRUE;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    guint unknown;
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpuint(unknown, ==, 0);
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->blocks->len, ==, 0);
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->deepest, ==, 5);
}

static void test_a_firewall_in_the_carrier_is_named(void)
{
    World world = office;
    world.hops[0].blocked[0].last = 0;
    world.hops[2].blocked[0] = (Range){40000, 49999};
    for (guint i = 0; i < world.n_hops; i++)
        world.hops[i].rate = 0;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    const MpTtlFacts *facts = mp_ttl_walk_facts(walk);
    guint unknown;
    check_claims(&world, walk);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpuint(facts->blocks->len, ==, 1);
    const MpTtlBlock *block = &g_array_index(facts->blocks, MpTtlBlock, 0);
    g_assert_cmpuint(block->first, ==, 40000);
    g_assert_cmpuint(block->last, ==, 49999);
    g_assert_cmpuint(block->last_passed, ==, 3);
    g_assert_cmpuint(facts->floor, ==, 4);
}

static void test_a_refusal_names_its_hop(void)
{
    World world = office;
    world.hops[0].refuses = TRUE;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    const MpTtlFacts *facts = mp_ttl_walk_facts(walk);
    guint unknown;
    check_claims(&world, walk);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpuint(facts->blocks->len, ==, 4);
    for (guint i = 0; i < facts->blocks->len; i++) {
        const MpTtlBlock *block = &g_array_index(facts->blocks, MpTtlBlock, i);
        g_assert_cmpint(block->verdict, ==, MP_TTL_PORT_REFUSED);
        g_assert_cmpuint(block->last_passed, ==, 1);
    }
}

static void test_unreachable_from_before_the_edge_is_a_refusal(void)
{
    World world = office;
    world.hops[0].is_host_unreachable = TRUE;
    world.hops[0].rate = 0;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    guint unknown;
    check_claims(&world, walk);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpint(mp_ttl_walk_asked(walk, 65535), ==, MP_TTL_PORT_REFUSED);
}

static void test_every_port_refused(void)
{
    World world = office;
    world.hops[0].blocked[0] = (Range){1, 65535};
    world.hops[0].refuses = world.blocks_tcp = TRUE;
    world.hops[0].rate = 0;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    const MpTtlFacts *facts = mp_ttl_walk_facts(walk);
    g_assert_cmpuint(facts->control, ==, 0);
    g_assert_cmpuint(facts->n_asked, >, 60);
    g_assert_cmpuint(facts->blocks->len, ==, 1);
}

static void test_silence_of_all_is_unknown(void)
{
    World all_blocked = office;
    all_blocked.hops[0].blocked[0] = (Range){1, 65535};
    all_blocked.blocks_tcp = TRUE;
    World mute = office;
    for (guint i = 0; i < mute.n_hops; i++)
        mute.hops[i].is_mute = TRUE;
    const World *worlds[] = {&all_blocked, &mute};
    for (guint i = 0; i < G_N_ELEMENTS(worlds); i++) {
        MpTime took;
        g_autoptr(MpTtlWalk) walk = walk_for(worlds[i], MP_SEC(60), 1, &took);
        guint unknown;
        g_assert_cmpuint(count_wrong(worlds[i], walk, &unknown), ==, 0);
        g_assert_cmpuint(unknown, ==, 64511);
        g_assert_cmpuint(mp_ttl_walk_facts(walk)->blocks->len, ==, 0);
        g_assert_cmpint(took, <, MP_SEC(10));
    }
}

static void test_no_udp_at_all_beside_tcp_is_a_block(void)
{
    World world = office;
    world.hops[0].blocked[0] = (Range){1, 65535};
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    const MpTtlFacts *facts = mp_ttl_walk_facts(walk);
    guint unknown;
    g_assert_true(facts->control_is_tcp);
    g_assert_cmpuint(facts->control, ==, 443);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpuint(unknown, ==, 0);
    g_assert_cmpuint(facts->blocks->len, ==, 1);
    const MpTtlBlock *block = &g_array_index(facts->blocks, MpTtlBlock, 0);
    g_assert_cmpuint(block->last_passed, ==, 1);
    g_assert_cmpint(took, <, MP_SEC(60));
}

static void test_mute_hops_are_passed_over(void)
{
    World world = office;
    world.hops[1].is_mute = TRUE;
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    guint unknown;
    check_claims(&world, walk);
    g_assert_cmpuint(count_wrong(&world, walk, &unknown), ==, 0);
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->floor, ==, 3);
}

/* 1 to 8 blocked ranges, gaps and holes of 1 to 5,000 ports, at a random hop. */
static World random_world(GRand *random)
{
    World world = office;
    world.n_hops = (guint)g_rand_int_range(random, 2, 5);
    Hop *hop = &world.hops[g_rand_int_range(random, 0, (gint32)world.n_hops - 1)];
    const guint n_ranges = (guint)g_rand_int_range(random, 1, MOST_RANGES);
    guint port = 1025;
    world.hops[0].blocked[0].last = 0;
    for (guint i = 0; i <= n_ranges; i++)
        hop->blocked[i] = (Range){0, 0};
    for (guint i = 0; i < n_ranges; i++) {
        port += (guint)g_rand_int_range(random, 1, 5000);
        const guint size = (guint)g_rand_int_range(random, 1, 5000);
        hop->blocked[i] = (Range){(guint16)MIN(port, 65535), (guint16)MIN(port + size, 65535)};
        port += size;
    }
    for (guint i = 0; i < world.n_hops; i++)
        world.hops[i].rate = g_rand_boolean(random) ? 1 : 0;
    return world;
}

static void test_thirty_random_firewalls(void)
{
    GRand *random = g_rand_new_with_seed(30);
    for (guint seed = 0; seed < 30; seed++) {
        const World world = random_world(random);
        MpTime took;
        g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), seed, &took);
        check_claims(&world, walk);
        guint unknown;
        const guint wrong = count_wrong(&world, walk, &unknown);
        const guint gap = mp_ttl_walk_facts(walk)->widest_gap;
        g_test_message("%u wrong, %u unknown, gap %u, %.1f s", wrong, unknown, gap,
                       (double)took / 1e9);
        g_assert_cmpuint(wrong, <=, 2 * MOST_RANGES * gap);
    }
    g_rand_free(random);
}

static void test_loss_is_no_block(void)
{
    World world = office;
    world.loss = 0.02;
    for (guint32 seed = 0; seed < 100; seed++) {
        MpTime took;
        g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), seed, &took);
        check_claims(&world, walk);
    }
}

/* A control that answers for a batch that is over says nothing of the one that follows. */
static void test_a_late_answer_is_no_block(void)
{
    World world = office;
    world.hops[0].blocked[0].last = 0;
    world.n_hops = 2;
    world.hops[1].rate = 0;
    world.stale_from = MP_SEC(2);
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&world, MP_SEC(60), 1, &took);
    g_assert_cmpuint(mp_ttl_walk_facts(walk)->control, ==, CONTROL);
    check_claims(&world, walk);
}

static void test_ends_in_time(void)
{
    MpTime took;
    g_autoptr(MpTtlWalk) walk = walk_for(&office, MP_SEC(12), 1, &took);
    g_assert_cmpint(took, <=, MP_SEC(12));
    g_assert_true(mp_ttl_walk_facts(walk)->is_cut_short);
    check_claims(&office, walk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/ttl-walk/four-ranges", test_four_ranges_in_a_minute);
    g_test_add_func("/session/ttl-walk/unlimited", test_unlimited_routers_are_quick);
    g_test_add_func("/session/ttl-walk/one-hop", test_a_single_hop_behind_the_edge);
    g_test_add_func("/session/ttl-walk/all-open", test_all_open);
    g_test_add_func("/session/ttl-walk/carrier", test_a_firewall_in_the_carrier_is_named);
    g_test_add_func("/session/ttl-walk/prohibited", test_a_refusal_names_its_hop);
    g_test_add_func("/session/ttl-walk/unreachable",
                    test_unreachable_from_before_the_edge_is_a_refusal);
    g_test_add_func("/session/ttl-walk/all-refused", test_every_port_refused);
    g_test_add_func("/session/ttl-walk/silence", test_silence_of_all_is_unknown);
    g_test_add_func("/session/ttl-walk/no-udp", test_no_udp_at_all_beside_tcp_is_a_block);
    g_test_add_func("/session/ttl-walk/mute-hop", test_mute_hops_are_passed_over);
    g_test_add_func("/session/ttl-walk/random", test_thirty_random_firewalls);
    g_test_add_func("/session/ttl-walk/loss", test_loss_is_no_block);
    g_test_add_func("/session/ttl-walk/late", test_a_late_answer_is_no_block);
    g_test_add_func("/session/ttl-walk/time", test_ends_in_time);
    return g_test_run();
}
