/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Matrices from YAML, and what is said about wrong ones.
 */
#include "input/matrix_reader.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

#define HEAD "schema: mediapath-matrix/1\nname: test\n"

static MpMatrix *parse(const char *text, GError **error)
{
    return mp_matrix_parse("m.yaml", text, strlen(text), error);
}

static MpMatrix *parse_well(const char *text)
{
    g_autoptr(GError) error = NULL;
    MpMatrix *matrix = parse(text, &error);
    g_assert_no_error(error);
    return matrix;
}

static const MpAxisValue *value_at(const MpMatrix *matrix, MpAxis axis, guint index)
{
    g_assert_cmpuint(index, <, matrix->axes[axis]->len);
    return matrix->axes[axis]->pdata[index];
}

static void test_a_delay_is_half_each_way(void)
{
    g_autoptr(MpMatrix) matrix = parse_well(
        HEAD "axes: {networks: [clean], delay: [100, {up: 30}], loss: [{up: 2, down: 0.5}]}\n");
    g_assert_cmpfloat(value_at(matrix, MP_AXIS_DELAY, 0)->up, ==, 50);
    g_assert_cmpfloat(value_at(matrix, MP_AXIS_DELAY, 0)->down, ==, 50);
    g_assert_cmpstr(value_at(matrix, MP_AXIS_DELAY, 1)->text, ==, "up30");
    g_assert_cmpfloat(value_at(matrix, MP_AXIS_DELAY, 1)->up, ==, 30);
    g_assert_true(isnan(value_at(matrix, MP_AXIS_DELAY, 1)->down));
    g_assert_cmpstr(value_at(matrix, MP_AXIS_LOSS, 0)->text, ==, "up2-down0.5");
}

static void test_a_star_is_every_network_once(void)
{
    g_autoptr(MpMatrix) matrix = parse_well(HEAD "axes: {networks: [clean, \"*\"]}\n");
    guint n_clean = 0;
    g_assert_cmpuint(matrix->axes[MP_AXIS_NETWORK]->len, >, 5);
    for (guint i = 0; i < matrix->axes[MP_AXIS_NETWORK]->len; i++)
        n_clean += g_str_equal(value_at(matrix, MP_AXIS_NETWORK, i)->text, "clean");
    g_assert_cmpuint(n_clean, ==, 1);
}

static void test_check_options_become_arguments(void)
{
    g_autoptr(MpMatrix) matrix = parse_well(
        HEAD "axes: {networks: [clean]}\ncheck: {only: [stun, turn], media_seconds: 2.5, "
             "deadline: 20}\n");
    g_ptr_array_add(matrix->check_options, NULL);
    g_autofree char *line = g_strjoinv(" ", (char **)matrix->check_options->pdata);
    g_assert_cmpstr(line, ==, "--only stun,turn --media-seconds 2.5 --deadline 20");
    g_assert_true(matrix->changes_outcome);
    g_assert_cmpfloat(matrix->cell_deadline_s, ==, 50);
}

static void test_times_alone_do_not_change_the_outcome(void)
{
    g_autoptr(MpMatrix)
        matrix = parse_well(HEAD "axes: {networks: [clean]}\ncheck: {media_seconds: 2}\n");
    g_assert_false(matrix->changes_outcome);
}

