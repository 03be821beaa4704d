/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal: its states, and that a process that ends between any two steps loses and doubles
 * nothing.
 */
#include "matrix/journal.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

#define N_CELLS 3

typedef struct {
    char *folder;
    char *path;
} Place;

static Place make_place(void)
{
    Place place = {.folder = g_dir_make_tmp("mediapath-journal-XXXXXX", NULL)};
    place.path = g_build_filename(place.folder, "journal.sqlite", NULL);
    return place;
}

static void clear_place(Place *place)
{
    g_autoptr(GDir) directory = g_dir_open(place->folder, 0, NULL);
    const char *name = NULL;
    while (directory && (name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(place->folder, name, NULL);
        (void)g_unlink(file);
    }
    (void)g_rmdir(place->folder);
    g_free(place->folder);
    g_free(place->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, clear_place)

static MpJournal *create_with(const Place *place, guint n_cells)
{
    g_autoptr(GPtrArray)
        cells = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_record_free);
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < n_cells; i++) {
        g_autofree char *id = g_strdup_printf("cell-%u", i);
        MpCellRecord *record = mp_cell_record_new(id, i);
        record->parameters = g_strdup("{\"networks\":\"clean\"}");
        record->network = g_strdup("hash");
        g_ptr_array_add(cells, record);
    }
    MpJournalInfo info = {.name = (char *)"test",
                          .text = (char *)"a matrix",
                          .version = (char *)"1",
                          .shard = 1,
                          .n_shards = 1};
    MpJournal *journal = mp_journal_create(place->path, &info, cells, &error);
    g_assert_no_error(error);
    return journal;
}

static MpJournal *create(const Place *place)
{
    return create_with(place, N_CELLS);
}

static MpJournal *reopen(const Place *place)
{
    g_autoptr(GError) error = NULL;
    MpJournal *journal = mp_journal_open(place->path, &error);
    g_assert_no_error(error);
    return journal;
}

static gboolean finish(MpJournal *journal, const char *id, MpCellState state)
{
    g_autoptr(MpCellRecord) record = mp_cell_record_new(id, 0);
    record->state = state;
    record->exit = 1;
    record->verdict = g_strdup("degraded");
    record->findings = g_strdup("[\"udp-blocked\"]");
    record->answer = MP_ANSWER_DIFFERENT;
    record->duration_ms = 1234.5;
    return mp_journal_finish(journal, record, NULL);
}

static void assert_states(MpJournal *journal, const char *expected)
{
    g_autoptr(GPtrArray) cells = mp_journal_cells(journal, NULL);
    g_autoptr(GString) states = g_string_new(NULL);
    for (guint i = 0; i < cells->len; i++)
        g_string_append_printf(states, "%s%s", i ? " " : "",
                               mp_cell_state_name(((const MpCellRecord *)cells->pdata[i])->state));
    g_assert_cmpstr(states->str, ==, expected);
}

static void test_what_was_written_is_read(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(MpJournal) journal = create(&place);
    g_assert_true(mp_journal_start(journal, "cell-1", NULL));
    g_assert_true(finish(journal, "cell-1", MP_CELL_DONE));
    g_autoptr(GPtrArray) cells = mp_journal_cells(journal, NULL);
    const MpCellRecord *record = cells->pdata[1];
    g_assert_cmpstr(record->verdict, ==, "degraded");
    g_assert_cmpstr(record->findings, ==, "[\"udp-blocked\"]");
    g_assert_cmpint(record->exit, ==, 1);
    g_assert_cmpint(record->answer, ==, MP_ANSWER_DIFFERENT);
    g_assert_cmpfloat(record->duration_ms, ==, 1234.5);
    g_assert_cmpuint(record->attempts, ==, 1);
    g_assert_cmpstr(mp_journal_info(journal)->text, ==, "a matrix");
}

static void test_a_change_starts_from_its_own_state_only(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(MpJournal) journal = create(&place);
    g_assert_false(finish(journal, "cell-0", MP_CELL_DONE));
    g_assert_false(mp_journal_put_back(journal, "cell-0", FALSE, NULL, NULL));
    g_assert_true(mp_journal_start(journal, "cell-0", NULL));
    g_assert_false(mp_journal_start(journal, "cell-0", NULL));
    g_assert_true(finish(journal, "cell-0", MP_CELL_FAILED));
    g_assert_false(finish(journal, "cell-0", MP_CELL_DONE));
    g_assert_false(mp_journal_start(journal, "cell-0", NULL));
    g_assert_false(mp_journal_start(journal, "no-such-cell", NULL));
    assert_states(journal, "failed pending pending");
}

static void test_spoiled_attempts_are_counted(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(MpJournal) journal = create(&place);
    g_assert_true(mp_journal_start(journal, "cell-0", NULL));
    g_assert_true(mp_journal_put_back(journal, "cell-0", TRUE, NULL, NULL));
    g_assert_true(mp_journal_start(journal, "cell-0", NULL));
    g_assert_true(mp_journal_put_back(journal, "cell-0", FALSE, "interrupted", NULL));
    g_autoptr(GPtrArray) cells = mp_journal_cells(journal, NULL);
    const MpCellRecord *record = cells->pdata[0];
    g_assert_cmpuint(record->attempts, ==, 2);
    g_assert_cmpuint(record->n_spoiled, ==, 1);
    g_assert_cmpint(record->state, ==, MP_CELL_PENDING);
}

