#include "CAdminPage.h"

// Package manifests have no setting for C23, and the extension is what this file is for.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Every file of `page`, in alphabetical order: its bytes here, and its name below.

static const unsigned char api_js[] = {
#embed "page/api.js"
};
static const unsigned char causes_js[] = {
#embed "page/causes.js"
};
static const unsigned char components_bars_js[] = {
#embed "page/components/bars.js"
};
static const unsigned char components_dialog_js[] = {
#embed "page/components/dialog.js"
};
static const unsigned char components_drop_js[] = {
#embed "page/components/drop.js"
};
static const unsigned char components_list_js[] = {
#embed "page/components/list.js"
};
static const unsigned char components_parts_js[] = {
#embed "page/components/parts.js"
};
static const unsigned char components_table_js[] = {
#embed "page/components/table.js"
};
static const unsigned char components_tabs_js[] = {
#embed "page/components/tabs.js"
};
static const unsigned char detect_js[] = {
#embed "page/detect.js"
};
static const unsigned char dom_js[] = {
#embed "page/dom.js"
};
static const unsigned char format_js[] = {
#embed "page/format.js"
};
static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};
static const unsigned char index_html[] = {
#embed "page/index.html"
};
static const unsigned char later_css[] = {
#embed "page/later.css"
};
static const unsigned char live_js[] = {
#embed "page/live.js"
};
static const unsigned char main_js[] = {
#embed "page/main.js"
};
static const unsigned char sample_slack_export_zip[] = {
#embed "page/sample/slack-export.zip"
};
static const unsigned char selection_js[] = {
#embed "page/selection.js"
};
static const unsigned char session_js[] = {
#embed "page/session.js"
};
static const unsigned char style_css[] = {
#embed "page/style.css"
};
static const unsigned char table_text_js[] = {
#embed "page/table-text.js"
};
static const unsigned char templates_channels_csv[] = {
#embed "page/templates/channels.csv"
};
static const unsigned char templates_contacts_csv[] = {
#embed "page/templates/contacts.csv"
};
static const unsigned char templates_messages_csv[] = {
#embed "page/templates/messages.csv"
};
static const unsigned char templates_users_csv[] = {
#embed "page/templates/users.csv"
};
static const unsigned char views_css[] = {
#embed "page/views.css"
};
static const unsigned char views_downloads_js[] = {
#embed "page/views/downloads.js"
};
static const unsigned char views_failures_js[] = {
#embed "page/views/failures.js"
};
static const unsigned char views_findings_js[] = {
#embed "page/views/findings.js"
};
static const unsigned char views_imports_js[] = {
#embed "page/views/imports.js"
};
static const unsigned char views_new_js[] = {
#embed "page/views/new.js"
};
static const unsigned char views_operation_js[] = {
#embed "page/views/operation.js"
};
static const unsigned char views_prepare_js[] = {
#embed "page/views/prepare.js"
};
static const unsigned char views_progress_js[] = {
#embed "page/views/progress.js"
};
static const unsigned char views_report_js[] = {
#embed "page/views/report.js"
};
static const unsigned char views_sign_in_js[] = {
#embed "page/views/sign-in.js"
};
static const unsigned char views_undo_js[] = {
#embed "page/views/undo.js"
};
static const unsigned char views_users_js[] = {
#embed "page/views/users.js"
};
static const unsigned char words_js[] = {
#embed "page/words.js"
};

static const struct ferry_page_file files[] = {
    {"api.js", api_js, sizeof api_js},
    {"causes.js", causes_js, sizeof causes_js},
    {"components/bars.js", components_bars_js, sizeof components_bars_js},
    {"components/dialog.js", components_dialog_js, sizeof components_dialog_js},
    {"components/drop.js", components_drop_js, sizeof components_drop_js},
    {"components/list.js", components_list_js, sizeof components_list_js},
    {"components/parts.js", components_parts_js, sizeof components_parts_js},
    {"components/table.js", components_table_js, sizeof components_table_js},
    {"components/tabs.js", components_tabs_js, sizeof components_tabs_js},
    {"detect.js", detect_js, sizeof detect_js},
    {"dom.js", dom_js, sizeof dom_js},
    {"format.js", format_js, sizeof format_js},
    {"icon.svg", icon_svg, sizeof icon_svg},
    {"index.html", index_html, sizeof index_html},
    {"later.css", later_css, sizeof later_css},
    {"live.js", live_js, sizeof live_js},
    {"main.js", main_js, sizeof main_js},
    {"sample/slack-export.zip", sample_slack_export_zip, sizeof sample_slack_export_zip},
    {"selection.js", selection_js, sizeof selection_js},
    {"session.js", session_js, sizeof session_js},
    {"style.css", style_css, sizeof style_css},
    {"table-text.js", table_text_js, sizeof table_text_js},
    {"templates/channels.csv", templates_channels_csv, sizeof templates_channels_csv},
    {"templates/contacts.csv", templates_contacts_csv, sizeof templates_contacts_csv},
    {"templates/messages.csv", templates_messages_csv, sizeof templates_messages_csv},
    {"templates/users.csv", templates_users_csv, sizeof templates_users_csv},
    {"views.css", views_css, sizeof views_css},
    {"views/downloads.js", views_downloads_js, sizeof views_downloads_js},
    {"views/failures.js", views_failures_js, sizeof views_failures_js},
    {"views/findings.js", views_findings_js, sizeof views_findings_js},
    {"views/imports.js", views_imports_js, sizeof views_imports_js},
    {"views/new.js", views_new_js, sizeof views_new_js},
    {"views/operation.js", views_operation_js, sizeof views_operation_js},
    {"views/prepare.js", views_prepare_js, sizeof views_prepare_js},
    {"views/progress.js", views_progress_js, sizeof views_progress_js},
    {"views/report.js", views_report_js, sizeof views_report_js},
    {"views/sign-in.js", views_sign_in_js, sizeof views_sign_in_js},
    {"views/undo.js", views_undo_js, sizeof views_undo_js},
    {"views/users.js", views_users_js, sizeof views_users_js},
    {"words.js", words_js, sizeof words_js},
};

const struct ferry_page_file *ferry_page_files(void) { return files; }

size_t ferry_page_file_count(void) { return sizeof files / sizeof files[0]; }
