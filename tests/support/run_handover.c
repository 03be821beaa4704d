/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread hands a number over to another in the way that the first argument names. The thread
 * sanitizer must be content with each way of GLib's, and must complain of `nothing`, `array` and
 * `freed`.
 */
#include <glib.h>

typedef struct {
    gint is_given; /* without any order: __ATOMIC_RELAXED */
    int *number;
    GArray *numbers;
    GMutex mutex;
    GCond condition;
    gboolean is_signalled;
    GRWLock lock;
    GAsyncQueue *queue;
    GThreadPool *pool;
    GMainContext *context;
    gsize once;
} Table;

typedef void (*Hand)(Table *table);

static void change(Table *table)
{
    (*table->number)++;
}

/* The giver has ended its part, and nobody learns from this that he may touch it. */
static void await_giver(Table *table)
{
    while (!__atomic_load_n(&table->is_given, __ATOMIC_RELAXED))
        g_thread_yield();
}

static void give_locked(Table *table)
{
    g_mutex_lock(&table->mutex);
    change(table);
    g_mutex_unlock(&table->mutex);
}

static void take_locked(Table *table)
{
    await_giver(table);
    give_locked(table);
}

static void give_signalled(Table *table)
{
    change(table);
    g_mutex_lock(&table->mutex);
    table->is_signalled = TRUE;
    g_cond_signal(&table->condition);
    g_mutex_unlock(&table->mutex);
}

static void take_signalled(Table *table)
{
    g_mutex_lock(&table->mutex);
    while (!table->is_signalled)
        g_cond_wait(&table->condition, &table->mutex);
    g_mutex_unlock(&table->mutex);
    change(table);
}

static void give_written(Table *table)
{
    g_rw_lock_writer_lock(&table->lock);
    change(table);
    g_rw_lock_writer_unlock(&table->lock);
}

static void take_read(Table *table)
{
    await_giver(table);
    g_rw_lock_reader_lock(&table->lock);
    g_assert_cmpint(*table->number, ==, 1);
    g_rw_lock_reader_unlock(&table->lock);
}

static void give_queued(Table *table)
{
    change(table);
    g_async_queue_push(table->queue, table);
}

static void take_queued(Table *table)
{
    change(g_async_queue_pop(table->queue));
}

static void change_in_pool(gpointer table, gpointer unused)
{
    (void)unused;
    change(table);
}

static void give_pooled(Table *table)
{
    change(table);
    g_thread_pool_push(table->pool, table, NULL);
}

static void take_pooled(Table *table)
{
    await_giver(table);
    g_thread_pool_free(table->pool, FALSE, TRUE);
    table->pool = NULL;
    change(table);
}

static gboolean change_in_context(gpointer table)
{
    change(table);
    return G_SOURCE_REMOVE;
}

static void give_attached(Table *table)
{
    change(table);
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_callback(source, change_in_context, table, NULL);
    g_source_attach(source, table->context);
}

static void take_attached(Table *table)
{
    while (!g_main_context_iteration(table->context, TRUE))
        continue;
}

static void give_made(Table *table)
{
    if (!g_once_init_enter(&table->once))
        return;
    change(table);
    g_once_init_leave(&table->once, 1);
}

static void take_made(Table *table)
{
    await_giver(table);
    if (!g_once_init_enter(&table->once))
        change(table);
}

static void take_without_order(Table *table)
{
    await_giver(table);
    change(table);
}

static void append(Table *table)
{
    const int number = 1;
    g_array_append_val(table->numbers, number);
}

static void take_and_append(Table *table)
{
    await_giver(table);
    append(table);
}

static void take_and_free(Table *table)
{
    await_giver(table);
    g_clear_pointer(&table->number, g_free);
}

static const struct {
    const char *name;
    Hand give;
    Hand take;
} ways[] = {
    {"mutex", give_locked, take_locked},       {"condition", give_signalled, take_signalled},
    {"readers", give_written, take_read},      {"queue", give_queued, take_queued},
    {"context", give_attached, take_attached}, {"once", give_made, take_made},
    {"pool", give_pooled, take_pooled},        {"nothing", change, take_without_order},
    {"freed", change, take_and_free},          {"array", append, take_and_append},
};

typedef struct {
    Table *table;
    Hand give;
} Giver;

static gpointer run(gpointer data)
{
    Giver *giver = data;
    giver->give(giver->table);
    __atomic_store_n(&giver->table->is_given, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void hand_over(gsize way)
{
    Table table = {.number = g_new0(int, 1),
                   .numbers = g_array_new(FALSE, FALSE, sizeof(int)),
                   .queue = g_async_queue_new(),
                   .pool = g_thread_pool_new(change_in_pool, NULL, 1, TRUE, NULL),
                   .context = g_main_context_new()};
    Giver giver = {&table, ways[way].give};
    GThread *thread = g_thread_new("giver", run, &giver);
    ways[way].take(&table);
    g_thread_join(thread);
    if (table.pool)
        g_thread_pool_free(table.pool, FALSE, TRUE);
    g_main_context_unref(table.context);
    g_async_queue_unref(table.queue);
    g_array_unref(table.numbers);
    g_free(table.number);
}

int main(int argc, char **argv)
{
    for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS(ways); i++) {
        if (!g_str_equal(argv[1], ways[i].name))
            continue;
        hand_over(i);
        return 0;
    }
    return 2;
}
