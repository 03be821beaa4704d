/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What YAML says is said in JSON by the same words.
 */
#include <string.h>

#include "input/yaml_json.h"

static void expect(const char *yaml_text, const char *json_text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpYaml) yaml = mp_yaml_parse("test", yaml_text, strlen(yaml_text), &error);
    g_assert_no_error(error);
    g_autoptr(JsonNode) json = mp_yaml_to_json(mp_yaml_root(yaml));
    g_autofree char *text = json_to_string(json, FALSE);
    g_assert_cmpstr(text, ==, json_text);
}

static void test_whole_numbers_stay_whole(void)
{
    expect("[3478, -1, 0, 1.5, 2e3]", "[3478,-1,0,1.5,2000]");
}

static void test_every_other_value_is_kept(void)
{
    expect("{a: true, b: \"3478\", c: null, d: [x, {e: 1-2}]}",
           "{\"a\":true,\"b\":\"3478\",\"c\":null,\"d\":[\"x\",{\"e\":\"1-2\"}]}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input/yaml-json/numbers", test_whole_numbers_stay_whole);
    g_test_add_func("/input/yaml-json/values", test_every_other_value_is_kept);
    return g_test_run();
}
