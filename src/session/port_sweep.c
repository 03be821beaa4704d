/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rounds of a sweep: what it asks and when.
 */
#include "session/port_sweep.h"

#include "base/splitmix.h"
#include "session/port_sweep_state.h"

/* Of so many questions one goes to a port that is known to be open. */
#define CONTROL_EVERY 32
#define CONTROL_EVERY_IN_DISTRESS 2
/* Where more of the range answers than this, nothing is lost, and every question is a control. */
#define MOSTLY_OPEN 0.97
/* Short rounds must tell their loss, too. */
#define LEAST_CONTROLS 16
/* Below it are ports that only root may serve. */
#define FIRST_GUESS 1025
/* Questions in all, for each port of the range. */
#define GREATEST_EFFORT 16

/* Likely to be open where little is: the standard ports of STUN (RFC 8489 section 18.6), and one
 * that is in wide use. Asked first, for the path cannot be measured before something answers. */
static const guint16 likely_ports[] = {3478, 5349, 19302};

static guint draw(MpPortSweep *sweep, guint below)
{
    return (guint)((mp_splitmix_next(&sweep->random) >> 32) * below >> 32);
}

static void swap(guint16 *a, guint16 *b)
{
    guint16 kept = *a;
    *a = *b;
    *b = kept;
}

static void shuffle(MpPortSweep *sweep)
{
    guint16 *ports = &g_array_index(sweep->list, guint16, 0);
    for (guint left = sweep->list->len; left > 1; left--)
        swap(&ports[left - 1], &ports[draw(sweep, left)]);
}

/* The list holds every port to ask about, shuffled. */
static void put_likely_first(MpPortSweep *sweep)
{
    guint16 *ports = &g_array_index(sweep->list, guint16, 0);
    guint n_first = 0;
    for (guint likely = 0; likely < G_N_ELEMENTS(likely_ports); likely++) {
        for (guint i = n_first; i < sweep->list->len; i++) {
            if (ports[i] == likely_ports[likely]) {
                swap(&ports[i], &ports[n_first++]);
                break;
            }
        }
    }
}

MpPortSweep *mp_port_sweep_new(const MpPortSweepConfig *config, MpTime now)
{
    const MpSweepRange *range = &config->range;
    g_return_val_if_fail(range->first > 0 && range->first <= range->last && config->rate > 0, NULL);
    MpPortSweep *sweep = g_new0(MpPortSweep, 1);
    const guint n_ports = range->ports ? range->n_ports : range->last - range->first + 1U;
    sweep->config = *config;
    sweep->n_ports = n_ports;
    sweep->random = config->seed;
    sweep->questions = g_array_sized_new(FALSE, TRUE, sizeof(MpSweepQuestion), n_ports * 4);
    sweep->open = g_array_sized_new(FALSE, FALSE, sizeof(guint16), n_ports);
    sweep->list = g_array_sized_new(FALSE, FALSE, sizeof(guint16), n_ports);
    mp_sweep_evidence_init(&sweep->evidence, range);
    mp_sweep_pace_init(&sweep->pace, config->rate, now);
    for (guint16 port = sweep->evidence.lowest; port > 0; port = sweep->evidence.next[port])
        g_array_append_val(sweep->list, port);
    shuffle(sweep);
    put_likely_first(sweep);
    return sweep;
}

void mp_port_sweep_free(MpPortSweep *sweep)
{
    if (!sweep)
        return;
    g_array_unref(sweep->questions);
    g_array_unref(sweep->open);
    g_array_unref(sweep->list);
    g_free(sweep);
}

static MpPortQuestion book(MpPortSweep *sweep, MpTime now, guint16 port, MpSweepAsks asks)
{
    const MpSweepQuestion question = {.at = now,
                                      .epoch = mp_sweep_pace_sent(&sweep->pace, asks),
                                      .port = port,
                                      .round = (guint8)sweep->round,
                                      .asks = (guint8)asks};
    g_array_append_val(sweep->questions, question);
    if (asks == MP_SWEEP_ASKS_CONTROL)
        sweep->evidence.n_controls[sweep->round]++;
    else
        mp_sweep_evidence_ask(&sweep->evidence, port, sweep->round);
    sweep->n_waiting++;
    sweep->n_sent++;
    sweep->sent_bytes += sweep->config.question_size;
    return (MpPortQuestion){.sequence = sweep->questions->len,
                            .port = port,
                            .is_control = asks == MP_SWEEP_ASKS_CONTROL};
}

static guint16 any_open(MpPortSweep *sweep)
{
    return g_array_index(sweep->open, guint16, draw(sweep, sweep->open->len));
}

/* Drawn for each question, for a limit on the way would treat what comes at even distances in its
 * own way: only what might have been any other question tells of the others. */
