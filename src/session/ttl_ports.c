/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ports of a TTL walk.
 */
#include "session/ttl_ports.h"

#include <math.h>

/* Cells of the grid that comes first: about 2,000 ports each. */
#define GRID 32
/* Gaps between ports that agree are halved until they are no wider: what is narrower than a
 * firewall's usual ranges. */
#define NARROW_GAP 255
/* A port counts as silent after so many that an open port would be taken for one with this
 * probability, if silence is wrong as often as it was before. */
#define ACCEPTED_WRONG 1e-5
#define LEAST_SILENCES 3
#define MOST_SILENCES 6
/* As if so many ports had been answered at once, before any were. */
#define PRIOR 20.0
/* Then a port stays unknown. */
#define MOST_TRIES 16
/* What a question costs in answers: where nothing is known of the port, as much as the share of
 * those known that are open, and something for chance. */
#define COST_OPEN 1.0
#define COST_BLOCKED 0.15

static void weigh_silence(MpTtlPorts *ports)
{
    const double wrong = (ports->n_surprises + 1) / (ports->n_passed + PRIOR);
    ports->silences_needed = (guint)CLAMP(ceil(log(ACCEPTED_WRONG) / log(MIN(wrong, 0.5))),
                                          LEAST_SILENCES, MOST_SILENCES);
}

MpTtlPorts *mp_ttl_ports_new(guint16 first, guint16 last)
{
    MpTtlPorts *ports = g_new0(MpTtlPorts, 1);
    ports->first = first;
    ports->last = last;
    ports->asked = g_array_new(FALSE, FALSE, sizeof(guint16));
    weigh_silence(ports);
    return ports;
}

void mp_ttl_ports_free(MpTtlPorts *ports)
{
    if (!ports)
        return;
    g_array_unref(ports->asked);
    g_free(ports);
}

/* Silence from a hop counts more than an answer from one before it. */
MpTtlVerdict mp_ttl_ports_verdict(const MpTtlPorts *ports, guint16 port)
{
    if (ports->refused[port])
        return MP_TTL_PORT_REFUSED;
    if (ports->floor > 0 && ports->passed[port] >= ports->floor &&
        (ports->silent[port] == 0 || ports->passed[port] >= ports->silent_ttl[port]))
        return MP_TTL_PORT_OPEN;
    return ports->silent[port] >= ports->silences_needed ? MP_TTL_PORT_SILENT : MP_TTL_PORT_UNKNOWN;
}

/* -- what is asked next ------------------------------------------------------------------------ */

static guint16 asked_at(const MpTtlPorts *ports, guint index)
{
    return g_array_index(ports->asked, guint16, index);
}

