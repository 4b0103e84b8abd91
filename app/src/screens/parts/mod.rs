//! What several screens share.

mod address;
mod changes;
mod deployment_table;
mod dora;
mod forms;
mod health;
mod load;
mod page_data;
mod pager;
mod run_table;
mod search_box;
mod service_table;
mod states;
mod waiting_runs;
mod weeks;
mod words;

pub use address::{address, param, query};
pub use changes::changes;
pub use deployment_table::{DeploymentTable, kind_badges, version_of};
pub use dora::{DoraTiles, USUAL_DAYS, anchor, insights_link, insights_path};
pub use forms::{FormTrouble, anew, error_of, field_error, focus};
pub use health::{HealthStatus, PlacementHealth};
pub use load::{failure, load};
pub use page_data::{PageData, page_data};
pub use pager::Pager;
pub use run_table::RunTable;
pub use search_box::SearchBox;
pub use service_table::ServiceTable;
pub use states::{build_status, deployment_status, run_status};
pub use waiting_runs::waiting_runs;
pub use weeks::weeks_view;
pub use words::Words;