static void test_recovering_puts_back_what_was_running(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(MpJournal) journal = create(&place);
    g_assert_true(mp_journal_start(journal, "cell-0", NULL));
    g_assert_true(mp_journal_start(journal, "cell-1", NULL));
    g_assert_true(finish(journal, "cell-1", MP_CELL_DONE));
    g_assert_true(mp_journal_recover(journal, NULL));
    assert_states(journal, "pending done pending");
}

static void test_a_forgotten_cell_runs_again(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(MpJournal) journal = create(&place);
    g_assert_false(mp_journal_forget(journal, "cell-0", NULL));
    g_assert_true(mp_journal_start(journal, "cell-0", NULL));
    g_assert_true(finish(journal, "cell-0", MP_CELL_DONE));
    g_assert_true(mp_journal_forget(journal, "cell-0", NULL));
    g_assert_true(mp_journal_start(journal, "cell-0", NULL));
}

/* Carries out `n_steps` of the work of two cells, then dies as by kill -9. */
static void work_and_die(const Place *place, guint n_steps)
{
    g_autoptr(MpJournal) journal = n_steps ? create(place) : NULL;
    if (n_steps >= 2)
        g_assert_true(mp_journal_start(journal, "cell-0", NULL));
    if (n_steps >= 3)
        g_assert_true(mp_journal_start(journal, "cell-1", NULL));
    if (n_steps >= 4)
        g_assert_true(finish(journal, "cell-0", MP_CELL_DONE));
    if (n_steps >= 5)
        g_assert_true(mp_journal_put_back(journal, "cell-1", TRUE, NULL, NULL));
    (void)kill(getpid(), SIGKILL);
}

static void test_death_between_any_two_steps(void)
{
    static const char *const states[] = {
        NULL,
        "pending pending pending",
        "running pending pending",
        "running running pending",
        "done running pending",
        "done pending pending",
    };
    for (guint n_steps = 0; n_steps < G_N_ELEMENTS(states); n_steps++) {
        g_auto(Place) place = make_place();
        pid_t child = fork();
        if (child == 0)
            work_and_die(&place, n_steps);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        g_assert_cmpint(g_file_test(place.path, G_FILE_TEST_EXISTS), ==, states[n_steps] != NULL);
        if (!states[n_steps])
            continue;
        g_autoptr(MpJournal) journal = reopen(&place);
        assert_states(journal, states[n_steps]);
    }
}

/* Somebody has removed the journal of a run that was killed, but not what lay beside it. */
static void test_a_new_journal_takes_nothing_from_an_old_log(void)
{
    g_auto(Place) place = make_place();
    g_autofree char *log = g_strconcat(place.path, "-wal", NULL);
    pid_t child = fork();
    if (child == 0)
        work_and_die(&place, 4);
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    g_assert_cmpint(g_unlink(place.path), ==, 0);
    g_assert_true(g_file_test(log, G_FILE_TEST_EXISTS));
    g_autoptr(MpJournal) journal = create(&place);
    assert_states(journal, "pending pending pending");
}

/* Many cells, so that some are on pages that the first query does not need. */
static void test_a_journal_that_breaks_off_is_not_taken_for_whole(void)
{
    g_auto(Place) place = make_place();
    mp_journal_free(create_with(&place, 2000));
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(place.path, &text, &length, NULL));
    memset(text + length / 2, 0xff, length / 2);
    g_assert_true(g_file_set_contents(place.path, text, (gssize)length, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(MpJournal) journal = mp_journal_open(place.path, &error);
    g_autoptr(GPtrArray) cells = journal ? mp_journal_cells(journal, &error) : NULL;
    g_assert_null(cells);
    g_assert_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE);
}

static void test_something_else_is_no_journal(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(place.path, "", 0, NULL));
    g_assert_null(mp_journal_open(place.path, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(place.path, "networks: [clean]\n", -1, NULL));
    g_assert_null(mp_journal_open(place.path, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/what-was-written-is-read", test_what_was_written_is_read);
    g_test_add_func("/journal/a-change-starts-from-its-own-state-only",
                    test_a_change_starts_from_its_own_state_only);
    g_test_add_func("/journal/spoiled-attempts-are-counted", test_spoiled_attempts_are_counted);
    g_test_add_func("/journal/recovering-puts-back-what-was-running",
                    test_recovering_puts_back_what_was_running);
    g_test_add_func("/journal/a-forgotten-cell-runs-again", test_a_forgotten_cell_runs_again);
    g_test_add_func("/journal/death-between-any-two-steps", test_death_between_any_two_steps);
    g_test_add_func("/journal/a-new-journal-takes-nothing-from-an-old-log",
                    test_a_new_journal_takes_nothing_from_an_old_log);
    g_test_add_func("/journal/a-journal-that-breaks-off-is-not-taken-for-whole",
                    test_a_journal_that_breaks_off_is_not_taken_for_whole);
    g_test_add_func("/journal/something-else-is-no-journal", test_something_else_is_no_journal);
    return g_test_run();
}
