/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the findings say: the catalogue's sentences, filled.
 */
#include "report/messages.h"

#include "base/i18n.h"
#include "model/measurement.h"
#include "report/template.h"
#include "report/words.h"

static const char *const owners[] = {
    [MP_OWNER_SITE_NETWORK] = N_("the team that runs this site's router and firewall"),
    [MP_OWNER_SERVICE_OPERATOR] = N_("who runs the TURN server or the responder"),
    [MP_OWNER_CREDENTIALS] = N_("who issued the user name and password"),
    [MP_OWNER_TESTER] = N_("you, at this computer"),
};

static const char *direction_text(const char *word)
{
    return g_str_equal(word, "up") ? _("to the far end") : _("from the far end");
}

static const char *outcome_text(const char *word)
{
    MpOutcome outcome;
    return mp_outcome_parse(&outcome, word) ? mp_outcome_text(outcome) : word;
}

static const char *session_text(const char *word)
{
    MpSessionType type;
    return mp_session_type_parse(&type, word) ? mp_session_text(type) : word;
}

/* Numbers that are words of the model, and what people call them. */
static const struct {
    const char *name;
    const char *(*text)(const char *word);
} words[] = {
    {"direction", direction_text},
    {"outcome", outcome_text},
    {"session", session_text},
    {"stage", mp_stage_text},
};

/* "turn.example" for several URIs of one host: where the findings say what it did, once is enough.
 * NULL: one URI, or several hosts. */
static char *common_host(const char *servers)
{
    g_auto(GStrv) uris = g_strsplit(servers, ", ", -1);
    g_autoptr(MpServerUri) first = mp_server_uri_parse(uris[0], NULL);
    if (!first || !uris[1])
        return NULL;
    for (guint i = 1; uris[i]; i++) {
        g_autoptr(MpServerUri) other = mp_server_uri_parse(uris[i], NULL);
        if (!other || !g_str_equal(other->host, first->host))
            return NULL;
    }
    return g_strdup(first->host);
}

static JsonObject *translate_words(JsonObject *numbers)
{
    JsonObject *copy = json_object_new();
    g_autoptr(GList) names = json_object_get_members(numbers);
    for (GList *item = names; item; item = item->next)
        json_object_set_member(copy, item->data, json_object_dup_member(numbers, item->data));
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *word = mp_facts_string(numbers, words[i].name);
        if (word)
            json_object_set_string_member(copy, words[i].name, words[i].text(word));
    }
    const char *servers = mp_facts_string(numbers, "server");
    g_autofree char *host = servers ? common_host(servers) : NULL;
    if (host)
        json_object_set_string_member(copy, "server", host);
    return copy;
}

/* `text` is translated already. */
static char *fill(const char *text, const MpFinding *finding)
{
    g_autoptr(JsonObject) numbers = translate_words(finding->numbers);
    return mp_template_fill(text, numbers);
}

char *mp_message_title(const MpFinding *finding)
{
    const MpMessage *message = mp_message_find(finding->id);
    return message ? fill(_(message->title), finding) : g_strdup(finding->id);
}

char *mp_message_cause(const MpFinding *finding)
{
    const MpMessage *message = mp_message_find(finding->id);
    return message ? fill(_(message->cause), finding) : g_strdup("");
}

char *mp_message_advice(const MpFinding *finding)
{
    const MpMessage *message = mp_message_find(finding->id);
    return message ? fill(_(message->advice), finding) : g_strdup("");
}

const char *mp_message_owner(MpOwner owner)
{
    return _(owners[owner]);
}

char *mp_message_owners(const MpFinding *finding)
{
    const char *other = finding->has_other ? mp_message_owner(finding->other) : NULL;
    return mp_template_fill_pairs(_("{owner}[; if not, {other}]"), "owner",
                                  mp_message_owner(finding->owner), "other", other, NULL);
}
