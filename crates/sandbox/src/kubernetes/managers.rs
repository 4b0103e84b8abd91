//! Field managers: server-side apply with its conflicts, and what other writes do to ownership.

use serde_json::{Value, json};

use super::{
    fields::{self, Fields},
    status::ApiError,
};

/// Applies a manager's intent to the live object.
pub(super) fn apply(live: &Value, applied: &Value, manager: &str, force: bool, now: &str) -> Result<Value, ApiError> {
    let wanted = fields::leaves(applied);
    let mut entries = read(live);
    let mut conflicts = Vec::new();
    for (name, operation, owned) in &mut entries {
        if name == manager && operation == "Apply" {
            continue;
        }
        let contested: Vec<_> = owned
            .intersection(&wanted)
            .filter(|path| fields::get(live, path) != fields::get(applied, path))
            .cloned()
            .collect();
        for path in contested {
            if force {
                owned.remove(&path);
            } else {
                conflicts.push((name.clone(), fields::shown(&path)));
            }
        }
    }
    if !conflicts.is_empty() {
        return Err(ApiError::conflicts(&conflicts));
    }
    let mut merged = live.clone();
    let before = entries
        .iter()
        .find(|(name, operation, _)| name == manager && operation == "Apply")
        .map(|(_, _, owned)| owned.clone());
    let of_others = |path: &Vec<String>| {
        entries.iter().any(|(name, operation, owned)| (name != manager || operation != "Apply") && owned.contains(path))
    };
    for path in before.unwrap_or_default().difference(&wanted).filter(|path| !of_others(path)) {
        fields::remove(&mut merged, path);
    }
    let mut intent = applied.clone();
    if let Some(metadata) = intent["metadata"].as_object_mut() {
        metadata
            .retain(|member, _| matches!(member.as_str(), "labels" | "annotations" | "ownerReferences" | "finalizers"));
    }
    if let Some(members) = intent.as_object_mut() {
        members.retain(|member, _| !matches!(member.as_str(), "status" | "apiVersion" | "kind"));
    }
    fields::merge(&mut merged, &intent, "");
    entries.retain(|(name, operation, _)| name != manager || operation != "Apply");
    entries.push((manager.to_owned(), "Apply".to_owned(), wanted));
    write(&mut merged, live, entries, now);
    Ok(merged)
}

/// After a write that is no apply: what it changed belongs to its manager now.
pub(super) fn updated(live: Option<&Value>, mut object: Value, manager: &str, now: &str) -> Value {
    let nothing = json!({});
    let live = live.unwrap_or(&nothing);
    let all = fields::leaves(&object);
    let changed: Fields =
        all.iter().filter(|path| fields::get(live, path) != fields::get(&object, path)).cloned().collect();
    let mut entries = read(live);
    for (_, _, owned) in &mut entries {
        owned.retain(|path| all.contains(path) && !changed.contains(path));
    }
    match entries.iter_mut().find(|(name, operation, _)| name == manager && operation == "Update") {
        Some((_, _, owned)) => owned.extend(changed),
        None => entries.push((manager.to_owned(), "Update".to_owned(), changed)),
    }
    write(&mut object, live, entries, now);
    object
}

fn read(object: &Value) -> Vec<(String, String, Fields)> {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    entries
        .map(|entry| {
            let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
            (text("manager"), text("operation"), fields::from_v1(&entry["fieldsV1"]))
        })
        .collect()
}

fn write(object: &mut Value, live: &Value, entries: Vec<(String, String, Fields)>, now: &str) {
    let version = object["apiVersion"].clone();
    let before = live["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    let written: Vec<Value> = entries
        .into_iter()
        .filter(|(_, _, owned)| !owned.is_empty())
        .map(|(manager, operation, owned)| {
            let fields = fields::to_v1(&owned);
            // The time of an entry is the time at which it last changed, so that applying the same again changes nothing.
            let same = before.iter().find(|entry| entry["manager"] == manager && entry["operation"] == operation && entry["fieldsV1"] == fields);
            let time = same.map_or(json!(now), |entry| entry["time"].clone());
            json!({ "manager": manager, "operation": operation, "apiVersion": version, "time": time, "fieldsType": "FieldsV1", "fieldsV1": fields })
        })
        .collect();
    object["metadata"]["managedFields"] = json!(written);
}
