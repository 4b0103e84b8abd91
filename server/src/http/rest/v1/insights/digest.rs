use crate::http::rest::{Api, Failure, Problem, Query};
use axum::{
    Json,
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use slipway_api_types::{
    AppError,
    digest::{self as page, DigestQuery},
    insights::Verdict,
};
use slipway_services::{Slipway, insights::digest};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Whose digest, of when, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// The team's entity reference; the organisation when left out.
    owner: Option<String>,
    /// An ISO week that a digest was kept of, such as `2026-W46`; now when left out.
    week: Option<String>,
    /// `json` or `html`; by `Accept` when left out.
    format: Option<String>,
}

/// What a lead should know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Digest {
    /// Whose: a team's title or "The organisation".
    scope: String,
    /// The ISO week; absent when it was made on demand.
    #[serde(skip_serializing_if = "String::is_empty")]
    week: String,
    /// First local day.
    from: String,
    /// The day after the last.
    to: String,
    /// IANA name of the zone.
    zone: String,
    /// The five metrics.
    figures: Vec<Figure>,
    /// The three most certain differences at most, the worse ones first.
    changes: Vec<Change>,
    /// How many differences were looked at.
    compared: usize,
    suggestion: Item,
    /// Deployments under way or stuck, unhealthy services, incidents without a link.
    waiting: Vec<Item>,
    /// The version of the rules.
    definition: String,
}

/// A metric and its value in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figure {
    metric: String,
    value: String,
}

/// A difference that is more than chance would make.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// A service's name, or the scope.
    of: String,
    metric: String,
    now: String,
    before: String,
    difference: String,
    /// The 95 % interval of the difference.
    interval: String,
    worse: bool,
    url: String,
}

/// Something to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Item {
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    words: String,
    url: String,
}

/// Read the digest of a team, as JSON or as e-mail-ready HTML
#[utoipa::path(
    get,
    path = "/api/v1/insights/digest",
    tag = "insights",
    params(Parameters),
    responses(
        (status = 200, description = "The digest", content((Digest = "application/json"), (String = "text/html"))),
        (status = 404, description = "None was kept of that week", body = Problem),
        (status = 422, description = "A parameter is wrong", body = Problem)
    )
)]
pub async fn get_digest(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Failure> {
    let html = wants_html(parameters.format.as_deref(), &headers)?;
    let query = DigestQuery { owner: parameters.owner.unwrap_or_default(), week: parameters.week.unwrap_or_default() };
    let digest = digest::page(&slipway, &caller, &query).await?.digest;
    let url = &slipway.settings.public_url;
    if html {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        return Ok(
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(digest::html::document(&digest, url))).into_response()
        );
    }
    Ok(Json(told(digest, url)).into_response())
}

fn wants_html(format: Option<&str>, headers: &HeaderMap) -> Result<bool, AppError> {
    match format {
        Some("html") => Ok(true),
        Some("json") => Ok(false),
        None => {
            let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
            Ok(accept.contains("text/html"))
        }
        Some(other) => Err(AppError::invalid("format", format!("`{other}` is not a form; use json or html."))),
    }
}

fn told(digest: page::Digest, url: &str) -> Digest {
    let at = |href: &str| format!("{url}{href}");
    let change = |change: page::DigestChange| Change {
        url: at(&change.href),
        of: change.of,
        metric: change.metric,
        now: change.now,
        before: change.before,
        difference: change.difference,
        interval: change.interval,
        worse: change.verdict == Verdict::Worse,
    };
    let item = |item: page::DigestItem| Item { url: at(&item.href), title: item.title, words: item.words };
    Digest {
        scope: digest.scope,
        week: digest.week,
        from: digest.from,
        to: digest.to,
        zone: digest.zone,
        figures: digest.figures.into_iter().map(|(metric, value)| Figure { metric, value }).collect(),
        changes: digest.changes.into_iter().map(change).collect(),
        compared: digest.compared,
        suggestion: Item { url: at(&digest.suggestion_href), title: digest.suggestion, words: String::new() },
        waiting: digest.waiting.into_iter().map(item).collect(),
        definition: digest.definition,
    }
}
