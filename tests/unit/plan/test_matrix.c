/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From axes to cells.
 */
#include "plan/matrix.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "plan/planner.h"

static void add_values(MpMatrix *matrix, MpAxis axis, const char *texts)
{
    g_auto(GStrv) words = g_strsplit(texts, " ", -1);
    for (char **word = words; *word; word++)
        g_ptr_array_add(matrix->axes[axis], mp_axis_value_new(axis, *word));
}

/* "axis=text axis=text" by the axes' names. */
static MpMatrixPoint *make_point(const char *text)
{
    MpMatrixPoint *point = g_new0(MpMatrixPoint, 1);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word && **word; word++) {
        MpAxis axis;
        g_auto(GStrv) sides = g_strsplit(*word, "=", 2);
        g_assert_true(mp_axis_parse(&axis, sides[0]));
        point->values[axis] = mp_axis_value_new(axis, sides[1]);
    }
    return point;
}

static MpMatrix *make_matrix(void)
{
    MpMatrix *matrix = mp_matrix_new();
    add_values(matrix, MP_AXIS_NETWORK, "clean lte");
    add_values(matrix, MP_AXIS_LOSS, "0 2");
    add_values(matrix, MP_AXIS_TRANSPORT, "udp turn-tls");
    return matrix;
}

static void assert_ids(const GPtrArray *cells, const char *expected)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < cells->len; i++) {
        const MpMatrixCell *cell = cells->pdata[i];
        g_assert_cmpuint(cell->index, ==, i);
        g_string_append_printf(ids, "%s%s", i ? " " : "", cell->id);
    }
    g_assert_cmpstr(ids->str, ==, expected);
}

static void test_every_combination_the_first_axis_slowest(void)
{
    g_autoptr(MpMatrix) matrix = make_matrix();
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    assert_ids(cells, "clean+loss-0+udp clean+loss-0+turn-tls clean+loss-2+udp "
                      "clean+loss-2+turn-tls lte+loss-0+udp lte+loss-0+turn-tls lte+loss-2+udp "
                      "lte+loss-2+turn-tls");
}

static void test_exclude_takes_every_cell_that_has_all_it_says(void)
{
    g_autoptr(MpMatrix) matrix = make_matrix();
    g_ptr_array_add(matrix->exclude, make_point("networks=clean"));
    g_ptr_array_add(matrix->exclude, make_point("loss=2 transport=udp"));
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    assert_ids(cells, "lte+loss-0+udp lte+loss-0+turn-tls lte+loss-2+turn-tls");
}

static void test_include_comes_after_and_once(void)
{
    g_autoptr(MpMatrix) matrix = make_matrix();
    g_ptr_array_add(matrix->exclude, make_point("networks=lte"));
    g_ptr_array_add(matrix->include, make_point("networks=cgnat rate=500"));
    g_ptr_array_add(matrix->include, make_point("networks=clean loss=0 transport=udp"));
    g_ptr_array_add(matrix->include, make_point("networks=lte loss=0 transport=udp"));
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    assert_ids(cells, "clean+loss-0+udp clean+loss-0+turn-tls clean+loss-2+udp "
                      "clean+loss-2+turn-tls cgnat+rate-500 lte+loss-0+udp");
}

static void test_repeats_are_cells_of_their_own(void)
{
    g_autoptr(MpMatrix) matrix = mp_matrix_new();
    add_values(matrix, MP_AXIS_NETWORK, "clean lte");
    matrix->repeats = 2;
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    assert_ids(cells, "clean+run-1 clean+run-2 lte+run-1 lte+run-2");
}

static void test_a_long_id_is_cut_and_stays_unique(void)
{
    g_autoptr(MpMatrix) matrix = mp_matrix_new();
    g_autofree char *one = g_strnfill(200, 'a');
    g_autofree char *two = g_strconcat(one, "b", NULL);
    g_ptr_array_add(matrix->axes[MP_AXIS_NETWORK], mp_axis_value_new(MP_AXIS_NETWORK, one));
    g_ptr_array_add(matrix->axes[MP_AXIS_NETWORK], mp_axis_value_new(MP_AXIS_NETWORK, two));
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    const MpMatrixCell *first = cells->pdata[0];
    const MpMatrixCell *second = cells->pdata[1];
    g_assert_cmpuint(strlen(first->id), ==, MP_MATRIX_LONGEST_ID);
    g_assert_cmpuint(strlen(second->id), ==, MP_MATRIX_LONGEST_ID);
    g_assert_cmpstr(first->id, !=, second->id);
}