static gboolean is_control_due(MpPortSweep *sweep)
{
    if (sweep->open->len == 0)
        return FALSE;
    if (mp_sweep_pace_is_in_distress(&sweep->pace))
        return draw(sweep, CONTROL_EVERY_IN_DISTRESS) == 0;
    if (sweep->round == 0 && mp_sweep_pace_share(&sweep->pace) > MOSTLY_OPEN)
        return FALSE;
    guint n_others = MIN(sweep->list->len, LEAST_CONTROLS * (CONTROL_EVERY - 1));
    return draw(sweep, LEAST_CONTROLS + n_others) < LEAST_CONTROLS;
}

/* FALSE: the round has asked everything. */
static gboolean pick(MpPortSweep *sweep, MpTime now, MpPortQuestion *question)
{
    /* What was answered late, after the round was planned, is left out. */
    while (sweep->position < sweep->list->len &&
           mp_sweep_is_open(sweep, g_array_index(sweep->list, guint16, sweep->position)))
        sweep->position++;
    if (sweep->position == sweep->list->len)
        return FALSE;
    if (is_control_due(sweep)) {
        *question = book(sweep, now, any_open(sweep), MP_SWEEP_ASKS_CONTROL);
        return TRUE;
    }
    guint16 port = g_array_index(sweep->list, guint16, sweep->position++);
    *question = book(sweep, now, port, sweep->round == 0 ? MP_SWEEP_ASKS_NEW : MP_SWEEP_ASKS_AGAIN);
    return TRUE;
}

static gboolean is_settled_by_far_end(const MpPortSweep *sweep, guint16 port)
{
    return mp_sweep_is_open(sweep, port) || sweep->evidence.is_unserved[port];
}

static gboolean has_others(const MpPortSweep *sweep)
{
    return sweep->config.range.first > FIRST_GUESS || sweep->config.range.last < G_MAXUINT16;
}

/* Where nothing of the range is open, some port outside of it may be. */
static guint16 any_to_ask(MpPortSweep *sweep)
{
    if (sweep->open->len > 0)
        return any_open(sweep);
    guint n_below = MAX(sweep->config.range.first, FIRST_GUESS) - FIRST_GUESS;
    guint n_above = G_MAXUINT16 - MAX(sweep->config.range.last, FIRST_GUESS - 1);
    guint guess = draw(sweep, n_below + n_above);
    return (guint16)(guess < n_below ? FIRST_GUESS + guess : G_MAXUINT16 - (guess - n_below));
}

static void want_blocks(MpPortSweep *sweep, MpTime now)
{
    sweep->has_wanted_blocks = TRUE;
    if (sweep->open->len == 0 && !has_others(sweep))
        return;
    for (guint16 port = sweep->evidence.lowest; port > 0; port = sweep->evidence.next[port]) {
        guint block = mp_sweep_evidence_block(&sweep->evidence, port);
        if (is_settled_by_far_end(sweep, port))
            continue;
        mp_sweep_blocks_want(&sweep->blocks, MP_SWEEP_ABOUT_SEEN, block, now);
        if (!sweep->evidence.knows_served[block])
            mp_sweep_blocks_want(&sweep->blocks, MP_SWEEP_ABOUT_SERVED, block, now);
    }
}

static void end_sending(MpPortSweep *sweep, MpTime now)
{
    sweep->stage = MP_SWEEP_WAITING;
    sweep->round_sent = now;
    sweep->has_wanted_blocks = FALSE;
}

static MpTime last_answer(const MpPortSweep *sweep)
{
    return sweep->n_waiting == 0 ? sweep->round_sent
                                 : sweep->round_sent + mp_sweep_pace_patience(&sweep->pace);
}

/* At the slow rate of a sample such questions take longer than the answers that may yet come. */
static MpTime when_to_want_blocks(const MpPortSweep *sweep)
{
    return sweep->config.range.ports ? last_answer(sweep) : sweep->round_sent;
}

static guint send_round(MpPortSweep *sweep, MpTime now, MpPortQuestion *questions, guint capacity)
{
    guint allowed = mp_sweep_pace_allows(&sweep->pace, now, capacity);
    guint n = 0;
    while (n < allowed) {
        if (!pick(sweep, now, &questions[n])) {
            end_sending(sweep, now);
            break;
        }
        n++;
    }
    return n;
}

static MpPortQuestion book_block(MpPortSweep *sweep, MpTime now, MpSweepAbout about, guint block)
{
    const MpSweepQuestion question = {.at = now,
                                      .port = any_to_ask(sweep),
                                      .round = (guint8)sweep->round,
                                      .about = (guint8)about,
                                      .block = (guint8)block};
    g_array_append_val(sweep->questions, question);
    sweep->n_sent++;
    sweep->sent_bytes += sweep->config.block_question_size;
    mp_sweep_pace_spend(&sweep->pace,
                        (double)sweep->config.block_question_size / sweep->config.question_size);
    return (MpPortQuestion){.sequence = sweep->questions->len,
                            .port = question.port,
                            .about = about,
                            .first = mp_sweep_first_of(sweep, block),
                            .n_ports = mp_sweep_ports_of(sweep, block)};
}

