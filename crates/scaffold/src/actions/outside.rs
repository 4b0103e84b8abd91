//! What is known of actions that reach outside: what they need at least, and what they give. Their inputs are not closed: what
//! else they take is between the template and the host.

use serde_json::{Map, Value, json};

use crate::action::ActionSpec;

/// Name, what it does, required texts of the input, outputs as `name` (a text), `name#` (a number), `name?` (yes or no),
/// `name{}` (an object).
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const REPO: &[&str] = &["remoteUrl", "repoContentsUrl", "commitHash"];

const ROWS: &[Row] = &[
    ("publish:github", "Creates a repository on GitHub with the workspace in it.", &["repoUrl"], REPO),
    (
        "publish:github:pull-request",
        "Opens a pull request on GitHub with the workspace's files.",
        &["repoUrl", "title", "description"],
        &["targetBranchName", "remoteUrl", "pullRequestNumber#"],
    ),
    ("github:repo:create", "Creates a repository on GitHub.", &["repoUrl"], &["remoteUrl", "repoContentsUrl"]),
    ("github:repo:push", "Pushes the workspace to a repository on GitHub.", &["repoUrl"], REPO),
    ("github:webhook", "Adds a webhook to a repository on GitHub.", &["repoUrl", "webhookUrl"], &[]),
    ("github:actions:dispatch", "Starts a workflow on GitHub.", &["repoUrl", "workflowId", "branchOrTagName"], &[]),
    ("github:autolinks:create", "Adds an autolink to a repository on GitHub.", &["repoUrl"], &[]),
    ("github:branch-protection:create", "Protects a branch on GitHub.", &["repoUrl"], &[]),
    (
        "github:deployKey:create",
        "Adds a deploy key on GitHub.",
        &["repoUrl", "deployKeyName"],
        &["privateKeySecretName"],
    ),
    ("github:environment:create", "Creates an environment on GitHub.", &["repoUrl", "name"], &[]),
    ("github:issues:create", "Opens an issue on GitHub.", &["repoUrl", "title"], &["issueUrl", "issueNumber#"]),
    ("github:issues:label", "Labels an issue on GitHub.", &["repoUrl"], &[]),
    ("github:pages:enable", "Turns on GitHub Pages.", &["repoUrl"], &[]),
    (
        "publish:gitlab",
        "Creates a project on GitLab with the workspace in it.",
        &["repoUrl"],
        &["remoteUrl", "repoContentsUrl", "projectId#", "commitHash", "created?"],
    ),
    (
        "publish:gitlab:merge-request",
        "Opens a merge request on GitLab with the workspace's files.",
        &["repoUrl", "title", "branchName"],
        &["targetBranchName", "projectid", "projectPath", "mergeRequestUrl"],
    ),
    ("gitlab:group:ensureExists", "Makes sure of a group on GitLab.", &["repoUrl"], &["groupId#"]),
    (
        "gitlab:issues:create",
        "Opens an issue on GitLab.",
        &["repoUrl", "title"],
        &["issueUrl", "issueId#", "issueIid#"],
    ),
    ("gitlab:issue:edit", "Changes an issue on GitLab.", &["repoUrl"], &["issueUrl", "issueId#", "state"]),
    ("gitlab:pipeline:trigger", "Starts a pipeline on GitLab.", &["repoUrl"], &["pipelineUrl"]),
    ("gitlab:projectAccessToken:create", "Makes an access token on GitLab.", &["repoUrl"], &["access_token"]),
    ("gitlab:projectDeployToken:create", "Makes a deploy token on GitLab.", &["repoUrl"], &["deploy_token", "user"]),
    ("gitlab:projectVariable:create", "Sets a variable on GitLab.", &["repoUrl", "key"], &[]),
    (
        "gitlab:repo:push",
        "Pushes the workspace to a project on GitLab.",
        &["repoUrl"],
        &["projectid", "projectPath", "commitHash"],
    ),
    ("publish:bitbucket", "Creates a repository on Bitbucket.", &["repoUrl"], REPO),
    ("publish:bitbucketCloud", "Creates a repository on Bitbucket Cloud.", &["repoUrl"], REPO),
    (
        "publish:bitbucketCloud:pull-request",
        "Opens a pull request on Bitbucket Cloud.",
        &["repoUrl", "title"],
        &["pullRequestUrl"],
    ),
    (
        "bitbucket:pipelines:run",
        "Starts a pipeline on Bitbucket.",
        &["workspace", "repo_slug"],
        &["buildNumber#", "repoUrl", "pipelinesUrl"],
    ),
    ("publish:bitbucketServer", "Creates a repository on Bitbucket Server.", &["repoUrl"], REPO),
    (
        "publish:bitbucketServer:pull-request",
        "Opens a pull request on Bitbucket Server.",
        &["repoUrl", "title"],
        &["pullRequestUrl"],
    ),
    (
        "publish:azure",
        "Creates a repository on Azure DevOps.",
        &["repoUrl"],
        &["remoteUrl", "repoContentsUrl", "repositoryId", "commitHash"],
    ),
    ("azure:pipeline:create", "Creates a pipeline on Azure DevOps.", &[], &["pipelineUrl", "pipelineId"]),
    (
        "azure:pipeline:run",
        "Starts a pipeline on Azure DevOps.",
        &[],
        &["pipelineRunUrl", "pipelineRunStatus", "pipelineRunId#"],
    ),
    ("publish:gerrit", "Creates a project on Gerrit.", &["repoUrl"], REPO),
    ("publish:gerrit:review", "Opens a review on Gerrit.", &["repoUrl"], &["reviewUrl", "repoContentsUrl"]),
    ("publish:gitea", "Creates a repository on Gitea.", &["repoUrl"], REPO),
    ("publish:zip", "Packs the workspace.", &[], &["outputPath"]),
    (
        "catalog:register",
        "Adds the entities of a catalogue file to the catalogue.",
        &[],
        &["entityRef", "catalogInfoUrl"],
    ),
    (
        "argocd:create-resources",
        "Creates a project and an application in Argo CD.",
        &["appName", "argoInstance", "namespace"],
        &[],
    ),
    (
        "http:backstage:request",
        "Calls an HTTP endpoint of the portal.",
        &["method", "path"],
        &["code", "headers{}", "body{}"],
    ),
    ("roadiehq:utils:jsonata", "Evaluates a JSONata expression.", &["expression"], &["result{}"]),
    ("roadiehq:utils:jsonata:json:transform", "Changes a JSON file by JSONata.", &["path", "expression"], &["result"]),
    ("roadiehq:utils:jsonata:yaml:transform", "Changes a YAML file by JSONata.", &["path", "expression"], &["result"]),
    ("notification:send", "Sends a notification.", &["title"], &[]),
    ("sentry:project:create", "Creates a project in Sentry.", &["organizationSlug", "teamSlug", "name"], &[]),
    ("quay:create-repository", "Creates a repository on Quay.", &["name"], &["repositoryUrl"]),
    ("kubernetes:create-namespace", "Creates a namespace in Kubernetes.", &["namespace"], &[]),
];

