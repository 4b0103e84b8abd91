//! Which fields an object has, who manages each, and merging by field: the arithmetic under server-side apply.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A path to one field: segments as in `fieldsV1` (`f:name`, `k:{"name":"web"}`).
pub(super) type Path = Vec<String>;
pub(super) type Fields = BTreeSet<Path>;

/// The members that tell the items of a list apart, for the lists that are merged by item.
fn list_keys(field: &str) -> Option<&'static [&'static str]> {
    match field {
        "containers" | "initContainers" | "env" | "volumes" | "imagePullSecrets" => Some(&["name"]),
        "ports" => Some(&["containerPort", "port", "protocol"]),
        "volumeMounts" => Some(&["mountPath"]),
        "conditions" => Some(&["type"]),
        _ => None,
    }
}

/// What is replaced as a whole although it is an object.
fn is_atomic(field: &str) -> bool {
    matches!(field, "selector" | "matchLabels" | "resourceFieldRef" | "fieldRef" | "secretKeyRef" | "configMapKeyRef")
}

fn item_segment(item: &Value, keys: &[&str]) -> String {
    let mut identity = Map::new();
    for key in keys {
        match item.get(*key) {
            Some(value) if !value.is_null() => {
                identity.insert((*key).to_owned(), value.clone());
            }
            // The API defaults it, so a list with it and a list without it mean the same item.
            _ if *key == "protocol" => {
                identity.insert("protocol".to_owned(), json!("TCP"));
            }
            _ => {}
        }
    }
    format!("k:{}", Value::Object(identity))
}

/// Every leaf field of an object that a client sets: identity and bookkeeping are nobody's.
pub(super) fn leaves(object: &Value) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        match name.as_str() {
            "apiVersion" | "kind" | "status" => {}
            "metadata" => {
                for (member, value) in value.as_object().into_iter().flatten() {
                    if matches!(member.as_str(), "labels" | "annotations" | "ownerReferences" | "finalizers") {
                        collect(value, member, &mut vec!["f:metadata".to_owned(), format!("f:{member}")], &mut fields);
                    }
                }
            }
            _ => collect(value, name, &mut vec![format!("f:{name}")], &mut fields),
        }
    }
    fields
}

fn collect(value: &Value, field: &str, path: &mut Path, fields: &mut Fields) {
    match value {
        Value::Object(members) if !members.is_empty() && !is_atomic(field) => {
            for (name, value) in members {
                path.push(format!("f:{name}"));
                collect(value, name, path, fields);
                path.pop();
            }
        }
        Value::Array(items) if !items.is_empty() && list_keys(field).is_some() => {
            let keys = list_keys(field).unwrap_or_default();
            for item in items {
                path.push(item_segment(item, keys));
                collect(item, "", path, fields);
                path.pop();
            }
        }
        Value::Null => {}
        _ => {
            fields.insert(path.clone());
        }
    }
}

/// The value at a path.
pub(super) fn get<'a>(object: &'a Value, path: &[String]) -> Option<&'a Value> {
    let (mut value, mut field) = (object, "");
    for segment in path {
        if let Some(name) = segment.strip_prefix("f:") {
            value = value.get(name)?;
            field = name;
        } else {
            let keys = list_keys(field)?;
            value = value.as_array()?.iter().find(|item| item_segment(item, keys) == *segment)?;
        }
    }
    Some(value)
}

/// Removes what is at a path, and whatever is empty after that.
pub(super) fn remove(object: &mut Value, path: &[String]) {
    remove_in(object, "", path);
}

fn remove_in(value: &mut Value, field: &str, path: &[String]) {
    let Some((segment, rest)) = path.split_first() else { return };
    if let Some(name) = segment.strip_prefix("f:") {
        let Some(members) = value.as_object_mut() else { return };
        let emptied = match members.get_mut(name) {
            Some(inner) if !rest.is_empty() => {
                remove_in(inner, name, rest);
                inner.as_object().is_some_and(Map::is_empty) || inner.as_array().is_some_and(Vec::is_empty)
            }
            _ => true,
        };
        if emptied {
            members.remove(name);
        }
    } else if let (Some(keys), Some(items)) = (list_keys(field), value.as_array_mut())
        && let Some(at) = items.iter().position(|item| item_segment(item, keys) == *segment)
    {
        if rest.is_empty() {
            items.remove(at);
            return;
        }
        remove_in(&mut items[at], "", rest);
        // What is left of an item that nobody wants any more is its identity and what was defaulted into it.
        if keys.iter().all(|key| items[at].get(*key).is_none()) {
            items.remove(at);
        }
    }
}

