//! The demo's entities, as documents that a catalogue file could hold.

use super::{
    company::{APIS, DOMAINS, PEOPLE, RESOURCES, SYSTEMS, TEAMS, team},
    fleet::{FLEET, Plan, Story},
};
use serde_json::{Value, json};

/// The annotation by which demo entities are known.
pub(super) const ANNOTATION: &str = "slipway.dev/demo";

/// All documents.
pub(super) fn documents() -> Vec<Value> {
    let mut documents = Vec::new();
    documents.extend(TEAMS.iter().map(|team| {
        let spec = json!({ "type": "team", "profile": { "displayName": team.title }, "children": [] });
        entity("Group", team.name, team.title, team.description, &[], spec)
    }));
    documents.extend(PEOPLE.iter().map(|(login, name, team)| {
        let teams: Vec<&str> = if team.is_empty() { Vec::new() } else { vec![team] };
        let profile = json!({ "displayName": name, "email": format!("{login}@tarnfell.example") });
        entity("User", login, name, "", &[], json!({ "profile": profile, "memberOf": teams }))
    }));
    documents.extend(DOMAINS.iter().map(|(name, title, description, owner)| {
        entity("Domain", name, title, description, &[], json!({ "owner": owner }))
    }));
    documents.extend(SYSTEMS.iter().map(|(name, title, description, owner, domain)| {
        entity("System", name, title, description, &[], json!({ "owner": owner, "domain": domain }))
    }));
    documents.extend(RESOURCES.iter().map(|(name, kind, description, owner, system)| {
        let spec = json!({ "type": kind, "owner": owner, "system": system });
        entity("Resource", name, &words(name), description, &[], spec)
    }));
    documents.extend(APIS.iter().filter_map(api));
    documents.extend(FLEET.iter().map(component));
    documents
}

fn entity(kind: &str, name: &str, title: &str, description: &str, tags: &[&str], spec: Value) -> Value {
    let mut metadata = json!({ "name": name, "title": title });
    if !description.is_empty() {
        metadata["description"] = json!(description);
    }
    if !tags.is_empty() {
        metadata["tags"] = json!(tags);
    }
    metadata["annotations"] = json!({ ANNOTATION: "true" });
    json!({ "apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec })
}

/// `checkout-db` as `Checkout db`.
fn words(name: &str) -> String {
    let text = name.replace('-', " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn lifecycle(plan: &Plan) -> &'static str {
    if plan.story == Story::NotYetLive { "experimental" } else { "production" }
}

fn api((name, kind, title, description, provider): &(&str, &str, &str, &str, &str)) -> Option<Value> {
    let plan = FLEET.iter().find(|plan| plan.name == *provider)?;
    let definition = match *kind {
        "graphql" => format!(
            "# {description}\ntype Query {{\n  product(id: ID!): Product\n}}\n\ntype Product {{\n  id: ID!\n  title: String!\n}}\n"
        ),
        "grpc" => format!("syntax = \"proto3\";\n\n// {description}\nservice {} {{}}\n", title.replace(' ', "")),
        "asyncapi" => {
            format!("asyncapi: 3.0.0\ninfo:\n  title: {title}\n  version: 1.0.0\n  description: {description}\n")
        }
        _ => format!(
            "openapi: 3.1.0\ninfo:\n  title: {title}\n  version: 1.0.0\n  description: {description}\npaths: {{}}\n"
        ),
    };
    let team = team(plan.team);
    let spec = json!({
        "type": kind, "lifecycle": lifecycle(plan), "owner": team.name, "system": team.system, "definition": definition,
    });
    Some(entity("API", name, title, description, &[], spec))
}

fn component(plan: &Plan) -> Value {
    let team = team(plan.team);
    let needs: Vec<String> = plan
        .needs
        .iter()
        .map(|name| if name.contains(':') { (*name).to_owned() } else { format!("component:{name}") })
        .collect();
    let provides: Vec<&str> = APIS.iter().filter(|api| api.4 == plan.name).map(|api| api.0).collect();
    let mut spec =
        json!({ "type": "service", "lifecycle": lifecycle(plan), "owner": team.name, "system": team.system });
    for (field, list) in
        [("dependsOn", json!(needs)), ("providesApis", json!(provides)), ("consumesApis", json!(plan.calls))]
    {
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            spec[field] = list;
        }
    }
    entity("Component", plan.name, plan.title, plan.description, &[plan.language], spec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use slipway_domain::catalog::{Entity, relations};
    use std::collections::BTreeSet;

    #[test]
    fn every_document_is_an_entity_and_every_reference_leads_somewhere() {
        let entities: Vec<Entity> = documents().into_iter().map(|document| Entity::new(document).unwrap()).collect();
        let known: BTreeSet<String> = entities.iter().map(|entity| entity.reference().to_string()).collect();
        assert_eq!(known.len(), entities.len(), "a name stands twice");
        for relation in entities.iter().flat_map(relations) {
            assert!(known.contains(&relation.target.to_string()), "{} leads nowhere", relation.target);
        }
        let count = |kind: &str| entities.iter().filter(|entity| entity.kind() == kind).count();
        assert_eq!((count("Component"), count("API"), count("Resource"), count("Group")), (40, 12, 10, 6));
    }
}
