//! Paths, verbs and parameters of the API.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::{Value, json};

use super::{
    Kubernetes,
    resources::{PODS, Resource, discovery},
    select::Selection,
    stamp,
    status::ApiError,
    store::text,
    watch::{self, Watch},
    write::{Options, PatchKind, scale_of, scales},
};
use crate::{aws::page, cluster::Cluster, shared::Shared};

type Parameters = HashMap<String, String>;

/// What a path names.
struct Target {
    resource: &'static Resource,
    namespace: Option<String>,
    name: Option<String>,
    subresource: Option<String>,
}

impl Target {
    fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (group, rest) = match parts.as_slice() {
            ["api", "v1", rest @ ..] => ("", rest),
            ["apis", "apps", "v1", rest @ ..] => ("apps", rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() && rest[0] != "status" => {
                (Some((*namespace).to_owned()), rest)
            }
            _ => (None, rest),
        };
        let (plural, rest) = rest.split_first()?;
        let resource = Resource::find(group, plural)?;
        let mut rest = rest.iter().map(|part| (*part).to_owned());
        let target = Self { resource, namespace, name: rest.next(), subresource: rest.next() };
        rest.next().is_none().then_some(target)
    }

    fn key(&self) -> (&str, &str) {
        (self.namespace.as_deref().unwrap_or_default(), self.name.as_deref().unwrap_or_default())
    }
}

/// Answers every path under `/api`, `/apis` and the health paths.
pub(crate) async fn handle(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if matches!(uri.path(), "/healthz" | "/livez" | "/readyz") {
        return "ok".into_response();
    }
    // Any token will do, and none at all; an empty one is a client set up wrongly.
    let authorization = headers.get(header::AUTHORIZATION).map(|value| value.as_bytes());
    if authorization.is_some_and(|value| value.eq_ignore_ascii_case(b"Bearer") || value.is_empty()) {
        return ApiError::unauthorized().into_response();
    }
    if let Some(document) = discovery(uri.path().trim_end_matches('/')) {
        return Json(document).into_response();
    }
    let Some(target) = Target::parse(uri.path()) else { return ApiError::no_such_path().into_response() };
    let outcome = if method == Method::GET {
        read(&shared, &target, &parameters)
    } else {
        change(&shared, &method, target, &parameters, &headers, &body).await
    };
    outcome.unwrap_or_else(IntoResponse::into_response)
}

fn read(shared: &Arc<Shared>, target: &Target, parameters: &Parameters) -> Result<Response, ApiError> {
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let (namespace, name) = target.key();
    if target.name.is_some() {
        return shared.read(|world| {
            let kubernetes = &world.kubernetes;
            let object = kubernetes.store.get(target.resource, namespace, name);
            let object = object.ok_or_else(|| ApiError::not_found(&target.resource.full_name(), name))?;
            match target.subresource.as_deref() {
                None | Some("status") => Ok(Json(&**object).into_response()),
                Some("log") if *target.resource == PODS => Ok(log(object, parameters, &world.cluster).into_response()),
                Some("scale") if scales(target.resource) => Ok(Json(scale_of(object)).into_response()),
                Some(_) => Err(ApiError::no_such_path()),
            }
        });
    }
    let selection = Selection::parse(parameter("labelSelector"), parameter("fieldSelector"))?;
    if matches!(parameter("watch"), "true" | "1") {
        let watch = Watch {
            resource: target.resource,
            namespace: target.namespace.clone(),
            selection,
            from: parameter("resourceVersion").parse().ok().filter(|version| *version > 0),
            initial_events: parameter("sendInitialEvents") == "true",
            bookmarks: parameter("allowWatchBookmarks") == "true",
            lasts: parameter("timeoutSeconds").parse().ok().map(Duration::from_secs),
        };
        return Ok(watch::start(watch, Arc::clone(shared)));
    }
    shared.read(|world| list(&world.kubernetes, target, &selection, parameters)).map(|list| Json(list).into_response())
}

fn list(
    kubernetes: &Kubernetes,
    target: &Target,
    selection: &Selection,
    parameters: &Parameters,
) -> Result<Value, ApiError> {
    let found = kubernetes
        .store
        .list(target.resource, target.namespace.as_deref())
        .filter(|(_, object)| selection.matches(object));
    let mut objects: HashMap<String, Arc<Value>> = HashMap::new();
    let mut keys = Vec::new();
    for (key, object) in found {
        keys.push(key.clone());
        objects.insert(key.clone(), Arc::clone(object));
    }
    let limit = parameters
        .get("limit")
        .and_then(|limit| limit.parse().ok())
        .filter(|limit| *limit > 0)
        .unwrap_or(usize::MAX / 2);
    let total = keys.len();
    let (keys, next) =
        page(keys, parameters.get("continue").map(String::as_str).filter(|token| !token.is_empty()), limit)
            .map_err(|()| ApiError::expired())?;
    let items: Vec<&Value> = keys.iter().filter_map(|key| objects.get(key)).map(|object| &**object).collect();
    let mut metadata = json!({ "resourceVersion": kubernetes.version().to_string() });
    if let Some(next) = next {
        metadata["continue"] = json!(next);
        metadata["remainingItemCount"] = json!(total.saturating_sub(items.len()));
    }
    Ok(
        json!({ "apiVersion": target.resource.api_version(), "kind": format!("{}List", target.resource.kind), "metadata": metadata, "items": items }),
    )
}

