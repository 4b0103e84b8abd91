mod gitlab;

use super::options::Where;
use crate::compose::{self, Instance, Role};
use anyhow::Context as _;
use slipway_forge::history::{Clone, DEFAULT_TIMEOUT, Scope};
use slipway_services::import::{self, Tag};
use std::{io::BufRead as _, path::Path, process::ExitCode};

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
    /// Take deployments, changes and incidents from a file of comma-separated values. Importing again adds only what is new, and what a
    /// webhook told of counts once.
    ///
    /// The first line names the columns: service, id, revision, finished_at, status for deployments (also started_at, environment, version,
    /// group, rollback, hotfix); with event = change: landed, first_commit_at, opened_at, merged_at; with event = incident: detected_at,
    /// resolved_at, cause, links. Instants are RFC 3339. An id such as github:deployment:87972451 is the one its webhook tells.
    Csv {
        #[command(flatten)]
        place: Where,
        /// The file.
        file: std::path::PathBuf,
    },
    /// Take merged merge requests, incidents and deployments from a project's export (Settings, General, Advanced, Export project), with its
    /// history. What a webhook told is not counted again.
    ///
    /// Deployments are the jobs that name an environment: of a pipeline, all to production are one.
    GitlabExport {
        #[command(flatten)]
        place: Where,
        /// The `.tar.gz`, or a folder that it was unpacked into.
        file: std::path::PathBuf,
        /// The service whose project it is; an export does not say.
        #[arg(long)]
        service: String,
    },
    /// Take pushes, merged pull requests and issues labelled `incident` from a file of GitHub's public archive (gharchive.org, unpacked): of the
    /// repositories that the catalog says are of services here. What a webhook told is not counted again.
    GithubArchive {
        #[command(flatten)]
        place: Where,
        /// The file: lines of JSON.
        file: std::path::PathBuf,
        /// The branch that counts; the archive does not say which is the default.
        #[arg(long, default_value = "main")]
        branch: String,
        /// Take published releases for deployments to production: the archive knows no deployments.
        #[arg(long)]
        releases_deploy: bool,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Git { place, repository, service, owner } => {
                git(&place, &repository, &service, owner.as_deref()).await
            }
            Self::Csv { place, file } => csv(&place, &file).await,
            Self::GitlabExport { place, file, service } => gitlab_export(&place, &file, &service).await,
            Self::GithubArchive { place, file, branch, releases_deploy } => {
                github_archive(&place, &file, &branch, releases_deploy).await
            }
        }
    }
}

/// The instance, as far as an import needs it: only the database is worked with, nothing is deployed.
async fn instance(place: &Where) -> anyhow::Result<Instance> {
    let mut config = place.load()?.config;
    config.sandbox.enabled = false;
    config.runtimes.clear();
    let role = Role { public_url: config.server.url(config.server.listen), demo: false };
    compose::compose(&config, role).await
}

async fn csv(place: &Where, file: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let report = import::csv(&instance(place).await?.slipway, &import::operator(), &text).await?;
    println!("{} rows of {} services read, {} events new", report.rows, report.services, report.new_events);
    Ok(ExitCode::SUCCESS)
}

async fn github_archive(place: &Where, file: &Path, branch: &str, releases: bool) -> anyhow::Result<ExitCode> {
    let open = std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let lines = std::io::BufReader::new(open).lines();
    let slipway = instance(place).await?.slipway;
    let report = import::github_archive(&slipway, &import::operator(), lines, branch, releases).await?;
    println!(
        "{} lines read, {} of them of {} services here, {} events new",
        report.lines,
        report.matched,
        report.services.len(),
        report.new_events
    );
    Ok(ExitCode::SUCCESS)
}

async fn gitlab_export(place: &Where, file: &Path, service: &str) -> anyhow::Result<ExitCode> {
    let export = gitlab::Export::open(file)?;
    let commits = match export.bundle() {
        None => Vec::new(),
        Some(bundle) => {
            let clone = Clone::open(&bundle.to_string_lossy(), DEFAULT_TIMEOUT).await?;
            match clone.default_branch() {
                Some(branch) => clone.commits(branch, Scope::All).await?,
                None => Vec::new(),
            }
        }
    };
    let slipway = instance(place).await?.slipway;
    let report = import::gitlab_export(&slipway, &import::operator(), service, &commits, export.lines()?).await?;
    println!(
        "{} lines and {} commits read: {} merge requests, {} deployments, {} incidents; {} events new",
        report.lines, report.commits, report.changes, report.deployments, report.incidents, report.new_events
    );
    Ok(ExitCode::SUCCESS)
}

async fn git(place: &Where, repository: &str, service: &str, owner: Option<&str>) -> anyhow::Result<ExitCode> {
    let clone =
        Clone::open(repository, DEFAULT_TIMEOUT).await.with_context(|| format!("{repository} cannot be read"))?;
    let branch = clone.default_branch().with_context(|| format!("{repository} has no commit on its default branch"))?;
    let commits = clone.commits(branch, Scope::All).await?;
    let tags = clone.tags().await?.into_iter().map(|tag| Tag { name: tag.name, sha: tag.commit, at: tag.at }).collect();
    let instance = instance(place).await?;
    let report = import::git(&instance.slipway, &import::operator(), service, owner, commits, tags).await?;
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