/* 4 x 5 x 4 = 80 combinations. */
static MpMatrix *make_large_matrix(void)
{
    MpMatrix *matrix = mp_matrix_new();
    add_values(matrix, MP_AXIS_NETWORK, "a b c d");
    add_values(matrix, MP_AXIS_LOSS, "0 1 2 3 5");
    add_values(matrix, MP_AXIS_TRANSPORT, "udp turn-udp turn-tcp turn-tls");
    return matrix;
}

static void assert_covers(const MpMatrix *matrix, const GPtrArray *cells)
{
    for (guint axis = 0; axis < MP_N_AXES; axis++)
        for (guint i = 0; i < matrix->axes[axis]->len; i++) {
            const MpAxisValue *value = matrix->axes[axis]->pdata[i];
            gboolean is_there = FALSE;
            for (guint j = 0; j < cells->len && !is_there; j++) {
                const MpMatrixCell *cell = cells->pdata[j];
                is_there = g_str_equal(cell->point->values[axis]->text, value->text);
            }
            g_assert_true(is_there);
        }
}

static void test_a_sample_has_every_value_with_any_seed(void)
{
    for (guint64 seed = 0; seed < 50; seed++) {
        g_autoptr(MpMatrix) matrix = make_large_matrix();
        matrix->sample_cells = 5; /* as many as the longest axis */
        matrix->sample_seed = seed;
        g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
        g_assert_cmpuint(cells->len, ==, 5);
        assert_covers(matrix, cells);
    }
}

static char *sample_ids(guint64 seed)
{
    g_autoptr(MpMatrix) matrix = make_large_matrix();
    GString *text = g_string_new(NULL);
    matrix->sample_cells = 20;
    matrix->sample_seed = seed;
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    for (guint i = 0; i < cells->len; i++)
        g_string_append(text, ((const MpMatrixCell *)cells->pdata[i])->id);
    return g_string_free(text, FALSE);
}

static void test_one_seed_is_one_sample_and_another_another(void)
{
    g_autofree char *one = sample_ids(7);
    g_autofree char *again = sample_ids(7);
    g_autofree char *other = sample_ids(8);
    g_assert_cmpstr(one, ==, again);
    g_assert_cmpstr(one, !=, other);
}

static void test_a_sample_of_more_than_there_is_is_all(void)
{
    g_autoptr(MpMatrix) matrix = make_matrix();
    matrix->sample_cells = 1000;
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    g_assert_cmpuint(cells->len, ==, 8);
}

static void test_every_cell_is_in_exactly_one_shard(void)
{
    g_autoptr(MpMatrix) matrix = make_large_matrix();
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    for (guint n_shards = 1; n_shards <= 7; n_shards++) {
        guint sizes[7] = {0};
        for (guint i = 0; i < cells->len; i++) {
            guint n_owners = 0;
            for (guint shard = 1; shard <= n_shards; shard++)
                if (mp_matrix_is_in_shard(cells->pdata[i], shard, n_shards)) {
                    n_owners++;
                    sizes[shard - 1]++;
                }
            g_assert_cmpuint(n_owners, ==, 1);
        }
        for (guint shard = 0; shard < n_shards; shard++)
            g_assert_cmpuint(sizes[shard] - cells->len / n_shards, <=, 1);
    }
}

static void test_ids_are_unique(void)
{
    g_autoptr(MpMatrix) matrix = make_large_matrix();
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    matrix->repeats = 3;
    g_autoptr(GPtrArray) cells = mp_matrix_cells(matrix);
    g_assert_cmpuint(cells->len, ==, 240);
    for (guint i = 0; i < cells->len; i++)
        g_assert_true(g_hash_table_add(ids, ((MpMatrixCell *)cells->pdata[i])->id));
}

static void test_the_first_expectation_that_is_for_a_cell_counts(void)
{
    g_autoptr(MpMatrix) matrix = make_matrix();
    MpMatrixExpectation *bad = mp_matrix_expectation_new();
    mp_matrix_point_free(bad->when);
    bad->when = make_point("loss=2");
    MpMatrixExpectation *rest = mp_matrix_expectation_new();
    g_ptr_array_add(matrix->expectations, bad);
    g_ptr_array_add(matrix->expectations, rest);
    g_autoptr(MpMatrixPoint) lossy = make_point("networks=clean loss=2");
    g_autoptr(MpMatrixPoint) good = make_point("networks=clean loss=0");
    g_assert_true(mp_matrix_expectation_for(matrix, lossy) == bad);
    g_assert_true(mp_matrix_expectation_for(matrix, good) == rest);
}