fn log(pod: &Value, parameters: &Parameters, cluster: &Cluster) -> String {
    let mut lines =
        cluster.get(text(pod, "/metadata/uid")).map(|container| container.log().lines()).unwrap_or_default();
    if let Some(tail) = parameters.get("tailLines").and_then(|tail| tail.parse::<usize>().ok()) {
        lines.drain(..lines.len().saturating_sub(tail));
    }
    if let Some(seconds) = parameters.get("sinceSeconds").and_then(|seconds| seconds.parse::<i64>().ok()) {
        lines.retain(|line| line.at >= cluster.now - seconds.saturating_mul(1000));
    }
    let stamped = parameters.get("timestamps").is_some_and(|wanted| wanted == "true");
    lines
        .iter()
        .map(|line| if stamped { format!("{} {}\n", stamp(line.at), line.text) } else { format!("{}\n", line.text) })
        .collect()
}

async fn change(
    shared: &Arc<Shared>,
    method: &Method,
    target: Target,
    parameters: &Parameters,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let parameter = |name: &str| parameters.get(name).map_or("", String::as_str);
    let body: Value = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(body).map_err(|error| ApiError::bad_request(format!("the body is not JSON: {error}")))?
    };
    let options = Options {
        manager: parameter("fieldManager").to_owned(),
        force: parameter("force") == "true",
        dry_run: parameter("dryRun") == "All",
        strict: parameter("fieldValidation") == "Strict",
    };
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/json");
    let patch_kind = match media.split(';').next().unwrap_or_default() {
        "application/apply-patch+yaml" | "application/apply-patch+json" => Some(PatchKind::Apply),
        "application/merge-patch+json" => Some(PatchKind::Merge),
        "application/strategic-merge-patch+json" => Some(PatchKind::Strategic),
        _ => None,
    };
    let scale = match target.subresource.as_deref() {
        None => false,
        Some("scale") if scales(target.resource) => true,
        Some(_) => return Err(ApiError::method_not_allowed()),
    };
    let resource = target.resource;
    let (namespace, name) = target.key();
    let named = target.name.is_some();
    let outcome = shared.change(|world| {
        let (kubernetes, cluster) = (&mut world.kubernetes, &mut world.cluster);
        match *method {
            Method::POST if !named => kubernetes
                .create(resource, namespace, body, &options, cluster)
                .map(|object| (StatusCode::CREATED, object)),
            Method::PUT | Method::PATCH if named && scale => {
                let patch = json!({ "spec": { "replicas": body["spec"]["replicas"] } });
                let scaled =
                    kubernetes.patch(resource, namespace, name, (PatchKind::Merge, patch), &options, cluster)?;
                Ok((StatusCode::OK, scale_of(&scaled)))
            }
            Method::PUT if named => kubernetes
                .replace(resource, namespace, name, body, &options, cluster)
                .map(|object| (StatusCode::OK, object)),
            Method::PATCH if named => {
                let kind = patch_kind.ok_or_else(|| ApiError::unsupported_media(media))?;
                let created = kubernetes.store.get(resource, namespace, name).is_none();
                let object = kubernetes.patch(resource, namespace, name, (kind, body), &options, cluster)?;
                Ok((if created { StatusCode::CREATED } else { StatusCode::OK }, object))
            }
            Method::DELETE if named => {
                let mut how = body;
                if how["propagationPolicy"].is_null() && !parameter("propagationPolicy").is_empty() {
                    how["propagationPolicy"] = json!(parameter("propagationPolicy"));
                }
                kubernetes.delete(resource, namespace, name, &how, cluster).map(|status| (StatusCode::OK, status))
            }
            Method::DELETE => {
                let selection = Selection::parse(parameter("labelSelector"), parameter("fieldSelector"))?;
                let list = list(kubernetes, &target, &selection, &Parameters::new())?;
                for object in list["items"].as_array().into_iter().flatten() {
                    kubernetes.remove(
                        resource,
                        text(object, "/metadata/namespace"),
                        text(object, "/metadata/name"),
                        true,
                        cluster,
                    );
                }
                Ok((StatusCode::OK, list))
            }
            _ => Err(ApiError::method_not_allowed()),
        }
    });
    let (code, object) = outcome.await.map_err(ApiError::internal)??;
    Ok((code, Json(object)).into_response())
}
