/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A requirement profile as text for people: the document's own words in the language asked for.
 */
#include "report/profile_text.h"

#include "report/layout.h"

#define COLUMNS 80
#define INDENT 6
#define LABEL_WIDTH 10

typedef struct {
    GString *out;
    const char *lang;
} Page;

typedef enum {
    WORD_PROFILE,
    WORD_SOURCE,
    WORD_SPEED,
    WORD_RECOMMENDED,
    WORD_LEAST,
    WORD_REQUIREMENTS,
    WORD_REQUIRED,
    WORD_SUPPORT_ONLY,
    WORD_HOST,
    WORD_GUEST,
    WORD_HOSTS,
    WORD_RANGES,
    WORD_SERVICES,
    WORD_PORTS,
    WORD_NOTE,
    WORD_PROBE,
    WORD_CHOSEN,
    WORD_SESSIONS,
    WORD_TIERS,
    WORD_STABLE,
    WORD_DEGRADED,
    WORD_ENVIRONMENT,
    WORD_BROWSERS,
    WORD_SUPPORT,
    WORD_NOTES,
} Word;

static const struct {
    const char *en;
    const char *ja;
} words[] = {
    [WORD_PROFILE] = {"Profile", "プロファイル"},
    [WORD_SOURCE] = {"source", "出典"},
    [WORD_SPEED] = {"Network speed", "ネットワーク速度"},
    [WORD_RECOMMENDED] = {"recommended", "推奨"},
    [WORD_LEAST] = {"least", "最低"},
    [WORD_REQUIREMENTS] = {"Requirements", "通信要件"},
    [WORD_REQUIRED] = {"required", "必須"},
    [WORD_SUPPORT_ONLY] = {"support only", "サポート用"},
    [WORD_HOST] = {"host", "ホスト"},
    [WORD_GUEST] = {"guest", "ゲスト"},
    [WORD_HOSTS] = {"hosts", "通信先"},
    [WORD_RANGES] = {"ranges", "IP範囲"},
    [WORD_SERVICES] = {"services", "サービス"},
    [WORD_PORTS] = {"ports", "ポート"},
    [WORD_NOTE] = {"note", "注記"},
    [WORD_PROBE] = {"probe", "確認先"},
    [WORD_CHOSEN] = {"chosen by mediapath", "mediapathが選定"},
    [WORD_SESSIONS] = {"Limits by kind of session", "セッション種別ごとの基準"},
    [WORD_TIERS] = {"tiers", "画質段階"},
    [WORD_STABLE] = {"stable", "安定"},
    [WORD_DEGRADED] = {"degraded", "低下"},
    [WORD_ENVIRONMENT] = {"Environment", "動作環境"},
    [WORD_BROWSERS] = {"browsers", "ブラウザ"},
    [WORD_SUPPORT] = {"Support", "サポート"},
    [WORD_NOTES] = {"Notes", "注記"},
};

static gboolean is_japanese(const Page *page)
{
    return g_strcmp0(page->lang, "ja") == 0;
}

static const char *word(const Page *page, Word index)
{
    return is_japanese(page) ? words[index].ja : words[index].en;
}

static void add_heading(Page *page, Word index)
{
    g_string_append_printf(page->out, "\n%s\n", word(page, index));
}

/* Two columns: what it is, and its text broken into lines. */
static void add_field(Page *page, const char *label, const char *text)
{
    mp_layout_fill(page->out, 0, INDENT);
    g_string_append(page->out, label);
    mp_layout_fill(page->out, mp_layout_width(label), LABEL_WIDTH);
    mp_layout_wrap(page->out, text, INDENT + LABEL_WIDTH, COLUMNS);
}

static void add_paragraph(Page *page, guint indent, const char *text)
{
    mp_layout_fill(page->out, 0, indent);
    mp_layout_wrap(page->out, text, indent, COLUMNS);
}