static void test_cases_come_before_the_rest(void)
{
    g_autoptr(MpMatrix) matrix = parse_well(
        HEAD "axes: {networks: [clean], loss: [0, 5]}\n"
             "expect: {verdict: stable, cases: [{when: {loss: 5}, verdict: unstable, exit: 1}]}\n");
    const MpMatrixExpectation *first = matrix->expectations->pdata[0];
    const MpMatrixExpectation *rest = matrix->expectations->pdata[1];
    g_assert_cmpint(first->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpint(first->exit, ==, 1);
    g_assert_cmpint(rest->verdict, ==, MP_VERDICT_STABLE);
    g_assert_cmpint(rest->exit, ==, -1);
    g_assert_null(rest->findings);
}

static const struct {
    const char *text;
    const char *message;
} wrong[] = {
    {HEAD, "m.yaml:1:1: no cell was found, expected \"axes\" or \"include\""},
    {HEAD "axes: {networks: [cleen]}\n",
     "m.yaml:3:19: \"cleen\" was found, expected a built-in network or the path of a YAML file "
     "(did you mean \"clean\"?)"},
    {HEAD "axes: {networks: [./none.yaml]}\n",
     "m.yaml:3:19: no file \"./none.yaml\" was found, expected a network"},
    {HEAD "axes: {networks: [clean], loss: [101]}\n",
     "m.yaml:3:34: number 101 was found, expected a number from 0 to 100"},
    {HEAD "axes: {networks: [clean], loss: [{up: -1}]}\n",
     "m.yaml:3:39: number -1 was found, expected a number from 0 to 100"},
    {HEAD "axes: {networks: [clean], rate: [0.5]}\n",
     "m.yaml:3:34: number 0.5 was found, expected a number from 1 to 100000000, or 0 for no "
     "limit"},
    {HEAD "axes: {networks: [clean], delay: [{updown: 1}]}\n",
     "m.yaml:3:36: key \"updown\" was found, expected up, down"},
    {HEAD "axes: {networks: [clean], delay: [{}]}\n",
     "m.yaml:3:35: an empty mapping was found, expected up, down or both"},
    {HEAD "axes: {networks: [clean], loss: [2, 2.0]}\n",
     "m.yaml:3:37: \"2\" was found a second time, expected each value once"},
    {HEAD "axes: {networks: [clean], transport: [tcp]}\n", "m.yaml:3:39: \"tcp\" was found"},
    {HEAD "axes: {networks: [clean], los: [1]}\n", "m.yaml:3:27: key \"los\" was found"},
    {HEAD "axes: {loss: [1]}\n", "m.yaml:3:7: no \"networks\" was found"},
    {HEAD "axes: {networks: [clean]}\nexclude: [{loss: 1}]\n",
     "m.yaml:4:18: loss 1 was found, expected a value that the axis has"},
    {HEAD "axes: {networks: [clean]}\nexclude: [{}]\n", "m.yaml:4:11: an empty mapping was found"},
    {HEAD "include: [{loss: 1}]\n", "m.yaml:3:11: no \"networks\" was found"},
    {HEAD "axes: {networks: [clean]}\nsample: {cells: 0}\n", "m.yaml:4:17: number 0 was found"},
    {HEAD "axes: {networks: [clean]}\nexpect: {verdict: fine}\n",
     "m.yaml:4:19: \"fine\" was found"},
    {HEAD "axes: {networks: [clean]}\ncheck: {only: [meda]}\n",
     "m.yaml:4:16: \"meda\" was found, expected one of stun, nat, "},
};

static void test_what_is_wrong_is_named_with_its_place(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MpMatrix) matrix = parse(wrong[i].text, &error);
        g_assert_null(matrix);
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, wrong[i].message));
    }
}

static void test_too_many_combinations_are_refused(void)
{
    g_autoptr(GString) text = g_string_new(HEAD "axes:\n  networks: [clean]\n");
    const char *const axes[] = {"loss", "jitter", "rate"};
    for (guint i = 0; i < G_N_ELEMENTS(axes); i++) {
        g_string_append_printf(text, "  %s: [1", axes[i]);
        for (guint j = 2; j <= 50; j++)
            g_string_append_printf(text, ", %u", j);
        g_string_append(text, "]\n");
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(MpMatrix) matrix = parse(text->str, &error);
    g_assert_null(matrix);
    g_assert_cmpstr(error->message, ==,
                    "m.yaml:7:9: more than 100000 combinations were found, expected fewer");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matrix/a-delay-is-half-each-way", test_a_delay_is_half_each_way);
    g_test_add_func("/matrix/a-star-is-every-network-once", test_a_star_is_every_network_once);
    g_test_add_func("/matrix/check-options-become-arguments", test_check_options_become_arguments);
    g_test_add_func("/matrix/times-alone-do-not-change-the-outcome",
                    test_times_alone_do_not_change_the_outcome);
    g_test_add_func("/matrix/cases-come-before-the-rest", test_cases_come_before_the_rest);
    g_test_add_func("/matrix/what-is-wrong-is-named-with-its-place",
                    test_what_is_wrong_is_named_with_its_place);
    g_test_add_func("/matrix/too-many-combinations-are-refused",
                    test_too_many_combinations_are_refused);
    return g_test_run();
}