/// Lays `applied` over `live`: objects by member, keyed lists by item, everything else as a whole.
pub(super) fn merge(live: &mut Value, applied: &Value, field: &str) {
    match (live, applied) {
        (Value::Object(live), Value::Object(applied)) if !is_atomic(field) => {
            for (name, value) in applied.iter().filter(|(_, value)| !value.is_null()) {
                merge(live.entry(name.clone()).or_insert(Value::Null), value, name);
            }
        }
        (Value::Array(live), Value::Array(applied)) if list_keys(field).is_some() => {
            let keys = list_keys(field).unwrap_or_default();
            for item in applied {
                let segment = item_segment(item, keys);
                match live.iter_mut().find(|other| item_segment(other, keys) == segment) {
                    Some(other) => merge(other, item, ""),
                    None => live.push(item.clone()),
                }
            }
        }
        (live, applied) => *live = applied.clone(),
    }
}

/// RFC 7386; strategic merge patches are taken the same way, except that keyed lists merge by item.
pub(super) fn merge_patch(live: &mut Value, patch: &Value, strategic: bool, field: &str) {
    match patch {
        Value::Object(members) => {
            if !live.is_object() {
                *live = json!({});
            }
            for (name, value) in members {
                if value.is_null() {
                    if let Some(live) = live.as_object_mut() {
                        live.remove(name);
                    }
                } else {
                    merge_patch(&mut live[name], value, strategic, name);
                }
            }
        }
        Value::Array(items) if strategic && live.is_array() && list_keys(field).is_some() => {
            merge(live, &Value::Array(items.clone()), field);
        }
        _ => *live = patch.clone(),
    }
}

/// `fieldsV1` for a set of fields.
pub(super) fn to_v1(fields: &Fields) -> Value {
    let mut tree = json!({});
    for path in fields {
        let mut node = &mut tree;
        for segment in path {
            node = &mut node[segment.as_str()];
            if node.is_null() {
                *node = json!({});
            }
        }
    }
    tree
}

/// The set of fields that a `fieldsV1` stands for.
pub(super) fn from_v1(tree: &Value) -> Fields {
    fn walk(node: &Value, path: &mut Path, fields: &mut Fields) {
        match node.as_object().filter(|members| !members.is_empty()) {
            Some(members) => {
                for (segment, inner) in members.iter().filter(|(segment, _)| *segment != ".") {
                    path.push(segment.clone());
                    walk(inner, path, fields);
                    path.pop();
                }
            }
            None if !path.is_empty() => {
                fields.insert(path.clone());
            }
            None => {}
        }
    }
    let mut fields = Fields::new();
    walk(tree, &mut Path::new(), &mut fields);
    fields
}

/// A path as in messages: `.spec.template.spec.containers[name="web"].image`.
pub(super) fn shown(path: &[String]) -> String {
    path.iter()
        .map(|segment| match segment.strip_prefix("f:") {
            Some(name) => format!(".{name}"),
            None => {
                let identity: Value = serde_json::from_str(segment.trim_start_matches("k:")).unwrap_or_default();
                let pairs: Vec<String> =
                    identity.as_object().into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
                format!("[{}]", pairs.join(","))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_the_way_through_v1() {
        let object = json!({ "spec": { "replicas": 2, "template": { "spec": { "containers": [
            { "name": "web", "image": "x", "ports": [{ "containerPort": 80 }] }] } } }, "metadata": { "labels": { "a": "b" } } });
        let fields = leaves(&object);
        assert_eq!(from_v1(&to_v1(&fields)), fields);
        let image = fields.iter().find(|path| path.last().is_some_and(|last| last == "f:image")).expect("the image");
        assert_eq!(get(&object, image), Some(&json!("x")));
        assert_eq!(shown(image), ".spec.template.spec.containers[name=\"web\"].image");
    }

    #[test]
    fn removing_the_last_field_of_a_map_removes_the_map() {
        let mut object = json!({ "metadata": { "labels": { "a": "b" }, "name": "x" } });
        remove(&mut object, &["f:metadata".to_owned(), "f:labels".to_owned(), "f:a".to_owned()]);
        assert_eq!(object, json!({ "metadata": { "name": "x" } }));
    }
}
