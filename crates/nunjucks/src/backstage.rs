//! The filters Backstage's scaffolder adds to Nunjucks: `parseRepoUrl`, `parseEntityRef`, `pick` and `projectSlug`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::Engine;

/// What a repository address of a host must name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepoHost {
    /// `owner` and `repo`: GitHub, and hosts like it.
    OwnerAndRepo,
    /// `project`, or `owner` and `repo`.
    GitLab,
    /// `workspace`, `project` and `repo`.
    BitbucketCloud,
    /// `project` and `repo`: Azure DevOps and Bitbucket Server.
    ProjectAndRepo,
    /// `repo`: Gerrit and Gitea.
    RepoOnly,
}

/// The hosts that repository addresses may name.
pub type RepoHosts = BTreeMap<String, RepoHost>;

/// The public hosts every Backstage knows.
#[must_use]
pub fn public_hosts() -> RepoHosts {
    [
        ("github.com", RepoHost::OwnerAndRepo),
        ("gitlab.com", RepoHost::GitLab),
        ("bitbucket.org", RepoHost::BitbucketCloud),
        ("dev.azure.com", RepoHost::ProjectAndRepo),
    ]
    .map(|(host, kind)| (host.to_owned(), kind))
    .into()
}

/// An engine with Backstage's filters.
#[must_use]
pub fn engine(hosts: RepoHosts) -> Engine {
    let hosts = Arc::new(hosts);
    let slugs = hosts.clone();
    Engine::default()
        .with_filter("parseRepoUrl", move |input, _| Ok(Some(parse_repo_url(text(input)?, &hosts)?.into())))
        .with_filter("projectSlug", move |input, _| {
            let repo = parse_repo_url(text(input)?, &slugs)?;
            let part = |name: &str| repo.get(name).and_then(Value::as_str).unwrap_or("undefined").to_owned();
            Ok(Some(format!("{}/{}", part("owner"), part("repo")).into()))
        })
        .with_filter("parseEntityRef", |input, args| {
            let option = |name: &str| args.first()?.as_ref()?.get(name)?.as_str().map(str::to_owned);
            parse_entity_ref(input, option("defaultKind"), option("defaultNamespace")).map(Some)
        })
        .with_filter("pick", |input, args| {
            let path = match args.first().and_then(Option::as_ref) {
                Some(Value::String(path)) => path.clone(),
                Some(other) => other.to_string(),
                None => "undefined".into(),
            };
            Ok(input.and_then(|value| pick(value, &path)).cloned())
        })
}

fn text(input: Option<&Value>) -> Result<&str, String> {
    input.and_then(Value::as_str).ok_or_else(|| "It needs a string".into())
}

/// `github.com?owner=acme&repo=shop` to its parts, in the order Backstage lists them; parts that are not there are left out.
///
/// # Errors
/// A sentence: the host is not known, or a part that it needs is missing.
pub fn parse_repo_url(url: &str, hosts: &RepoHosts) -> Result<Map<String, Value>, String> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host = address.split(['/', '#']).next().unwrap_or_default().to_lowercase();
    let query = query.split('#').next().unwrap_or_default();
    let kind = *hosts.get(&host).ok_or_else(|| format!("The repository host \"{host}\" is not configured"))?;
    let part = |name: &str| {
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decode(key) == name).then(|| form_decode(value).trim_matches('/').to_owned())
        })
    };
    let owner = part("owner");
    let required: &[&str] = match kind {
        RepoHost::OwnerAndRepo => &["owner", "repo"],
        RepoHost::GitLab if part("project").is_some_and(|p| !p.is_empty()) => &[],
        RepoHost::GitLab => &["owner", "repo"],
        RepoHost::BitbucketCloud => &["workspace", "project", "repo"],
        RepoHost::ProjectAndRepo => &["project", "repo"],
        RepoHost::RepoOnly => &["repo"],
    };
    if let Some(missing) = required.iter().find(|name| part(name).is_none_or(|p| p.is_empty())) {
        return Err(format!("The repository address \"{url}\" has no \"{missing}\""));
    }
    let parts = [
        ("host", Some(host)),
        ("owner", owner),
        ("repo", part("repo")),
        ("organization", part("organization")),
        ("workspace", part("workspace")),
        ("project", part("project")),
    ];
    Ok(parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect())
}

/// `application/x-www-form-urlencoded`: plus is a space, `%41` is A; bytes that are not UTF-8 become U+FFFD.
fn form_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let hex = |b: &u8| char::from(*b).to_digit(16);
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                let value = hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0);
                bytes.push(u8::try_from(value).unwrap_or(b'?'));
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `[kind:][namespace/]name`, or an object with those parts.
fn parse_entity_ref(input: Option<&Value>, kind: Option<String>, namespace: Option<String>) -> Result<Value, String> {
    let (kind_given, namespace_given, name) = match input {
        Some(Value::Object(parts)) => {
            let part = |name: &str| parts.get(name).and_then(Value::as_str).map(str::to_owned);
            (part("kind"), part("namespace"), part("name").unwrap_or_default())
        }
        _ => {
            let reference = text(input)?;
            let (kind, rest) = reference.split_once(':').map_or((None, reference), |(k, rest)| (Some(k), rest));
            let (namespace, name) = rest.split_once('/').map_or((None, rest), |(n, name)| (Some(n), name));
            let empty = [kind, namespace, Some(name)].contains(&Some(""));
            if empty || name.contains([':', '/']) {
                return Err(format!("\"{reference}\" is not a reference of the form kind:namespace/name"));
            }
            (kind.map(str::to_owned), namespace.map(str::to_owned), name.to_owned())
        }
    };
    let kind =
        kind_given.or(kind).ok_or_else(|| format!("The reference to \"{name}\" does not say of which kind it is"))?;
    let namespace = namespace_given.or(namespace).unwrap_or_else(|| "default".into());
    Ok(serde_json::json!({ "kind": kind, "namespace": namespace, "name": name }))
}

/// The value at `a.b[0]`; a key that is there with its dots goes first.
fn pick<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    let steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']').trim_matches(['"', '\'']));
    steps.filter(|step| !step.is_empty()).try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}