/* Where the port is, or would be. */
static guint place_of(const MpTtlPorts *ports, guint16 port)
{
    guint low = 0;
    guint high = ports->asked->len;
    while (low < high) {
        const guint middle = (low + high) / 2;
        if (asked_at(ports, middle) < port)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gboolean was_asked(const MpTtlPorts *ports, guint16 port)
{
    const guint place = place_of(ports, port);
    return place < ports->asked->len && asked_at(ports, place) == port;
}

void mp_ttl_ports_add(MpTtlPorts *ports, guint16 port)
{
    if (port >= ports->first && port <= ports->last && !was_asked(ports, port))
        g_array_insert_val(ports->asked, place_of(ports, port), port);
}

static gboolean begin(MpTtlPorts *ports, guint16 candidate, guint16 *port)
{
    mp_ttl_ports_add(ports, candidate);
    ports->in_flight[candidate] = 1;
    ports->tries[candidate]++;
    *port = candidate;
    return TRUE;
}

/* One silence is enough to look on from there, and not enough to say so. */
static MpTtlVerdict leaning(const MpTtlPorts *ports, guint16 port)
{
    const MpTtlVerdict verdict = mp_ttl_ports_verdict(ports, port);
    return verdict == MP_TTL_PORT_UNKNOWN && ports->silent[port] > 0 ? MP_TTL_PORT_SILENT : verdict;
}

/* What was silent at one hop is asked again there, or at one behind it. */
static gboolean next_undecided(MpTtlPorts *ports, guint ttl, guint16 *port, gboolean was_silent)
{
    for (guint i = 0; i < ports->asked->len; i++) {
        const guint16 candidate = asked_at(ports, i);
        if (!ports->in_flight[candidate] && ports->tries[candidate] < MOST_TRIES &&
            mp_ttl_ports_verdict(ports, candidate) == MP_TTL_PORT_UNKNOWN &&
            (ports->silent[candidate] > 0) == was_silent && ports->silent_ttl[candidate] <= ttl)
            return begin(ports, candidate, port);
    }
    return FALSE;
}

static gboolean next_unanswered(MpTtlPorts *ports, guint ttl, guint16 *port)
{
    return next_undecided(ports, ttl, port, FALSE);
}

static gboolean next_to_confirm(MpTtlPorts *ports, guint ttl, guint16 *port)
{
    return next_undecided(ports, ttl, port, TRUE);
}

/* Bits of `value` below GRID in reverse: a walk cut short has looked everywhere. */
static guint reverse(guint value)
{
    guint reversed = 0;
    for (guint bit = 1; bit < GRID; bit <<= 1, value >>= 1)
        reversed = reversed << 1 | (value & 1);
    return reversed;
}

/* Both ends, then the lower end of each cell. */
static guint16 grid_port(const MpTtlPorts *ports, guint number)
{
    const guint n_ports = ports->last - ports->first + 1U;
    if (number < 2)
        return number == 0 ? ports->first : ports->last;
    return (guint16)(ports->first + (guint64)reverse(number - 1) * n_ports / GRID);
}

static gboolean next_of_grid(MpTtlPorts *ports, guint ttl, guint16 *port)
{
    (void)ttl;
    while (ports->next_grid <= GRID) {
        const guint16 candidate = grid_port(ports, ports->next_grid++);
        if (!was_asked(ports, candidate))
            return begin(ports, candidate, port);
    }
    return FALSE;
}

typedef MpTtlVerdict (*Judge)(const MpTtlPorts *ports, guint16 port);

/* Two neighbours that were asked; FALSE: one of them is not known. */
static gboolean compare(const MpTtlPorts *ports, guint index, Judge judge, gboolean *agree,
                        guint *between)
{
    const MpTtlVerdict low = judge(ports, asked_at(ports, index));
    const MpTtlVerdict high = judge(ports, asked_at(ports, index + 1));
    *agree = (low == MP_TTL_PORT_OPEN) == (high == MP_TTL_PORT_OPEN);
    *between = asked_at(ports, index + 1) - asked_at(ports, index) - 1U;
    return low != MP_TTL_PORT_UNKNOWN && high != MP_TTL_PORT_UNKNOWN;
}

static gboolean is_boundary(const MpTtlPorts *ports, guint index)
{
    gboolean agree;
    guint between;
    return compare(ports, index, leaning, &agree, &between) && !agree && between > 0;
}

static guint16 middle_of(const MpTtlPorts *ports, guint index)
{
    return (guint16)((asked_at(ports, index) + asked_at(ports, index + 1)) / 2);
}

static gboolean next_of_boundaries(MpTtlPorts *ports, guint ttl, guint16 *port)
{
    (void)ttl;
    for (guint i = 0; i + 1 < ports->asked->len; i++)
        if (is_boundary(ports, i))
            return begin(ports, middle_of(ports, i), port);
    return FALSE;
}

static guint gap_at(const MpTtlPorts *ports, guint index, Judge judge)
{
    gboolean agree;
    guint between;
    return compare(ports, index, judge, &agree, &between) && agree ? between : 0;
}

guint mp_ttl_ports_gap(const MpTtlPorts *ports, guint index)
{
    return gap_at(ports, index, mp_ttl_ports_verdict);
}

static gboolean next_of_gaps(MpTtlPorts *ports, guint ttl, guint16 *port)
{
    (void)ttl;
    guint widest = NARROW_GAP;
    guint place = 0;
    for (guint i = 0; i + 1 < ports->asked->len; i++) {
        const guint gap = gap_at(ports, i, leaning);
        if (gap > widest) {
            widest = gap;
            place = i;
        }
    }
    return widest > NARROW_GAP && begin(ports, middle_of(ports, place), port);
}

static double cost_of_either(const MpTtlPorts *ports)
{
    guint open = 0;
    guint known = 0;
    for (guint i = 0; i < ports->asked->len; i++) {
        const MpTtlVerdict verdict = leaning(ports, asked_at(ports, i));
        open += verdict == MP_TTL_PORT_OPEN;
        known += verdict != MP_TTL_PORT_UNKNOWN;
    }
    return MIN((open + 1.0) / (known + 2.0) + COST_BLOCKED, COST_OPEN);
}

/* In this order. */
static const struct {
    gboolean (*next)(MpTtlPorts *ports, guint ttl, guint16 *port);
    double cost; /* 0: of either */
} wishes[] = {
    {next_unanswered, 0},    {next_of_grid, 0},
    {next_of_boundaries, 0}, {next_to_confirm, COST_BLOCKED},
    {next_of_gaps, 0},
};

gboolean mp_ttl_ports_next(MpTtlPorts *ports, guint ttl, guint16 *port, double *budget)
{
    const double either = cost_of_either(ports);
    for (gsize i = 0; i < G_N_ELEMENTS(wishes); i++) {
        const double cost = wishes[i].cost > 0 ? wishes[i].cost : either;
        if (*budget >= cost && wishes[i].next(ports, ttl, port)) {
            *budget -= cost;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_any_in_flight(const MpTtlPorts *ports)
{
    for (guint i = 0; i < ports->asked->len; i++)
        if (ports->in_flight[asked_at(ports, i)])
            return TRUE;
    return FALSE;
}

/* Asking for the next one is the only way to know; it is not begun then. */
gboolean mp_ttl_ports_is_done(MpTtlPorts *ports)
{
    guint16 port;
    double budget = COST_OPEN;
    if (is_any_in_flight(ports))
        return FALSE;
    if (!mp_ttl_ports_next(ports, MP_TTL_MOST, &port, &budget))
        return TRUE;
    ports->in_flight[port] = 0;
    ports->tries[port]--;
    return FALSE;
}

static gboolean is_blocked_at(const MpTtlPorts *ports, guint index)
{
    const MpTtlVerdict verdict = mp_ttl_ports_verdict(ports, asked_at(ports, index));
    return verdict == MP_TTL_PORT_SILENT || verdict == MP_TTL_PORT_REFUSED;
}

void mp_ttl_ports_drop_undecided(MpTtlPorts *ports)
{
    for (guint i = ports->asked->len; i > 0; i--) {
        const guint index = i - 1;
        const guint16 port = asked_at(ports, index);
        if (mp_ttl_ports_verdict(ports, port) != MP_TTL_PORT_UNKNOWN)
            continue;
        const gboolean is_inside = index > 0 && index + 1 < ports->asked->len &&
                                   is_blocked_at(ports, index - 1) &&
                                   is_blocked_at(ports, index + 1);
        if (ports->silent[port] == 0 || is_inside)
            g_array_remove_index(ports->asked, index);
    }
}

gboolean mp_ttl_ports_has_grid(const MpTtlPorts *ports)
{
    return ports->next_grid > GRID;
}

guint mp_ttl_ports_grid(const MpTtlPorts *ports)
{
    return MAX((ports->last - ports->first + 1U) / GRID + 1, NARROW_GAP);
}

/* -- what is learned --------------------------------------------------------------------------- */

void mp_ttl_ports_pass(MpTtlPorts *ports, guint16 port, guint ttl)
{
    if (ports->silent[port] > 0 && ttl >= ports->silent_ttl[port]) {
        ports->n_surprises++;
        ports->silent[port] = 0;
    }
    ports->n_passed += ports->passed[port] == 0 && ttl > 0;
    ports->passed[port] = (guint8)MAX(ports->passed[port], ttl);
    weigh_silence(ports);
}

void mp_ttl_ports_refuse(MpTtlPorts *ports, guint16 port, guint ttl)
{
    ports->refused[port] = (guint8)(ttl + 1);
}

void mp_ttl_ports_end(MpTtlPorts *ports, guint16 port, guint ttl, gboolean is_silent)
{
    ports->in_flight[port] = 0;
    if (!is_silent)
        return;
    ports->silent_ttl[port] = (guint8)(ports->silent[port] ? MIN(ports->silent_ttl[port], ttl)
                                                           : ttl);
    ports->silent[port] = (guint8)MIN(ports->silent[port] + 1, G_MAXUINT8);
}