static void test_only_an_unchanged_network_keeps_its_own_expectation(void)
{
    const struct {
        const char *point;
        gboolean keeps;
    } rows[] = {
        {"networks=clean", TRUE},
        {"networks=clean codec=vp9", TRUE},
        {"networks=clean loss=0", FALSE},
        {"networks=clean transport=udp", FALSE},
        {"networks=clean role=guest", FALSE},
        {"networks=clean session=screen_share", FALSE},
    };
    g_autoptr(MpMatrix) matrix = make_matrix();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(MpMatrixPoint) point = make_point(rows[i].point);
        g_assert_cmpint(mp_matrix_keeps_network(matrix, point), ==, rows[i].keeps);
    }
    g_autoptr(MpMatrixPoint) plain = make_point("networks=clean");
    matrix->changes_outcome = TRUE;
    g_assert_false(mp_matrix_keeps_network(matrix, plain));
}

/* The "enum" under $defs of a schema. */
static char **words_of_schema(const char *schema, const char *definition, const char *path)
{
    g_autofree char *file = g_strdup_printf("%s/../../scenarios/schema/%s.schema.json",
                                            g_getenv("MP_TEST_DATA"), schema);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_autoptr(JsonNode) root = json_from_string(text, NULL);
    g_autofree char *query = g_strdup_printf("$['$defs']['%s']%s['enum']", definition, path);
    g_autoptr(JsonNode) found = json_path_query(query, root, NULL);
    JsonArray *words = json_array_get_array_element(json_node_get_array(found), 0);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < json_array_get_length(words); i++)
        g_strv_builder_add(builder, json_array_get_string_element(words, i));
    return g_strv_builder_end(builder);
}

/* Of all kinds of steps, a matrix may name those that a check may be asked for. */
static void test_a_matrix_knows_the_kinds_of_a_check(void)
{
    g_auto(GStrv) all = words_of_schema("result", "kind", "");
    g_auto(GStrv) known = words_of_schema("matrix", "kinds", "['items']");
    g_assert_cmpuint(g_strv_length(known), >, 0);
    for (char **kind = known; *kind; kind++)
        g_assert_true(mp_plan_has_kind(*kind));
    for (char **kind = all; *kind; kind++)
        g_assert_cmpint(g_strv_contains((const char *const *)known, *kind), ==,
                        mp_plan_has_kind(*kind));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matrix/every-combination-the-first-axis-slowest",
                    test_every_combination_the_first_axis_slowest);
    g_test_add_func("/matrix/exclude-takes-every-cell-that-has-all-it-says",
                    test_exclude_takes_every_cell_that_has_all_it_says);
    g_test_add_func("/matrix/include-comes-after-and-once", test_include_comes_after_and_once);
    g_test_add_func("/matrix/repeats-are-cells-of-their-own", test_repeats_are_cells_of_their_own);
    g_test_add_func("/matrix/a-long-id-is-cut-and-stays-unique",
                    test_a_long_id_is_cut_and_stays_unique);
    g_test_add_func("/matrix/a-sample-has-every-value-with-any-seed",
                    test_a_sample_has_every_value_with_any_seed);
    g_test_add_func("/matrix/one-seed-is-one-sample-and-another-another",
                    test_one_seed_is_one_sample_and_another_another);
    g_test_add_func("/matrix/a-sample-of-more-than-there-is-is-all",
                    test_a_sample_of_more_than_there_is_is_all);
    g_test_add_func("/matrix/every-cell-is-in-exactly-one-shard",
                    test_every_cell_is_in_exactly_one_shard);
    g_test_add_func("/matrix/ids-are-unique", test_ids_are_unique);
    g_test_add_func("/matrix/the-first-expectation-that-is-for-a-cell-counts",
                    test_the_first_expectation_that_is_for_a_cell_counts);
    g_test_add_func("/matrix/a-matrix-knows-the-kinds-of-a-check",
                    test_a_matrix_knows_the_kinds_of_a_check);
    g_test_add_func("/matrix/only-an-unchanged-network-keeps-its-own-expectation",
                    test_only_an_unchanged_network_keeps_its_own_expectation);
    return g_test_run();
}
