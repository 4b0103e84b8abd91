use serde::{Deserialize, Serialize};
use slipway_nunjucks::{
    Dialect,
    backstage::{RepoHost, public_hosts},
};
use slipway_services::{Endpoint, Scaffolding};
use std::collections::BTreeMap;

/// `[templates]`: how golden paths are run.
///
/// ```toml
/// [templates]
/// engine = "legacy"
/// keep_errors = true
/// hosts = { "git.acme.com" = "gitlab" }
///
/// [templates.endpoints."proxy/jenkins"]
/// url = "https://jenkins.acme.com"
/// headers = { Authorization = "env:JENKINS_AUTHORIZATION" }
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TemplatesConfig {
    /// What expressions mean where a template's annotation `slipway.dev/template-engine` does not say it: `current`, as Backstage's
    /// scaffolder has it since 4.0.3, or `legacy`, the Nunjucks it had before.
    pub engine: TemplateEngine,
    /// Whether an expression of a step that cannot be evaluated stays its text, as in Backstage; else the step fails.
    pub keep_errors: bool,
    /// Hosts of repositories beside the public ones.
    pub hosts: BTreeMap<String, HostKind>,
    /// Whether Slipway's own Git host takes the place of the hosts that `publish:github` and its like name; else a template that has
    /// such a step is refused before anything runs.
    pub publish_here: bool,
    /// How many runs one process works on at a time, 1 to 1000.
    pub runs_at_once: u16,
    /// What the action `http:backstage:request` may reach, by what its paths begin with, as Backstage's proxy names them. None: a
    /// template that has such a step is refused before anything runs.
    pub endpoints: BTreeMap<String, EndpointConfig>,
}

/// A system that steps of templates may ask. Link-local and metadata addresses are never reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointConfig {
    /// What its addresses begin with: `https://jenkins.acme.com/api`.
    pub url: String,
    /// Headers that every request carries: name, and where its value is: `env:NAME` or `file:NAME`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// One of Backstage's two engines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateEngine {
    /// The closed interpreter.
    #[default]
    Current,
    /// Nunjucks.
    Legacy,
}

/// What a host's repository addresses look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HostKind {
    /// `owner` and `repo`.
    Github,
    /// `project`, or `owner` and `repo`.
    Gitlab,
    /// `workspace`, `project` and `repo`.
    BitbucketCloud,
    /// `project` and `repo`.
    BitbucketServer,
    /// `project` and `repo`.
    Azure,
    /// `repo`.
    Gerrit,
    /// `repo`.
    Gitea,
}

impl From<HostKind> for RepoHost {
    fn from(kind: HostKind) -> Self {
        match kind {
            HostKind::Github => Self::OwnerAndRepo,
            HostKind::Gitlab => Self::GitLab,
            HostKind::BitbucketCloud => Self::BitbucketCloud,
            HostKind::BitbucketServer | HostKind::Azure => Self::ProjectAndRepo,
            HostKind::Gerrit | HostKind::Gitea => Self::RepoOnly,
        }
    }
}

impl Default for TemplatesConfig {
    fn default() -> Self {
        let (engine, hosts, endpoints) = (TemplateEngine::default(), BTreeMap::new(), BTreeMap::new());
        Self { engine, keep_errors: false, hosts, publish_here: true, runs_at_once: 50, endpoints }
    }
}

impl From<&EndpointConfig> for Endpoint {
    fn from(config: &EndpointConfig) -> Self {
        Self { url: config.url.clone(), headers: config.headers.clone() }
    }
}

/// `/api/proxy/jenkins/` is `proxy/jenkins`.
fn plain(name: &str) -> String {
    let name = name.trim_matches('/');
    name.strip_prefix("api/").unwrap_or(name).to_owned()
}

impl From<&TemplatesConfig> for Scaffolding {
    fn from(config: &TemplatesConfig) -> Self {
        let mut hosts = public_hosts();
        hosts.extend(config.hosts.iter().map(|(name, kind)| (name.to_lowercase(), (*kind).into())));
        Self {
            engine: match config.engine {
                TemplateEngine::Current => Dialect::Current,
                TemplateEngine::Legacy => Dialect::Legacy,
            },
            keep_errors: config.keep_errors,
            hosts,
            publish_here: config.publish_here,
            runs_at_once: usize::from(config.runs_at_once.clamp(1, 1_000)),
            endpoints: config.endpoints.iter().map(|(name, endpoint)| (plain(name), endpoint.into())).collect(),
        }
    }
}