static guint send_blocks(MpPortSweep *sweep, MpTime now, MpPortQuestion *questions, guint capacity)
{
    MpTime again = now + mp_sweep_pace_patience(&sweep->pace);
    MpSweepAbout about;
    guint block;
    guint n = 0;
    while (n < capacity && now >= mp_sweep_blocks_deadline(&sweep->blocks) &&
           mp_sweep_pace_allows(&sweep->pace, now, 1) > 0 &&
           mp_sweep_blocks_ask(&sweep->blocks, now, again, &about, &block))
        questions[n++] = book_block(sweep, now, about, block);
    return n;
}

static MpTime round_end(const MpPortSweep *sweep)
{
    return MAX(last_answer(sweep), mp_sweep_blocks_end(&sweep->blocks));
}

static void append_unsettled(MpPortSweep *sweep, gboolean is_near)
{
    const MpSweepEvidence *evidence = &sweep->evidence;
    for (guint16 port = evidence->lowest; port > 0; port = evidence->next[port])
        if (!is_settled_by_far_end(sweep, port) &&
            mp_sweep_evidence_is_near(evidence, port) == is_near &&
            !mp_sweep_evidence_is_enough(evidence, port))
            g_array_append_val(sweep->list, port);
}

static gboolean is_enough_effort(const MpPortSweep *sweep)
{
    const gboolean is_mute_sample = sweep->config.range.ports && sweep->open->len == 0;
    return is_mute_sample || sweep->round + 1 == MP_SWEEP_ROUNDS ||
           sweep->n_sent > (guint64)sweep->n_ports * GREATEST_EFFORT + 1000;
}

/* How much the path loses shows first beside the ports that passed: those come before the silent
 * runs, which are long. */
static void begin_round(MpPortSweep *sweep)
{
    const MpSweepEvidence *evidence = &sweep->evidence;
    mp_sweep_pace_round_over(&sweep->pace, evidence->n_controls[sweep->round] > 0 &&
                                               !evidence->n_controls_answered[sweep->round]);
    mp_sweep_blocks_end_round(&sweep->blocks);
    mp_sweep_evidence_settle(&sweep->evidence);
    g_array_set_size(sweep->list, 0);
    append_unsettled(sweep, TRUE);
    if (sweep->round > 0 || sweep->list->len == 0)
        append_unsettled(sweep, FALSE);
    if (sweep->list->len == 0 || is_enough_effort(sweep)) {
        sweep->stage = MP_SWEEP_OVER;
        return;
    }
    shuffle(sweep);
    sweep->stage = MP_SWEEP_SENDING;
    sweep->round++;
    sweep->position = sweep->n_waiting = 0;
}

guint mp_port_sweep_next(MpPortSweep *sweep, MpTime now, MpPortQuestion *questions, guint capacity)
{
    guint n = 0;
    mp_sweep_pace_advance(&sweep->pace, now);
    if (sweep->stage == MP_SWEEP_SENDING)
        n = send_round(sweep, now, questions, capacity);
    if (sweep->stage == MP_SWEEP_WAITING) {
        if (!sweep->has_wanted_blocks && now >= when_to_want_blocks(sweep))
            want_blocks(sweep, now);
        n += send_blocks(sweep, now, questions + n, capacity - n);
        if (now >= round_end(sweep))
            begin_round(sweep);
    }
    return n;
}

MpTime mp_port_sweep_deadline(const MpPortSweep *sweep, MpTime now)
{
    if (sweep->stage == MP_SWEEP_OVER)
        return MP_NEVER;
    if (sweep->stage == MP_SWEEP_SENDING)
        return mp_sweep_pace_deadline(&sweep->pace, now);
    MpTime next = round_end(sweep);
    MpTime due = mp_sweep_blocks_deadline(&sweep->blocks);
    if (due != MP_NEVER)
        next = MIN(next, MAX(due, mp_sweep_pace_deadline(&sweep->pace, now)));
    return MAX(next, now);
}

MpSweptPort mp_port_sweep_verdict(const MpPortSweep *sweep, guint16 port)
{
    return mp_sweep_evidence_verdict(&sweep->evidence, port);
}

gboolean mp_port_sweep_has_asked(const MpPortSweep *sweep, guint16 port)
{
    return sweep->evidence.asked[port] != 0 && !sweep->evidence.is_unserved[port];
}

MpPortSweepFacts mp_port_sweep_facts(const MpPortSweep *sweep)
{
    MpPortSweepFacts facts = {.n_sent = sweep->n_sent,
                              .sent_bytes = sweep->sent_bytes,
                              .n_rounds = sweep->round + 1,
                              .wrong_bound = mp_sweep_evidence_wrong_bound(&sweep->evidence),
                              .loss = sweep->evidence.loss,
                              .loss_out = mp_sweep_evidence_loss_out(&sweep->evidence),
                              .rtt_least = sweep->pace.rtt_least,
                              .n_cuts = sweep->pace.n_cuts,
                              .greatest_rate = sweep->pace.greatest_rate};
    for (guint16 port = sweep->evidence.lowest; port > 0; port = sweep->evidence.next[port])
        facts.n_asked += sweep->evidence.asked[port] != 0;
    return facts;
}
