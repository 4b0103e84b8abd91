//! Relations, derived both ways from an entity's references (catalog-backend's BuiltinKindsEntityProcessor).

use super::{Entity, EntityRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `source` stands in relation `kind` to `target`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// From.
    pub source: EntityRef,
    /// `ownedBy`, `partOf`, `dependsOn`…
    pub kind: String,
    /// To. It need not exist.
    pub target: EntityRef,
}

/// Reference fields of `spec` with the kind that may be left out.
pub(super) const REFERENCE_FIELDS: &[(&str, Option<&str>)] = &[
    ("owner", Some("group")),
    ("system", Some("system")),
    ("domain", Some("domain")),
    ("subcomponentOf", Some("component")),
    ("subdomainOf", Some("domain")),
    ("providesApis", Some("api")),
    ("consumesApis", Some("api")),
    ("dependsOn", None),
    ("dependencyOf", None),
    ("parent", Some("group")),
    ("children", Some("group")),
    ("members", Some("user")),
    ("memberOf", Some("group")),
];

/// Field to the relation it makes and the one back.
fn names(field: &str) -> (&'static str, &'static str) {
    match field {
        "owner" => ("ownedBy", "ownerOf"),
        "system" | "domain" | "subcomponentOf" | "subdomainOf" => ("partOf", "hasPart"),
        "providesApis" => ("providesApi", "apiProvidedBy"),
        "consumesApis" => ("consumesApi", "apiConsumedBy"),
        "dependsOn" => ("dependsOn", "dependencyOf"),
        "dependencyOf" => ("dependencyOf", "dependsOn"),
        "parent" => ("childOf", "parentOf"),
        "children" => ("parentOf", "childOf"),
        "members" => ("hasMember", "memberOf"),
        _ => ("memberOf", "hasMember"),
    }
}

/// Every relation that follows from `entity`, both ways, without repeats. Targets need not exist.
pub fn relations(entity: &Entity) -> Vec<Relation> {
    let source = entity.reference();
    let mut found = Vec::new();
    for (field, default_kind) in REFERENCE_FIELDS {
        let (there, back) = names(field);
        let value = entity.body().get("spec").and_then(|spec| spec.get(field));
        let texts = match value {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for target in texts.iter().filter_map(Value::as_str) {
            // `Entity::new` has refused what does not parse.
            let Ok(target) = EntityRef::parse(target, *default_kind, entity.namespace()) else { continue };
            found.push(Relation { source: source.clone(), kind: there.to_owned(), target: target.clone() });
            found.push(Relation { source: target, kind: back.to_owned(), target: source.clone() });
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_ways_and_in_the_entitys_own_namespace() {
        let entity = Entity::new(json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": "checkout", "namespace": "shop"},
            "spec": {"type": "service", "lifecycle": "production", "owner": "payments", "dependsOn": ["resource:default/db"], "providesApis": ["orders"]},
        }))
        .unwrap();
        let lines: Vec<String> =
            relations(&entity).iter().map(|r| format!("{} {} {}", r.source, r.kind, r.target)).collect();
        for expected in [
            "component:shop/checkout ownedBy group:shop/payments",
            "group:shop/payments ownerOf component:shop/checkout",
            "component:shop/checkout dependsOn resource:default/db",
            "api:shop/orders apiProvidedBy component:shop/checkout",
        ] {
            assert!(lines.iter().any(|l| l == expected), "{expected} missing in {lines:?}");
        }
    }
}