static char *join(GPtrArray *strings, const char *separator)
{
    g_autoptr(GPtrArray) ended = g_ptr_array_copy(strings, NULL, NULL);
    g_ptr_array_set_free_func(ended, NULL);
    g_ptr_array_add(ended, NULL);
    return g_strjoinv(separator, (char **)ended->pdata);
}

static void add_host(Page *page, const MpHostPattern *host)
{
    if (host->probe_names->len == 0) {
        add_field(page, word(page, WORD_HOSTS), host->name);
        return;
    }
    g_autofree char *probes = join(host->probe_names, ", ");
    g_autofree char *text = g_strdup_printf("%s (%s%s%s)", host->name, probes,
                                            host->is_chosen ? "; " : "",
                                            host->is_chosen ? word(page, WORD_CHOSEN) : "");
    add_field(page, word(page, WORD_HOSTS), text);
}

static void add_ranges(Page *page, GArray *ranges)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ranges->len; i++) {
        const MpCidr *range = &g_array_index(ranges, MpCidr, i);
        g_autofree char *base = mp_address_to_ip_string(&range->base);
        g_string_append_printf(text, "%s%s/%u", i ? " " : "", base, range->prefix_length);
    }
    if (ranges->len)
        add_field(page, word(page, WORD_RANGES), text->str);
}

static void add_ports(Page *page, GArray *ports)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ports->len; i++) {
        const MpPortRange *range = &g_array_index(ports, MpPortRange, i);
        g_string_append_printf(text, "%s%u", i ? " " : "", range->first);
        if (range->last != range->first)
            g_string_append_printf(text, "-%u", range->last);
        g_string_append(text, range->is_tcp ? "/tcp" : "/udp");
    }
    add_field(page, word(page, WORD_PORTS), text->str);
}

static void add_row(Page *page, const MpRequirementRow *row)
{
    g_string_append_printf(page->out, "\n%-5s %s · %s%s%s\n", row->row,
                           word(page, row->is_required ? WORD_REQUIRED : WORD_SUPPORT_ONLY),
                           row->for_host ? word(page, WORD_HOST) : "",
                           row->for_host && row->for_guest ? ", " : "",
                           row->for_guest ? word(page, WORD_GUEST) : "");
    add_paragraph(page, INDENT, mp_text_in(&row->purpose, page->lang));
    for (guint i = 0; i < row->hosts->len; i++)
        add_host(page, g_ptr_array_index(row->hosts, i));
    add_ranges(page, row->ranges);
    g_autofree char *services = join(row->services, " ");
    add_field(page, word(page, WORD_SERVICES), services);
    add_ports(page, row->ports);
    for (guint i = 0; i < row->notes->len; i++)
        add_field(page, word(page, WORD_NOTE),
                  mp_text_in(g_ptr_array_index(row->notes, i), page->lang));
    g_autofree char *source = g_strdup_printf("%s, %s", row->source, row->date);
    add_field(page, word(page, WORD_SOURCE), source);
}

static void add_tiers(Page *page, const MpSessionRules *session)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < session->tiers->len; i++) {
        const MpTier *tier = &g_array_index(session->tiers, MpTier, i);
        g_string_append_printf(text, "%s%s %u fps %u kbps", i ? ", " : "", tier->name, tier->fps,
                               tier->rate_kbps);
    }
    if (session->tiers->len == 0)
        return;
    add_field(page, word(page, WORD_TIERS), text->str);
    if (session->tiers_source)
        add_field(page, word(page, WORD_SOURCE), session->tiers_source);
}

static void add_limit(Page *page, const MpLimit *limit)
{
    const char *sign = limit->higher_is_better ? "≥" : "≤";
    g_string_append_printf(page->out, "   %s: %s %s %g, %s %s %g\n", limit->metric,
                           word(page, WORD_STABLE), sign, limit->stable, word(page, WORD_DEGRADED),
                           sign, limit->degraded);
    add_field(page, word(page, WORD_SOURCE), limit->source);
}

