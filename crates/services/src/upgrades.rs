//! Created services stay on their path: what a repository was made of, which version that is, and the way to the next one.
//!
//! The lock file in the repository is the truth; a row of the store repeats what the default branch says. Each version of a template
//! that is seen is kept by content, so that what a repository was made of can be made again: the base of a three-way merge of the
//! team's files and the new version's. An upgrade is that merge as a branch with one commit, and a row that says what became of it.

mod adopt;
mod campaigns;
mod diff;
mod finish;
mod fleet;
mod lock;
mod open;
mod page;
mod plan;
mod questions;
mod render;
mod versions;
mod wave;

pub use adopt::{adopt, adopt_page};
pub use campaigns::{campaign, campaign_form, resume, start, start_with, stop};
pub use finish::{close, merge};
pub(crate) use finish::{pushed, settle};
pub use fleet::fleet;
pub(crate) use fleet::{fleet_row, standing_view};
pub(crate) use lock::{lock_at, lock_of_run};
pub use open::open;
pub use page::{page, plan_page};
pub(crate) use versions::{keep as keep_version, kept as kept_version};
pub(crate) use wave::advance;
