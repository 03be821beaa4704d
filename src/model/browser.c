/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The browser of a call and the system under it: tables of what User-Agent texts contain.
 */
#include "model/browser.h"

#include <string.h>

#include "base/error.h"

#define MOST_VERSION 9999

/* The first that is found counts: nearly every browser says that it is Chrome and Safari too. */
static const struct {
    const char *token;
    const char *name;
    const char *version; /* where its version stands; NULL: behind the token */
} browsers[] = {
    {"Edg/", "Edge", NULL},
    {"EdgA/", "Edge", NULL},
    {"EdgiOS/", "Edge", NULL},
    {"Edge/", "Edge Legacy", NULL},
    {"OPR/", "Opera", NULL},
    {"OPT/", "Opera", NULL},
    {"SamsungBrowser/", "Samsung Internet", NULL},
    {"Vivaldi/", "Vivaldi", NULL},
    {"YaBrowser/", "Yandex", NULL},
    {"; wv)", "WebView", "Chrome/"},
    {" Line/", "WebView", NULL},
    {"FxiOS/", "Firefox", NULL},
    {"Firefox/", "Firefox", NULL},
    {"CriOS/", "Chrome", NULL},
    {"Chrome/", "Chrome", NULL},
    {"Trident/", "Internet Explorer", "rv:"},
    {"MSIE ", "Internet Explorer", NULL},
    {"Safari/", "Safari", "Version/"},
};

/* How a person writes them. */
static const struct {
    const char *word;
    const char *name;
} words[] = {
    {"chrome", "Chrome"}, {"edge", "Edge"},       {"firefox", "Firefox"}, {"safari", "Safari"},
    {"opera", "Opera"},   {"vivaldi", "Vivaldi"}, {"other", "Other"},
};

/* With a version of its own where the text has an older name for it. */
static const struct {
    const char *token;
    const char *name;
    guint major, minor; /* 0: behind the token */
    gboolean is_mobile;
} systems[] = {
    {"Windows Phone", "Windows Phone", 0, 0, TRUE},
    {"Windows NT 10.0", "Windows", 10, 0, FALSE},
    {"Windows NT 6.3", "Windows", 8, 1, FALSE},
    {"Windows NT 6.2", "Windows", 8, 0, FALSE},
    {"Windows NT 6.1", "Windows", 7, 0, FALSE},
    {"Windows NT 6.0", "Windows", 6, 0, FALSE},
    {"Windows NT 5", "Windows", 5, 0, FALSE},
    {"Windows", "Windows", 0, 0, FALSE},
    {"iPad; CPU OS ", "iPadOS", 0, 0, TRUE},
    {"iPhone; CPU iPhone OS ", "iOS", 0, 0, TRUE},
    {"iPod touch; CPU iPhone OS ", "iOS", 0, 0, TRUE},
    {"Mac OS X ", "macOS", 0, 0, FALSE},
    {"Macintosh", "macOS", 0, 0, FALSE},
    {"Android 10; K", "Android", G_MAXUINT, 0, TRUE},
    {"Android ", "Android", 0, 0, TRUE},
    {"Android", "Android", 0, 0, TRUE},
    {"CrOS ", "ChromeOS", G_MAXUINT, 0, FALSE},
    {"Linux", "Linux", G_MAXUINT, 0, FALSE},
};

/* The digits at `text`, and where they end. 0: there are none, or too many to be a version. */
static guint read_version(const char *text, const char **end)
{
    guint version = 0;
    for (; g_ascii_isdigit(*text); text++)
        version = version > MOST_VERSION ? version : version * 10 + (guint)(*text - '0');
    *end = text;
    return version > MOST_VERSION ? 0 : version;
}

static guint version_after(const char *text, const char *token)
{
    const char *found = strstr(text, token);
    const char *end;
    return found ? read_version(found + strlen(token), &end) : 0;
}

static void find_system(MpBrowser *browser, const char *text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++) {
        const char *found = strstr(text, systems[i].token);
        if (!found)
            continue;
        browser->system = systems[i].name;
        if (systems[i].major != 0) {
            browser->system_major = systems[i].major == G_MAXUINT ? 0 : systems[i].major;
            browser->system_minor = systems[i].minor;
            return;
        }
        const char *end;
        browser->system_major = read_version(found + strlen(systems[i].token), &end);
        if (browser->system_major && (*end == '.' || *end == '_'))
            browser->system_minor = read_version(end + 1, &end);
        return;
    }
}

MpBrowser mp_browser_from_user_agent(const char *text)
{
    MpBrowser browser = {NULL, 0, NULL, 0, 0};
    find_system(&browser, text);
    for (gsize i = 0; i < G_N_ELEMENTS(browsers) && !browser.name; i++) {
        if (!strstr(text, browsers[i].token))
            continue;
        browser.name = browsers[i].name;
        browser.version = version_after(text, browsers[i].version ? browsers[i].version
                                                                  : browsers[i].token);
    }
    return browser;
}

gboolean mp_browser_parse(MpBrowser *browser, const char *text, GError **error)
{
    const char *slash = strchr(text, '/');
    const gsize length = slash ? (gsize)(slash - text) : strlen(text);
    const char *end = "";
    *browser = (MpBrowser){NULL, 0, NULL, 0, 0};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i].word) == length &&
            g_ascii_strncasecmp(words[i].word, text, length) == 0)
            browser->name = words[i].name;
    if (slash)
        browser->version = read_version(slash + 1, &end);
    /* "131.0.6778.86" is fine. */
    while (g_ascii_isdigit(*end) || *end == '.')
        end++;
    if (browser->name && (!slash || browser->version > 0) && *end == '\0')
        return TRUE;

    g_autofree char *printable = g_strescape(text, NULL);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "browser \"%s\", expected chrome, edge, firefox, safari, opera, vivaldi or other, "
                "with a version or without, such as chrome/131",
                printable);
    return FALSE;
}

const char *mp_browser_known_name(const char *text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(browsers); i++)
        if (g_str_equal(browsers[i].name, text))
            return browsers[i].name;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].name, text))
            return words[i].name;
    return NULL;
}

const char *mp_browser_known_system(const char *text)
{
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++)
        if (g_str_equal(systems[i].name, text))
            return systems[i].name;
    return NULL;
}

gboolean mp_browser_is_mobile(const MpBrowser *browser)
{
    for (gsize i = 0; browser->system && i < G_N_ELEMENTS(systems); i++)
        if (g_str_equal(systems[i].name, browser->system))
            return systems[i].is_mobile;
    return FALSE;
}