static void add_session(Page *page, const MpSessionRules *session)
{
    g_string_append_printf(page->out, "\n%s\n", mp_session_type_name(session->type));
    add_tiers(page, session);
    for (guint i = 0; i < session->limits->len; i++)
        add_limit(page, g_ptr_array_index(session->limits, i));
}

/* ---- the environment, which is kept as the file has it ---- */

static guint count(JsonObject *object, const char *name)
{
    return json_object_has_member(object, name)
               ? json_array_get_length(json_object_get_array_member(object, name))
               : 0;
}

static JsonObject *entry(JsonObject *object, const char *name, guint index)
{
    return json_array_get_object_element(json_object_get_array_member(object, name), index);
}

/* The words of an object {en, ja}. */
static const char *words_of(const Page *page, JsonObject *text)
{
    return json_object_get_string_member(text, is_japanese(page) ? "ja" : "en");
}

static void add_texts(Page *page, JsonObject *object, const char *name, guint indent)
{
    for (guint i = 0; i < count(object, name); i++)
        add_paragraph(page, indent, words_of(page, entry(object, name, i)));
}

static void add_table(Page *page, JsonObject *table)
{
    g_string_append_printf(page->out, "\n%s\n",
                           words_of(page, json_object_get_object_member(table, "title")));
    for (guint i = 0; i < count(table, "rows"); i++) {
        JsonObject *row = entry(table, "rows", i);
        add_paragraph(page, 3, words_of(page, json_object_get_object_member(row, "item")));
        add_texts(page, row, "values", INDENT);
        add_texts(page, row, "notes", INDENT + 3);
    }
}

static void add_feature(Page *page, JsonObject *feature)
{
    g_autoptr(GString) text = g_string_new(NULL);
    JsonArray *browsers = json_object_get_array_member(feature, "browsers");
    for (guint i = 0; i < json_array_get_length(browsers); i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               json_array_get_string_element(browsers, i));
    g_string_append_printf(page->out, "\n%s\n", json_object_get_string_member(feature, "feature"));
    add_field(page, word(page, WORD_BROWSERS), text->str);
    if (json_object_has_member(feature, "note"))
        add_paragraph(page, INDENT, words_of(page, json_object_get_object_member(feature, "note")));
}

static void add_environment(Page *page, JsonObject *environment)
{
    if (json_object_get_size(environment) == 0)
        return;
    add_heading(page, WORD_ENVIRONMENT);
    for (guint i = 0; i < count(environment, "tables"); i++)
        add_table(page, entry(environment, "tables", i));
    for (guint i = 0; i < count(environment, "features"); i++)
        add_feature(page, entry(environment, "features", i));
    if (count(environment, "support"))
        add_heading(page, WORD_SUPPORT);
    add_texts(page, environment, "support", 3);
    if (count(environment, "notes"))
        add_heading(page, WORD_NOTES);
    add_texts(page, environment, "notes", 3);
}

char *mp_profile_text(const MpProfile *profile, const char *lang)
{
    Page page = {.out = g_string_new(NULL), .lang = lang};
    g_string_append_printf(page.out, "%s\n%s: %s\n%s: %s, %s\n", mp_text_in(&profile->title, lang),
                           word(&page, WORD_PROFILE), profile->name, word(&page, WORD_SOURCE),
                           profile->source, profile->date);
    g_string_append_printf(page.out, "%s: %s %u kbps, %s %u kbps\n", word(&page, WORD_SPEED),
                           word(&page, WORD_RECOMMENDED), profile->recommended_kbps,
                           word(&page, WORD_LEAST), profile->least_kbps);

    add_heading(&page, WORD_REQUIREMENTS);
    for (guint i = 0; i < profile->rows->len; i++)
        add_row(&page, g_ptr_array_index(profile->rows, i));
    add_heading(&page, WORD_SESSIONS);
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        add_session(&page, &profile->sessions[i]);
    add_environment(&page, profile->environment);
    return g_string_free(page.out, FALSE);
}
