/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ring of records from one thread to another, and the thread that writes them.
 */
#include "lab/truth_log.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* 200 ms at 150,000 packets a second; a power of two. */
#define N_RECORDS 32768
/* How long the writer sleeps when there is nothing. Waking it for each packet would cost more. */
#define PAUSE_US 10000
#define WRITE_BYTES 65536
/* A port sweep makes a flow a packet: then the numbering goes on with an empty table. */
#define MAX_FLOWS 65536

struct _MpTruthLog {
    int fd;
    const MpTruthLane *lanes;
    guint n_lanes;
    MpTime start;
    GThread *thread;
    MpTruthRecord *ring;
    _Atomic guint64 added; /* by the emulator */
    _Atomic guint64 taken; /* by the writer */
    _Atomic gboolean is_over;
    guint64 omitted;
    /* The writer's own. */
    GString *text;
    GHashTable *flows; /* MpFlow* -> number */
    guint n_flows;
    gboolean has_failed;
};

static guint hash_flow(gconstpointer key)
{
    /* FNV-1a. */
    const guint8 *bytes = key;
    guint32 hash = 2166136261U;
    for (gsize i = 0; i < sizeof(MpFlow); i++)
        hash = (hash ^ bytes[i]) * 16777619U;
    return hash;
}

static gboolean equal_flows(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(MpFlow)) == 0;
}

static void write_text(MpTruthLog *log)
{
    gsize done = 0;
    while (done < log->text->len && !log->has_failed) {
        gssize written = write(log->fd, log->text->str + done, log->text->len - done);
        if (written > 0)
            done += (gsize)written;
        else
            log->has_failed = errno != EINTR;
    }
    g_string_truncate(log->text, 0);
}

static guint number_flow(MpTruthLog *log, const MpFlow *flow)
{
    gpointer known = g_hash_table_lookup(log->flows, flow);
    if (known)
        return GPOINTER_TO_UINT(known);
    if (g_hash_table_size(log->flows) >= MAX_FLOWS)
        g_hash_table_remove_all(log->flows);
    log->n_flows++;
    g_hash_table_insert(log->flows, g_memdup2(flow, sizeof *flow), GUINT_TO_POINTER(log->n_flows));
    mp_truth_append_flow(log->text, log->n_flows, flow);
    return log->n_flows;
}

static void write_record(MpTruthLog *log, const MpTruthRecord *record)
{
    guint flow = number_flow(log, &record->mark.flow);
    mp_truth_append_packet(log->text, &log->lanes[record->lane], record, flow, log->start);
    if (log->text->len >= WRITE_BYTES)
        write_text(log);
}

static gpointer write_records(gpointer data)
{
    MpTruthLog *log = data;
    gboolean is_over = FALSE;
    while (!is_over) {
        /* Asked before the ring is: what was added before the end is seen. */
        is_over = atomic_load(&log->is_over);
        guint64 added = atomic_load_explicit(&log->added, memory_order_acquire);
        for (guint64 i = log->taken; i < added; i++) {
            write_record(log, &log->ring[i % N_RECORDS]);
            atomic_store_explicit(&log->taken, i + 1, memory_order_release);
        }
        write_text(log);
        if (!is_over)
            g_usleep(PAUSE_US);
    }
    return NULL;
}

MpTruthLog *mp_truth_log_new(int fd, const MpTruthLane *lanes, guint n_lanes, MpTime start)
{
    MpTruthLog *log = g_new0(MpTruthLog, 1);
    log->fd = fd;
    log->lanes = lanes;
    log->n_lanes = n_lanes;
    log->start = start;
    log->ring = g_new0(MpTruthRecord, N_RECORDS);
    log->text = g_string_sized_new(WRITE_BYTES + 1024);
    log->flows = g_hash_table_new_full(hash_flow, equal_flows, g_free, NULL);
    MpTime start_unix = mp_clock_realtime() - (mp_clock_now() - start);
    mp_truth_append_header(log->text, lanes, n_lanes, start_unix);
    log->thread = g_thread_new("truth", write_records, log);
    return log;
}

void mp_truth_log_add(MpTruthLog *log, const MpTruthRecord *record)
{
    guint64 added = atomic_load_explicit(&log->added, memory_order_relaxed);
    if (added - atomic_load_explicit(&log->taken, memory_order_acquire) >= N_RECORDS) {
        log->omitted++;
        return;
    }
    log->ring[added % N_RECORDS] = *record;
    atomic_store_explicit(&log->added, added + 1, memory_order_release);
}

gboolean mp_truth_log_finish(MpTruthLog *log, const MpLaneTally *const *tallies,
                             const MpEmulatorReport *report)
{
    atomic_store(&log->is_over, TRUE);
    g_thread_join(log->thread);
    mp_truth_append_summary(log->text, log->lanes, tallies, log->n_lanes, report, log->omitted);
    write_text(log);
    gboolean is_complete = !log->has_failed && log->omitted == 0;

    g_hash_table_unref(log->flows);
    g_string_free(log->text, TRUE);
    g_free(log->ring);
    g_free(log);
    return is_complete;
}
