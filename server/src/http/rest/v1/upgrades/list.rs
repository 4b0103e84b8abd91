use crate::http::rest::{Api, Failure, Problem, Query};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use slipway_api_types::upgrades::{FleetItem, FleetQuery, StandingView};
use slipway_services::{Slipway, upgrades};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What the fleet is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// A template's entity reference.
    template: Option<String>,
    /// The owning team's entity reference.
    owner: Option<String>,
    /// `current`, `behind`, `open` or `apart`.
    state: Option<String>,
    /// `next` of the part before.
    cursor: Option<String>,
}

/// A part of the fleet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fleet {
    /// By name.
    items: Vec<Place>,
    /// Where the next part begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// How a service stands to its golden path.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    /// The service's name.
    service: String,
    /// The template's name; absent where the repository says none.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    /// The version, short; absent where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    version: String,
    /// `current`, `behind` or `apart`.
    standing: &'static str,
    /// How many versions; absent where its own was never seen here.
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<i64>,
    /// The page of the open upgrade, or of what one would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

impl From<FleetItem> for Place {
    fn from(item: FleetItem) -> Self {
        let (standing, behind) = match item.standing.standing {
            StandingView::Current => ("current", None),
            StandingView::Behind(versions) => ("behind", versions),
            StandingView::Apart => ("apart", None),
        };
        Self {
            service: item.service.title,
            template: item.standing.template.map(|template| template.title),
            version: item.standing.version,
            standing,
            behind,
            page: item.standing.next.map(|next| next.href),
        }
    }
}

/// List which service is on which version of its golden path
#[utoipa::path(
    get,
    path = "/api/v1/upgrades",
    tag = "upgrades",
    params(Parameters),
    responses((status = 200, description = "A part of the fleet", body = Fleet), (status = 422, description = "A parameter is wrong", body = Problem))
)]
pub async fn list_fleet(
    State(slipway): State<Arc<Slipway>>,
    Api(caller): Api,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Fleet>, Failure> {
    let query = FleetQuery {
        template: parameters.template.unwrap_or_default(),
        owner: parameters.owner.unwrap_or_default(),
        state: parameters.state.unwrap_or_default(),
        cursor: parameters.cursor.unwrap_or_default(),
    };
    let page = upgrades::fleet(&slipway, &caller, &query).await?;
    Ok(Json(Fleet { items: page.items.into_iter().map(Place::from).collect(), next: page.next }))
}
