//! `/api/docs`: the operations for people to read, made from the same description. One page, nothing loaded from elsewhere.

use super::{openapi::document, problem::CODES};
use crate::http::{AppState, failure::escape};
use axum::{
    Router,
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use http::header;
use std::{fmt::Write as _, sync::LazyLock};
use utoipa::openapi::{RefOr, Required, path::Operation};

/// The route. For everybody: it describes, and holds no data.
pub fn router() -> Router<AppState> {
    Router::new().route("/api/docs", get(show))
}

static PAGE: LazyLock<String> = LazyLock::new(page);

async fn show() -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(PAGE.as_str())).into_response()
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
body{max-width:60rem;margin:2rem auto;padding:0 1rem}\
article{border-top:1px solid color-mix(in srgb,currentColor 20%,transparent);padding:1rem 0}\
h3{font-size:1rem;margin:0}code,h3{font-family:ui-monospace,monospace}\
.method{display:inline-block;min-width:4rem;font-weight:700}\
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1rem}dt{font-family:ui-monospace,monospace}dd{margin:0}\
@media(max-width:40rem){dl{display:block}dd{margin:0 0 .5rem 1rem}}";

fn page() -> String {
    let document = document();
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>API · Slipway</title><style>{STYLE}</style></head><body><main><h1>Slipway API</h1><p>{}</p>\
         <p>Send <code>Authorization: Bearer slw_…</code>; a signed-in browser may read without. Machines find the same at \
         <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>. <a href=\"/settings/tokens\">Make a token</a>.</p>",
        escape(document.info.description.as_deref().unwrap_or_default())
    );
    let mut tag = String::new();
    let mut operations: Vec<(&str, &str, &Operation)> = Vec::new();
    for (path, item) in &document.paths.paths {
        let verbs = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        operations
            .extend(verbs.into_iter().filter_map(|(verb, operation)| Some((verb, path.as_str(), operation.as_ref()?))));
    }
    operations.sort_by_key(|(verb, path, operation)| {
        (first_tag(operation).to_owned(), (*path).to_owned(), (*verb).to_owned())
    });
    for (verb, path, operation) in operations {
        if first_tag(operation) != tag {
            first_tag(operation).clone_into(&mut tag);
            write(&mut html, format_args!("<h2>{}</h2>", escape(&tag)));
        }
        describe(&mut html, verb, path, operation);
    }
    html.push_str("<h2>Errors</h2><dl>");
    for (code, title, meaning) in CODES {
        let name = code.as_str();
        write(
            &mut html,
            format_args!("<dt id=\"{name}\">{} {name}</dt><dd>{title}. {}</dd>", code.status(), escape(meaning)),
        );
    }
    html.push_str("</dl></main></body></html>");
    html
}

fn first_tag(operation: &Operation) -> &str {
    operation.tags.as_ref().and_then(|tags| tags.first()).map_or("", String::as_str)
}

fn describe(html: &mut String, verb: &str, path: &str, operation: &Operation) {
    write(html, format_args!("<article><h3><span class=\"method\">{verb}</span> {}</h3>", escape(path)));
    for text in [&operation.summary, &operation.description].into_iter().flatten() {
        write(html, format_args!("<p>{}</p>", escape(text)));
    }
    html.push_str("<dl>");
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let needed = if parameter.required == Required::True { "" } else { " (may be left out)" };
        let text = parameter.description.as_deref().unwrap_or_default();
        write(html, format_args!("<dt>{}</dt><dd>{}{needed}</dd>", escape(&parameter.name), escape(text)));
    }
    for (status, response) in &operation.responses.responses {
        if let RefOr::T(response) = response {
            write(html, format_args!("<dt>{}</dt><dd>{}</dd>", escape(status), escape(&response.description)));
        }
    }
    html.push_str("</dl></article>");
}

fn write(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = html.write_fmt(text);
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_and_code_is_on_the_page() {
        let page = super::page();
        for text in ["/api/v1/catalog/entities", "/api/v1/deployments/{id}/roll-back", "id=\"conflict\"", "cursor"] {
            assert!(page.contains(text), "{text}");
        }
        assert!(!page.contains("<script"));
    }
}
