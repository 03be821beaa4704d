/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shards become one, or are refused.
 */
#include "matrix/merge.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"

#define N_CELLS 4

static void remove_tree(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (directory && (name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_file_test(file, G_FILE_TEST_IS_DIR))
            remove_tree(file);
        else
            (void)g_unlink(file);
    }
    (void)g_rmdir(path);
}

typedef struct {
    char *root;
    char *out;
    char *shards[3]; /* the last stays NULL */
} Place;

static Place make_place(void)
{
    Place place = {.root = g_dir_make_tmp("mediapath-merge-XXXXXX", NULL)};
    place.out = g_build_filename(place.root, "out", NULL);
    place.shards[0] = g_build_filename(place.root, "one", NULL);
    place.shards[1] = g_build_filename(place.root, "two", NULL);
    return place;
}

static void clear_place(Place *place)
{
    remove_tree(place->root);
    g_free(place->root);
    g_free(place->out);
    g_free(place->shards[0]);
    g_free(place->shards[1]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, clear_place)

static void finish(MpJournal *journal, const MpMatrixFolder *folder, const char *id,
                   const char *result)
{
    g_autofree char *path = mp_matrix_folder_file(folder, id, "result.json");
    g_autoptr(MpCellRecord) record = mp_cell_record_new(id, 0);
    record->state = MP_CELL_DONE;
    record->exit = 0;
    record->verdict = g_strdup("stable");
    record->findings = g_strdup("[]");
    g_assert_true(mp_matrix_folder_make_cell(folder, id, NULL));
    g_assert_true(g_file_set_contents(path, result, -1, NULL));
    g_assert_true(mp_journal_start(journal, id, NULL));
    g_assert_true(mp_journal_finish(journal, record, NULL));
}

/* A shard of a matrix with that text; it has finished the cells of `done`, a string of digits. */
static void make_shard(const char *path, const char *text, const char *done, const char *result)
{
    g_autoptr(MpMatrixFolder) folder = mp_matrix_folder_open(path, MP_FOLDER_NEW, NULL);
    g_autoptr(GPtrArray)
        cells = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_record_free);
    for (guint i = 0; i < N_CELLS; i++) {
        g_autofree char *id = g_strdup_printf("cell-%u", i);
        MpCellRecord *record = mp_cell_record_new(id, i);
        record->parameters = g_strdup("{}");
        record->network = g_strdup("hash");
        g_ptr_array_add(cells, record);
    }
    MpJournalInfo info = {.name = (char *)"test",
                          .text = (char *)text,
                          .version = (char *)"1",
                          .shard = 1,
                          .n_shards = 2};
    g_autoptr(MpJournal) journal = mp_journal_create(folder->journal, &info, cells, NULL);
    for (; *done; done++) {
        g_autofree char *id = g_strdup_printf("cell-%c", *done);
        finish(journal, folder, id, result);
    }
}

static MpJournal *merge(const Place *place, GError **error)
{
    g_autoptr(MpMatrixFolder) folder = NULL;
    return mp_matrix_merge((const char *const *)place->shards, place->out, &folder, error);
}

static void test_shards_become_the_whole(void)
{
    g_auto(Place) place = make_place();
    g_autoptr(GError) error = NULL;
    make_shard(place.shards[0], "m", "02", "{\"one\": 1}");
    make_shard(place.shards[1], "m", "1", "{\"two\": 2}");
    g_autoptr(MpJournal) journal = merge(&place, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) cells = mp_journal_cells(journal, NULL);
    const MpCellState states[N_CELLS] = {MP_CELL_DONE, MP_CELL_DONE, MP_CELL_DONE, MP_CELL_PENDING};
    for (guint i = 0; i < N_CELLS; i++) {
        const MpCellRecord *record = cells->pdata[i];
        g_assert_cmpint(record->state, ==, states[i]);
        g_assert_true(record->is_mine);
    }
    g_autofree char *path = g_build_filename(place.out, "cells", "cell-1", "result.json", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "{\"two\": 2}");
    g_assert_cmpuint(mp_journal_info(journal)->n_shards, ==, 1);
}

