//! Every table of the page, by its name: the same numbers as a file.

use super::{Asked, Window, answer, apart, cache::Extent, sheets, taken};
use crate::{Caller, Result, Slipway, errors::store};
use slipway_api_types::{
    AppError,
    insights::{InsightsQuery, Sheet},
};
use slipway_domain::access::Permission;

/// Names that [`table`] knows, and the page links to.
pub const TABLES: [&str; 11] = [
    "weeks",
    "services",
    "spread",
    "comparison",
    "events",
    "definitions",
    "calendar",
    "hours",
    "stages",
    "sizes",
    "lead-times",
];

/// One table of `/insights` with the same query.
///
/// # Errors
/// As the page, and when there is no table of that name.
pub async fn table(slipway: &Slipway, caller: &Caller, name: &str, query: &InsightsQuery) -> Result<Sheet> {
    caller.require(Permission::Read, None)?;
    if !TABLES.contains(&name) {
        return Err(AppError::not_found(format!("table `{name}`; there are {}", TABLES.join(", "))));
    }
    let window = Window::asked(slipway, query)?;
    let mut tx = slipway.read().await?;
    let asked = Asked::read(&mut *tx, query).await?;
    let marks = tx.rollup_marks().await.map_err(store)?;
    if ["events", "definitions"].contains(&name) {
        let metric = apart::metric(&query.explain)?
            .ok_or_else(|| AppError::invalid("explain", "Say which metric's: `explain=lead-time`."))?;
        let taken = taken(slipway, &mut *tx, &marks, &window, &asked, metric).await?;
        let whole = taken.whole(&mut *tx, &window).await?;
        return Ok(if name == "events" { sheets::events(&whole) } else { sheets::definitions(&whole) });
    }
    let answer = answer(slipway, &mut *tx, &marks, &window, &asked, Extent::Page).await?;
    Ok(match name {
        "weeks" => sheets::weeks(&answer.panel),
        "services" => answer.numbers.clone(),
        "spread" => answer.spread.clone(),
        "comparison" => sheets::comparison(&answer.comparison),
        "lead-times" => sheets::distribution(&answer.distribution),
        drawn => answer.drawings.iter().find(|d| d.sheet.name == drawn).map(|d| d.sheet.clone()).unwrap_or_default(),
    })
}
