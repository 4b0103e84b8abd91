use leptos::prelude::*;
use slipway_api_types::{
    services::{ArtifactView, BuildView, RepositoryView},
    upgrades::Standing,
};

use crate::{
    components::{
        ButtonLink, Card, Cell, CodeBlock, Column, EmptyState, KeyValue, KeyValueList, RelativeTime, Row, Status, Table,
    },
    screens::{
        parts::{address, build_status},
        upgrades::standing_badge,
    },
};

/// What can be deployed.
pub(super) fn artifacts(service: &str, artifacts: Vec<ArtifactView>, may_deploy: bool) -> AnyView {
    if artifacts.is_empty() {
        return view! { <Card title="Artifacts"><EmptyState text="No image yet. A push to the repository builds one."/></Card> }.into_any();
    }
    let mut columns = ["Artifact", "Digest", "Built"].map(Column::new).to_vec();
    if may_deploy {
        columns.push(Column::actions());
    }
    let form = ["/services/", service, "/deploy"].concat();
    let rows = artifacts
        .into_iter()
        .map(|artifact| {
            let name = artifact.version.unwrap_or_else(|| artifact.revision.clone());
            let deploy = may_deploy.then(|| {
                let href = address(&form, &[("artifact", &artifact.id)]);
                let words = view! { "Deploy"<span class="visually-hidden">{[" ", &name].concat()}</span> };
                view! { <Cell><ButtonLink href small=true>{words}</ButtonLink></Cell> }
            });
            view! {
                <Row>
                    <th scope="row"><span class="table__name">{name.clone()}<span class="table__sub">{["From ", &artifact.source].concat()}</span></span></th>
                    <Cell label="Digest" minor=true><span class="mono">{artifact.digest}</span></Cell>
                    <Cell label="Built"><RelativeTime at=artifact.built_at/></Cell>
                    {deploy}
                </Row>
            }
        })
        .collect_view();
    view! { <Card title="Artifacts" flush=true><Table caption="Latest artifacts" columns dense=true>{rows}</Table></Card> }.into_any()
}

/// What the pipeline did.
pub(super) fn builds(builds: Vec<BuildView>) -> AnyView {
    if builds.is_empty() {
        return view! { <Card title="Builds"><EmptyState text="The pipeline has not built anything yet."/></Card> }
            .into_any();
    }
    let columns = ["Revision", "State", "Asked for"].map(Column::new).to_vec();
    let rows = builds
        .into_iter()
        .map(|build| {
            let error = build.error.map(|error| view! { <span class="table__sub build-error">{error}</span> });
            view! {
                <Row>
                    <th scope="row"><span class="table__name"><span class="mono">{build.revision}</span>{error}</span></th>
                    <Cell label="State"><Status kind=build_status(build.state) seen_at=build.finished_at/></Cell>
                    <Cell label="Asked for"><RelativeTime at=build.queued_at/></Cell>
                </Row>
            }
        })
        .collect_view();
    view! { <Card title="Builds" flush=true><Table caption="Latest builds" columns dense=true>{rows}</Table></Card> }
        .into_any()
}

/// Where its source is.
pub(super) fn repository(repository: RepositoryView) -> AnyView {
    let head = repository.head.unwrap_or_else(|| "nothing pushed yet".to_owned());
    view! {
        <Card title="Repository">
            <div class="stack">
                <KeyValueList>
                    <KeyValue key="Name">{repository.name}</KeyValue>
                    <KeyValue key="Head"><span class="mono">{head}</span></KeyValue>
                </KeyValueList>
                <CodeBlock text=["git clone ", &repository.clone_url].concat() name="Clone it"/>
                <p class="muted">"Git asks for your login; the password may be a token with the scope create."</p>
            </div>
        </Card>
    }
    .into_any()
}

/// Where it is on its golden path, and the way on.
pub(super) fn golden_path(standing: Standing) -> AnyView {
    let template = standing.template.clone().map(|template| view! { <a href=template.href>{template.title}</a>" " });
    let version = standing.version.clone();
    let next = standing.next.clone().map(|next| view! { <a href=next.href>{next.title}</a> });
    view! {
        <KeyValue key="Golden path">
            <span class="cluster">{template}<span class="mono">{version}</span>{standing_badge(&standing)}{next}</span>
        </KeyValue>
    }
    .into_any()
}