/// Why an action that is known is done nowhere, whatever a portal is connected to.
pub(super) fn why_never(name: &str) -> Option<&'static str> {
    name.starts_with("roadiehq:utils:jsonata").then_some(
        "JSONata is a language of its own, and nothing that evaluates it whole and within limits is part of Slipway; \
         `${{ }}`, roadiehq:utils:merge and roadiehq:utils:fs:replace do most of what it is used for",
    )
}

pub(super) fn specs() -> impl Iterator<Item = ActionSpec> {
    ROWS.iter().map(|row| {
        let (name, description, required, outputs) = *row;
        let texts = required.iter().map(|name| ((*name).to_owned(), json!({"type": "string"})));
        let mut input_schema = json!({
            "type": "object", "required": required, "properties": texts.collect::<Map<_, _>>()
        });
        if name == "catalog:register" {
            input_schema = register_schema();
        }
        ActionSpec {
            name: name.into(),
            description: description.into(),
            input_schema,
            output_schema: json!({
                "type": "object", "properties": outputs.iter().map(|name| output(name)).collect::<Map<_, _>>()
            }),
            has_undo: false,
        }
    })
}

fn output(name: &str) -> (String, Value) {
    let kinds = [("#", "number"), ("?", "boolean"), ("{}", "object")];
    let found = kinds.iter().find_map(|(mark, kind)| Some((name.strip_suffix(mark)?, *kind)));
    let (name, kind) = found.unwrap_or((name, "string"));
    (name.to_owned(), json!({ "type": kind }))
}

fn register_schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "anyOf": [{"required": ["catalogInfoUrl"]}, {"required": ["repoContentsUrl"]}],
        "properties": {
            "catalogInfoUrl": text, "repoContentsUrl": text, "catalogInfoPath": text, "optional": {"type": "boolean"}
        },
    })
}
