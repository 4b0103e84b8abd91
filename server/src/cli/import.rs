use super::options::Where;
use crate::compose::{self, Role};
use anyhow::Context as _;
use slipway_forge::history::{Clone, DEFAULT_TIMEOUT, Scope};
use slipway_services::import::{self, Tag};
use std::process::ExitCode;

/// `slipway import`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Take changes from a Git repository's commits and deployments to production from its tags. Importing again adds only what is new.
    Git {
        #[command(flatten)]
        place: Where,
        /// A folder, or an http:// or https:// URL.
        #[arg(value_name = "PATH|URL")]
        repository: String,
        /// The service whose history this is; made when there is none of that name.
        #[arg(long)]
        service: String,
        /// The team that owns a service that is made: group:default/payments
        #[arg(long)]
        owner: Option<String>,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Git { place, repository, service, owner } = self;
        let mut config = place.load()?.config;
        // Only the database is worked with; nothing is deployed.
        config.sandbox.enabled = false;
        config.runtimes.clear();
        let clone =
            Clone::open(&repository, DEFAULT_TIMEOUT).await.with_context(|| format!("{repository} cannot be read"))?;
        let branch =
            clone.default_branch().with_context(|| format!("{repository} has no commit on its default branch"))?;
        let commits = clone.commits(branch, Scope::All).await?;
        let tags =
            clone.tags().await?.into_iter().map(|tag| Tag { name: tag.name, sha: tag.commit, at: tag.at }).collect();
        let role = Role { public_url: config.server.url(config.server.listen), demo: false };
        let instance = compose::compose(&config, role).await?;
        let report =
            import::git(&instance.slipway, &import::operator(), &service, owner.as_deref(), commits, tags).await?;
        println!(
            "{}{}: {} commits and {} tags read, {} events new",
            report.service,
            if report.created { " (made)" } else { "" },
            report.commits,
            report.tags,
            report.new_events
        );
        Ok(ExitCode::SUCCESS)
    }
}