static void test_what_is_done_without_a_result_is_pending(void)
{
    g_auto(Place) place = make_place();
    make_shard(place.shards[0], "m", "0", "{}");
    make_shard(place.shards[1], "m", "1", "{}");
    g_autofree char *path = g_build_filename(place.shards[1], "cells", "cell-1", "result.json",
                                             NULL);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_autoptr(MpJournal) journal = merge(&place, NULL);
    g_autoptr(GPtrArray) cells = mp_journal_cells(journal, NULL);
    g_assert_cmpint(((const MpCellRecord *)cells->pdata[0])->state, ==, MP_CELL_DONE);
    g_assert_cmpint(((const MpCellRecord *)cells->pdata[1])->state, ==, MP_CELL_PENDING);
}

static void assert_refused(const Place *place, const char *pattern)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpJournal) journal = merge(place, &error);
    g_assert_null(journal);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_pattern_match_simple(pattern, error->message));
    g_assert_false(g_file_test(place->out, G_FILE_TEST_EXISTS));
}

static void test_what_says_two_things_of_one_cell_is_refused(void)
{
    g_auto(Place) place = make_place();
    make_shard(place.shards[0], "m", "01", "{\"one\": 1}");
    make_shard(place.shards[1], "m", "12", "{\"two\": 2}");
    assert_refused(&place, "cell cell-1 differs in */one and */two*");
}

static void test_another_matrix_is_refused(void)
{
    g_auto(Place) place = make_place();
    make_shard(place.shards[0], "m", "0", "{}");
    make_shard(place.shards[1], "other", "1", "{}");
    assert_refused(&place, "*are of different matrices*");
}

static void test_a_folder_without_a_matrix_is_refused(void)
{
    g_auto(Place) place = make_place();
    make_shard(place.shards[0], "m", "0", "{}");
    assert_refused(&place, "*/two has no journal.sqlite*");
}

static void test_a_running_shard_is_refused(void)
{
    g_auto(Place) place = make_place();
    make_shard(place.shards[0], "m", "0", "{}");
    make_shard(place.shards[1], "m", "1", "{}");
    g_autoptr(MpMatrixFolder) busy = mp_matrix_folder_open(place.shards[1], MP_FOLDER_RESUME, NULL);
    g_assert_nonnull(busy);
    assert_refused(&place, "*/two: another mediapath matrix works in it");
}

static void test_a_folder_is_used_by_one_and_kept(void)
{
    g_auto(Place) place = make_place();
    make_shard(place.shards[0], "m", "0", "{}");
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_matrix_folder_open(place.shards[0], MP_FOLDER_NEW, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_clear_error(&error);
    g_autoptr(MpMatrixFolder)
        first = mp_matrix_folder_open(place.shards[0], MP_FOLDER_RESUME, NULL);
    g_assert_nonnull(first);
    g_assert_null(mp_matrix_folder_open(place.shards[0], MP_FOLDER_RESUME, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/merge/shards-become-the-whole", test_shards_become_the_whole);
    g_test_add_func("/merge/what-says-two-things-of-one-cell-is-refused",
                    test_what_says_two_things_of_one_cell_is_refused);
    g_test_add_func("/merge/what-is-done-without-a-result-is-pending",
                    test_what_is_done_without_a_result_is_pending);
    g_test_add_func("/merge/another-matrix-is-refused", test_another_matrix_is_refused);
    g_test_add_func("/merge/a-folder-without-a-matrix-is-refused",
                    test_a_folder_without_a_matrix_is_refused);
    g_test_add_func("/merge/a-running-shard-is-refused", test_a_running_shard_is_refused);
    g_test_add_func("/merge/a-folder-is-used-by-one-and-kept",
                    test_a_folder_is_used_by_one_and_kept);
    return g_test_run();
}
