//! `catalog:write` and, as far as it can be done without a catalogue, `catalog:fetch`.

use serde_json::{Map, Value, json};

use super::{Bench, Local, spec};
use crate::tree::{File, child_path};
use crate::yaml_text::to_yaml;

const SOURCE_TEMPLATE: &str = "backstage.io/source-template";

pub(super) const ACTIONS: &[Local] = &[
    Local {
        spec: || {
            let inputs = json!({ "filePath": {"type": "string"}, "entity": {"type": "object"} });
            spec("catalog:write", "Writes an entity as a catalogue file.", &["entity"], inputs, json!({}))
        },
        run: write,
    },
    Local {
        spec: || {
            let inputs = json!({
                "entityRef": {"type": "string"},
                "entityRefs": {"type": "array", "items": {"type": "string"}},
                "optional": {"type": "boolean"},
                "defaultKind": {"type": "string"},
                "defaultNamespace": {"type": "string"},
            });
            let outputs = json!({ "entity": {}, "entities": {"type": "array", "items": {}} });
            spec("catalog:fetch", "Reads entities of the catalogue.", &[], inputs, outputs)
        },
        run: fetch,
    },
];

fn write(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let path = input["filePath"].as_str().unwrap_or("catalog-info.yaml");
    let path = child_path(path).map_err(|error| format!("filePath: {error}"))?;
    let mut entity = input["entity"].clone();
    let metadata = entity.as_object_mut().map(|entity| entity.entry("metadata").or_insert_with(|| json!({})));
    if let Some(Value::Object(metadata)) = metadata {
        let annotations = metadata.entry("annotations").or_insert_with(|| Map::new().into());
        if annotations.is_null() {
            *annotations = Map::new().into();
        }
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.insert(SOURCE_TEMPLATE.into(), bench.template.into());
        }
    }
    bench.workspace.insert(&path, File::text(to_yaml(&entity))).map_err(|error| format!("filePath: {error}"))?;
    bench.say(format!("Wrote {path}"));
    Ok(json!({}))
}

/// There is no catalogue here: an entity has no more than its reference says.
fn fetch(_: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let default = |key: &str| input[key].as_str();
    let entity = |reference: &str| {
        let (kind, rest) = reference.split_once(':').map_or((None, reference), |(kind, rest)| (Some(kind), rest));
        let (namespace, name) = rest.split_once('/').map_or((None, rest), |(namespace, name)| (Some(namespace), name));
        let Some(kind) = kind.or(default("defaultKind")).filter(|kind| !kind.is_empty() && !name.is_empty()) else {
            return Err(format!("\"{reference}\" is not a reference of the form kind:namespace/name"));
        };
        let mut letters = kind.chars();
        let kind: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        Ok(json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": kind,
            "metadata": { "name": name, "namespace": namespace.or(default("defaultNamespace")).unwrap_or("default") },
            "spec": {},
        }))
    };
    let mut outputs = Map::new();
    if let Some(reference) = input["entityRef"].as_str().filter(|reference| !reference.is_empty()) {
        outputs.insert("entity".into(), entity(reference)?);
    }
    if let Some(references) = input["entityRefs"].as_array() {
        let entities = references.iter().filter_map(Value::as_str).map(entity).collect::<Result<_, _>>()?;
        outputs.insert("entities".into(), entities);
    }
    if outputs.is_empty() && input["optional"] != true {
        return Err("Name an entityRef, or several entityRefs".into());
    }
    Ok(outputs.into())
}
