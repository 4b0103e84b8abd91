use leptos::prelude::*;
use slipway_api_types::deployments::{DeliveredChange, DeploymentPage};
use slipway_domain::{runtime::Instance, workload::Workload};

use crate::{
    components::{Card, Cell, Column, CopyButton, Glyph, Icon, KeyValue, KeyValueList, RelativeTime, Row, Table, time},
    screens::parts::{HealthStatus, kind_badges, version_of},
};

/// What it is.
pub(super) fn about(page: &DeploymentPage) -> AnyView {
    let row = page.row.clone();
    let (runtime, health, revision) =
        (page.placement.runtime.clone(), page.placement.health.clone(), page.revision.clone());
    let artifact = version_of(&row);
    let took = row.finished_at.map(|end| time::span(end - row.requested_at));
    let took = took.map(|took| view! { <KeyValue key="Took">{took}</KeyValue> });
    let previous = page
        .previous
        .clone()
        .map(|link| view! { <KeyValue key="Before"><a href=link.href>{link.title}</a></KeyValue> });
    let url = page.placement.url.clone().map(|url| {
        let words = url.clone();
        view! { <KeyValue key="Address"><a href=url rel="external noopener" target="_blank">{words}</a></KeyValue> }
    });
    let image = page.image.clone();
    let kind = kind_badges(row.intent, row.rollback_of, row.judged.clone());
    let verdict = row.judged.clone().map(|judged| view! { <KeyValue key="Verdict">{judged.because}</KeyValue> });
    let runs = page.placement.current.as_ref().map(|current| {
        let words = if current.id == row.id {
            "This version".to_owned()
        } else {
            String::from("v") + &current.number.to_string()
        };
        let href = current.href.clone();
        view! { <KeyValue key="Runs now"><a href=href>{words}</a></KeyValue> }
    });
    view! {
        <Card title="About">
            <KeyValueList>
                <KeyValue key="Environment">{row.environment.clone()}</KeyValue>
                <KeyValue key="Runtime">{runtime}</KeyValue>
                <KeyValue key="Health now"><HealthStatus health/></KeyValue>
                <KeyValue key="Kind">{kind}</KeyValue>
                {verdict}
                {runs}
                <KeyValue key="Asked for"><RelativeTime at=row.requested_at/></KeyValue>
                {took}
                <KeyValue key="Artifact">{artifact}</KeyValue>
                <KeyValue key="Revision"><span class="mono">{revision}</span></KeyValue>
                <KeyValue key="Image"><span class="mono">{image.clone()}</span>" "<CopyButton text=image label="Copy image"/></KeyValue>
                {previous}
                {url}
            </KeyValueList>
        </Card>
    }
    .into_any()
}

/// What it was told to run.
pub(super) fn workload(workload: &Workload) -> AnyView {
    let workload = workload.clone();
    let Workload { replicas, cpu, memory, port, .. } = workload;
    let health_path = workload.health_path.clone();
    let command = (!workload.command.is_empty())
        .then(|| workload.command.join(" "))
        .map(|command| view! { <KeyValue key="Command"><span class="mono">{command}</span></KeyValue> });
    let variables = workload
        .variables
        .iter()
        .map(|(name, value)| view! { <li class="mono">{[name, "=", value].concat()}</li> })
        .collect_view();
    let secrets = workload
        .secrets
        .iter()
        .map(|(name, secret)| view! { <li class="mono">{[name, " from ", secret].concat()}</li> })
        .collect_view();
    let variables =
        (!workload.variables.is_empty()).then(|| view! { <KeyValue key="Variables"><ul>{variables}</ul></KeyValue> });
    let secrets =
        (!workload.secrets.is_empty()).then(|| view! { <KeyValue key="Secrets"><ul>{secrets}</ul></KeyValue> });
    view! {
        <Card title="Workload">
            <KeyValueList>
                {command}
                <KeyValue key="Instances">{replicas.to_string()}</KeyValue>
                <KeyValue key="CPU">{cpu.to_string()}" of 1024 units a vCPU"</KeyValue>
                <KeyValue key="Memory">{memory.to_string()}" MiB"</KeyValue>
                <KeyValue key="Port">{port.to_string()}</KeyValue>
                <KeyValue key="Health check"><span class="mono">{health_path}</span></KeyValue>
                {variables}
                {secrets}
            </KeyValueList>
        </Card>
    }
    .into_any()
}

/// The commits it brings.
pub(super) fn changes(page: &DeploymentPage) -> Option<AnyView> {
    if page.changes.is_empty() {
        return None;
    }
    let changes = page
        .changes
        .iter()
        .map(|change| {
            let (revision, subject) = change.split_once(' ').unwrap_or(("", change));
            let (revision, subject) = (revision.to_owned(), subject.to_owned());
            view! { <li><Icon glyph=Glyph::Commit/><span class="mono muted">{revision}</span><span>{subject}</span></li> }
        })
        .collect_view();
    let sub = page.previous.as_ref().map(|previous| String::from("Since ") + &previous.title).unwrap_or_default();
    Some(view! { <Card title="Changes it brings" sub><ul class="changes">{changes}</ul></Card> }.into_any())
}

/// Changes that reached production with it for the first time, and how long each took.
pub(super) fn delivered(page: &DeploymentPage) -> Option<AnyView> {
    if page.delivered.is_empty() {
        return None;
    }
    let columns =
        [Column::new("Change"), Column::numeric("Commits"), Column::new("First commit"), Column::numeric("Lead time")];
    let rows = page.delivered.iter().cloned().map(change).collect_view();
    let sub = "Changes that reached production with it for the first time";
    let table = view! { <Table caption="Changes delivered, with their lead times" columns=columns.to_vec() dense=true>{rows}</Table> };
    Some(view! { <Card title="Delivered" sub flush=true>{table}</Card> }.into_any())
}

fn change(change: DeliveredChange) -> impl IntoView {
    view! {
        <Row>
            <th scope="row"><span class="table__name mono">{change.revision}</span></th>
            <Cell label="Commits" numeric=true>{change.commits.to_string()}</Cell>
            <Cell label="First commit"><RelativeTime at=change.first_commit_at/></Cell>
            <Cell label="Lead time" numeric=true>{change.lead}</Cell>
        </Row>
    }
}

/// Tasks or pods as last observed.
pub(super) fn instances(page: &DeploymentPage) -> Option<AnyView> {
    if page.instances.is_empty() {
        return None;
    }
    let columns = ["Instance", "State", "Started", "Why"].map(Column::new).to_vec();
    let rows = page.instances.iter().cloned().map(instance).collect_view();
    Some(
        view! { <Card title="Instances" flush=true><Table caption="Instances as last observed" columns dense=true>{rows}</Table></Card> }
            .into_any(),
    )
}

fn instance(instance: Instance) -> impl IntoView {
    let glyph = if instance.ready { Glyph::CheckCircle } else { Glyph::Clock };
    let ready = if instance.ready { "ready" } else { "not ready" };
    let started = instance.started_at.map(|at| view! { <RelativeTime at=at.as_millis()/> });
    view! {
        <Row>
            <th scope="row"><span class="table__name mono">{instance.id}</span></th>
            <Cell label="State"><span class="instance-state"><Icon glyph/>{[&instance.state, ", ", ready].concat()}</span></Cell>
            <Cell label="Started">{started}</Cell>
            <Cell label="Why" minor=true>{instance.reason}</Cell>
        </Row>
    }
}
