//! Tables of pages as files: `/insights/table/{name}.csv` with the page's own query.

use super::{failure, rest::Query, session::Session, state::AppState};
use axum::{
    Extension, Router,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::header;
use slipway_api_types::{AppError, insights::InsightsQuery};
use slipway_services::{csv, insights};

/// The routes.
pub fn router() -> Router<AppState> {
    Router::new().route("/insights/table/{file}", get(table))
}

async fn table(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    Path(file): Path<String>,
    Query(query): Query<InsightsQuery>,
) -> Response {
    match sheet(&state, session, &file, &query).await {
        Ok((name, text)) => {
            let disposition = format!("attachment; filename=\"slipway-{name}.csv\"");
            let kind = "text/csv; charset=utf-8; header=present";
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())], text).into_response()
        }
        Err(error) => failure::respond(&error, &failure::Form::Problem),
    }
}

async fn sheet(
    state: &AppState,
    session: Session,
    file: &str,
    query: &InsightsQuery,
) -> Result<(String, String), AppError> {
    let caller = session.0.ok_or_else(AppError::sign_in_required)?;
    let name = file.strip_suffix(".csv").ok_or_else(|| AppError::not_found(format!("file `{file}` here")))?;
    let sheet = insights::table(&state.slipway, &caller, name, query).await?;
    Ok((name.to_owned(), csv::text(&sheet)))
}
