//! What a delivery says, in our words.

use slipway_dora::{Change, Deployment, Incident, Instant};

/// The letters that a title has at most.
pub const LONGEST_TITLE: usize = 200;

/// One delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Unique for a source: hearing it twice is hearing it once.
    pub key: String,
    /// The source's name for it: `deployment_status.success`.
    pub event: String,
    /// Empty when it says nothing to us.
    pub told: Vec<Told>,
}

/// One thing that a delivery says.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The natural key of what it is about, with the source before it: `github:deployment:87972451`. Later news of the
    /// same thing has the same key.
    pub key: String,
    /// When it became true, by the source's clock: older news never overwrites newer.
    pub at: Instant,
    pub subject: Subject,
    pub fact: Fact,
    /// What it leaves out and has to be asked for.
    pub lookups: Vec<Lookup>,
}

/// What of theirs it is about. Which of our services that is, is for the caller to decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Full name: `acme/checkout`; or a URL.
    pub repository: Option<String>,
    /// Their name for a service, application, pipeline or alert.
    pub service: Option<String>,
    pub environment: Option<String>,
    /// Cloud account.
    pub account: Option<String>,
}

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Deployment(Deployment),
    Change(ChangeTold),
    Incident(IncidentTold),
    /// Incidents that were told of before are over, by a source that says no more than that. The key is the incident's; one
    /// that ends with a colon is what the keys of several begin with.
    Resolved,
    Push(Push),
    /// A person's word on a deployment: its id, and whether it failed (generic only).
    Verdict {
        deployment: String,
        failed: bool,
    },
}

/// An incident with what its source calls it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentTold {
    pub incident: Incident,
    /// One line of at most [`LONGEST_TITLE`] letters; `None` where the source has no words for it.
    pub title: Option<String>,
}

/// A merged change with what its deployment may inherit.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeTold {
    /// Where the first commit is not known yet, `first_commit_at` is the earliest instant that is; see the lookups.
    pub change: Change,
    /// By its label or branch: the deployment that first delivers it is a hotfix.
    pub hotfix: bool,
    /// Branch it went to.
    pub branch: Option<String>,
    /// Full names of the commits that landed with it, where the source tells them.
    pub commits: Vec<String>,
}

/// A branch that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// `main`, without `refs/heads/`.
    pub branch: String,
    pub is_default_branch: bool,
    /// `None` for a new branch.
    pub before: Option<String>,
    pub after: String,
    pub forced: bool,
    /// Oldest first, as far as told: hosts cap the list, so the range is to be taken from git.
    pub commits: Vec<PushedCommit>,
}

/// A commit of a push. Its parents are not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedCommit {
    pub sha: String,
    /// Author date (GitHub and GitLab both tell that one).
    pub at: Instant,
    /// Paths added, modified or removed.
    pub paths: Vec<String>,
}

/// What is still to be asked, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Commits and parents of `before..after`, from git.
    CommitRange { before: Option<String>, after: String },
    /// The commits of a pull request, for the first author date.
    PullRequestCommits { number: u64 },
    /// A merge request's commits, merge time and squash commit.
    MergeRequest { project: String, iid: u64 },
    /// The commit that a tag names.
    Tag { name: String },
    /// `GetPipelineExecution`: the revision of a run.
    PipelineRevision { pipeline: String, execution: String },
    /// `GetDeployment` of CodeDeploy: revision and roll-back information.
    CodeDeployDeployment { deployment: String },
    /// `DescribeServices` of ECS: the image, and by it the revision.
    EcsService { arn: String },
    /// `ListOperations` of App Runner.
    AppRunnerOperations { service: String },
    /// The commit that an artifact was built from, by digest or package URL.
    Artifact { reference: String },
    /// The commit of a change that is only named.
    ChangeCommit { change: String },
}
