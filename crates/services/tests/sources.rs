//! What different sources tell of one thing counts once: a history that is imported beside its webhooks, alerts of one failure, and ends
//! that name no beginning. On both databases.

mod common;

use common::{TestWorld, engines::on_each};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use slipway_api_types::{incidents::IncidentRow, insights::Metric, sources::NewSource};
use slipway_domain::{
    access::Role,
    time::{DAY, HOUR, MINUTE, Timestamp},
};
use slipway_dora::explain::Explanation;
use slipway_ports::{forge::Commit, store::sources::DeliveryStatus};
use slipway_services::{
    Caller,
    import::{self, ExportLine, ExportRelation, ExportReport},
    incidents,
    ingest::{self, Receipt},
    insights, reconcile, sources,
};

/// A world with the service `checkout`, and a source.
struct World {
    world: TestWorld,
    admin: Caller,
    source: String,
    headers: HeaderMap,
}

impl World {
    /// `header` is what the source proves itself with.
    async fn new(world: TestWorld, kind: &str, header: &'static str) -> Self {
        let admin = world.person("ada", Role::Administrator, None).await;
        world.service("checkout", json!({"gitlab.com/project-slug": "acme/checkout"})).await;
        let new = NewSource { name: "Theirs".to_owned(), kind: kind.to_owned(), ..NewSource::default() };
        let made = sources::make(&world.slipway, &admin, &new).await.unwrap();
        let source = made.href.trim_start_matches("/settings/sources/").to_owned();
        let secret = made.lines[1].1.clone();
        let secret = if header == "authorization" { format!("Bearer {secret}") } else { secret };
        let headers = [(header.parse().unwrap(), HeaderValue::from_str(&secret).unwrap())].into_iter().collect();
        Self { world, admin, source, headers }
    }

    fn at(&self, before: i64) -> Timestamp {
        self.world.slipway.clock.now().plus(-before)
    }

    /// As the sources write it.
    fn ago(&self, before: i64) -> String {
        self.at(before).to_rfc3339()
    }

    async fn send(&self, body: &Value) -> Receipt {
        let body = body.to_string();
        ingest::receive(&self.world.slipway, &self.source, &self.headers, body.as_bytes()).await.unwrap()
    }

    async fn close(&self, issue: &str) -> Receipt {
        ingest::close_issue(&self.world.slipway, &self.source, &self.headers, issue).await.unwrap()
    }

    async fn sample(&self, metric: Metric) -> String {
        let panel = insights::panel_of(&self.world.slipway, &self.admin, "checkout").await.unwrap();
        panel.tiles.into_iter().find(|tile| tile.metric == metric).unwrap().sample
    }

    /// A metric of the last thirty days, down to the events.
    async fn explain(&self, metric: slipway_dora::Metric) -> Explanation {
        let day = |before: i64| self.ago(before).get(..10).unwrap().parse().unwrap();
        let question = insights::Question { service: "checkout", from: day(30 * DAY), to: day(0) };
        insights::explain(&self.world.slipway, &self.admin, question, metric).await.unwrap().explanation
    }

    async fn incidents(&self) -> Vec<IncidentRow> {
        incidents::page(&self.world.slipway, &self.admin, "yes", "").await.unwrap().items
    }
}

fn sha(number: u32) -> String {
    format!("{number:040x}")
}

/// What GitLab knows of two deployments, the merge request that the second brought, and the incident that followed it.
struct GitLab<'w>(&'w World);

impl GitLab<'_> {
    const PROJECT: u32 = 30;

    async fn webhooks(&self) {
        let project = json!({"id": Self::PROJECT, "path_with_namespace": "acme/checkout", "default_branch": "main"});
        for (id, days) in [(1, 20), (2, 10)] {
            self.0
                .send(&json!({
                    "object_kind": "deployment", "status": "success", "status_changed_at": self.0.ago(days * DAY),
                    "deployment_id": id, "environment": "production", "environment_tier": "production", "project": project,
                    "commit_url": format!("https://gitlab.example/acme/checkout/-/commit/{}", sha(id)), "ref": "main",
                }))
                .await;
        }
        let request = json!({
            "object_kind": "merge_request", "project": project, "labels": [],
            "object_attributes": {"iid": 5, "action": "merge", "created_at": self.0.ago(12 * DAY),
                "updated_at": self.0.ago(11 * DAY), "merge_commit_sha": sha(2), "target_branch": "main",
                "source_branch": "work", "last_commit": {"id": sha(90), "timestamp": self.0.ago(12 * DAY)}},
        });
        self.0.send(&request).await;
        let incident = json!({
            "object_kind": "work_item", "project": project, "labels": [],
            "object_attributes": {"iid": 7, "type": "Incident", "title": "Checkout is down", "state": "closed",
                "action": "close", "created_at": self.0.ago(10 * DAY - HOUR), "closed_at": self.0.ago(10 * DAY - 2 * HOUR),
                "updated_at": self.0.ago(10 * DAY - 2 * HOUR)},
        });
        assert_eq!(self.0.send(&incident).await.status, DeliveryStatus::Taken);
    }

    /// With a deployment more: one from before there was a webhook.
    fn lines(&self) -> Vec<ExportLine> {
        let pipeline = |iid: u32, revision: u32, at: i64| {
            let job = json!({"name": "deploy", "status": "success", "environment": "production",
                "started_at": self.0.ago(at + MINUTE), "finished_at": self.0.ago(at)});
            json!({"iid": iid, "project_id": Self::PROJECT, "sha": sha(revision), "ref": "main",
                "stages": [{"name": "deploy", "builds": [job]}]})
        };
        let request = json!({
            "iid": 5, "target_project_id": Self::PROJECT, "state": "merged", "target_branch": "main",
            "source_branch": "work", "created_at": self.0.ago(12 * DAY), "updated_at": self.0.ago(11 * DAY),
            "merge_commit_sha": sha(2), "diff_head_sha": sha(90), "metrics": {"merged_at": self.0.ago(11 * DAY)},
            "merge_request_diff": {"merge_request_diff_commits": [
                {"sha": sha(90), "authored_date": self.0.ago(13 * DAY), "relative_order": 0}]},
        });
        let incident = json!({
            "iid": 7, "project_id": Self::PROJECT, "issue_type": "incident", "title": "Checkout is down",
            "state": "closed", "created_at": self.0.ago(10 * DAY - HOUR), "closed_at": self.0.ago(10 * DAY - 2 * HOUR),
            "updated_at": self.0.ago(10 * DAY - 2 * HOUR),
        });
        let line = |relation, number, body: Value| ExportLine { relation, number, text: body.to_string().into_bytes() };
        vec![
            line(ExportRelation::MergeRequests, 1, request),
            line(ExportRelation::Issues, 1, incident),
            line(ExportRelation::Pipelines, 1, pipeline(100, 100, 25 * DAY)),
            // The hook says when the deployment ended, the job when the job did.
            line(ExportRelation::Pipelines, 2, pipeline(101, 1, 20 * DAY - MINUTE)),
            line(ExportRelation::Pipelines, 3, pipeline(102, 2, 10 * DAY + MINUTE)),
        ]
    }

    async fn export(&self) -> ExportReport {
        let commit = |number: u32, parents: &[u32], days: i64| Commit {
            sha: sha(number),
            parents: parents.iter().map(|parent| sha(*parent)).collect(),
            author: "Somebody".to_owned(),
            authored_at: self.0.at(days * DAY),
            committed_at: self.0.at(days * DAY),
            subject: "A change".to_owned(),
        };
        let history = [commit(100, &[], 26), commit(1, &[100], 21), commit(90, &[1], 13), commit(2, &[1, 90], 11)];
        let lines = self.lines().into_iter().map(Ok);
        import::gitlab_export(&self.0.world.slipway, &import::operator(), "checkout", &history, lines).await.unwrap()
    }

    async fn counted_once(&self) {
        assert_eq!(self.0.sample(Metric::DeploymentFrequency).await, "n = 3 deployments in 30 days");
        // One landed at each deployment after the first: a commit of its own, and the merge request with its commit.
        assert_eq!(self.0.sample(Metric::LeadTime).await, "n = 2 changes");
        assert_eq!(self.0.explain(slipway_dora::Metric::ChangeFailRate).await.value, Some(1.0 / 3.0));
        let titles: Vec<String> = self.0.incidents().await.into_iter().map(|row| row.title).collect();
        assert_eq!(titles, ["Checkout is down"]);
    }
}

#[tokio::test]
async fn an_export_beside_its_webhooks_counts_once() {
    on_each("an_export_beside_its_webhooks_counts_once", async |world| {
        let world = World::new(world, "gitlab", "x-gitlab-token").await;
        let gitlab = GitLab(&world);
        gitlab.webhooks().await;
        assert_eq!(world.sample(Metric::DeploymentFrequency).await, "n = 2 deployments in 30 days");
        let report = gitlab.export().await;
        assert_eq!((report.lines, report.commits), (5, 4));
        assert_eq!((report.changes, report.deployments, report.incidents), (1, 3, 1));
        gitlab.counted_once().await;
        assert_eq!(gitlab.export().await.new_events, 0);
        gitlab.counted_once().await;
    })
    .await;
}

#[tokio::test]
async fn a_webhook_after_the_export_of_the_same_counts_once() {
    on_each("a_webhook_after_the_export_counts_once", async |world| {
        let world = World::new(world, "gitlab", "x-gitlab-token").await;
        let gitlab = GitLab(&world);
        gitlab.export().await;
        assert_eq!(world.sample(Metric::DeploymentFrequency).await, "n = 3 deployments in 30 days");
        gitlab.webhooks().await;
        gitlab.counted_once().await;
        let before = world.world.store.begin_read().await.unwrap().delivery_events(None).await.unwrap().len();
        let broken = ExportLine { relation: ExportRelation::Issues, number: 2, text: b"{\"iid\":".to_vec() };
        let lines = gitlab.lines().into_iter().chain([broken]).map(Ok);
        let slipway = &world.world.slipway;
        let error = import::gitlab_export(slipway, &import::operator(), "checkout", &[], lines).await.unwrap_err();
        assert!(error.message.starts_with("issues.ndjson, line 2: "), "{}", error.message);
        let error =
            import::gitlab_export(slipway, &import::operator(), "nobody", &[], [].into_iter()).await.unwrap_err();
        assert_eq!(error.fields[0].field, "service");
        let after = world.world.store.begin_read().await.unwrap().delivery_events(None).await.unwrap().len();
        assert_eq!(before, after);
    })
    .await;
}

#[tokio::test]
async fn devlake_closes_an_issue_without_a_body() {
    on_each("devlake_closes_an_issue_without_a_body", async |world| {
        let mut world = World::new(world, "devlake", "authorization").await;
        let issue = |world: &World, key: &str| {
            json!({"issueKey": key, "title": "Checkout is down", "type": "INCIDENT", "status": "TODO", "component": "checkout",
                "createdDate": world.ago(HOUR), "updatedDate": world.ago(HOUR)})
        };
        // It may come before what it closes.
        let (early, early_at) = (world.close("DLK-12").await, world.at(0));
        assert_eq!(early.status, DeliveryStatus::Unmatched);
        assert!(early.note.unwrap().contains("DLK-12"));
        world.world.clock.advance(MINUTE);
        let closed_at = world.at(0);
        world.send(&issue(&world, "DLK-1")).await;
        let told = world.close("DLK-1").await;
        assert_eq!((told.status, told.events), (DeliveryStatus::Taken, 1));
        let rows = world.incidents().await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].title.as_str(), rows[0].resolved_at), ("Checkout is down", Some(closed_at.as_millis())));
        // A second time, later: it stays closed when it was.
        world.world.clock.advance(MINUTE);
        assert_eq!(world.close("DLK-1").await.events, 0);
        assert_eq!(world.incidents().await[0].resolved_at, Some(closed_at.as_millis()));

        world.send(&issue(&world, "DLK-12")).await;
        world.world.clock.advance(HOUR);
        assert_eq!(reconcile::pass_ingest(world.world.slipway.clone()).await.unwrap(), 1);
        let ends: Vec<Option<i64>> = world.incidents().await.iter().map(|row| row.resolved_at).collect();
        assert!(ends.contains(&Some(early_at.as_millis())) && !ends.contains(&None), "{ends:?}");

        world.headers.insert("authorization", HeaderValue::from_static("Bearer wrong"));
        let refused = ingest::close_issue(&world.world.slipway, &world.source, &world.headers, "DLK-1").await;
        assert!(refused.unwrap_err().message.contains("not believed"));
    })
    .await;
}

#[tokio::test]
async fn an_alarm_that_lost_its_data_ends_when_it_is_well() {
    on_each("an_alarm_that_lost_its_data_ends", async |world| {
        let world = World::new(world, "eventbridge", "x-api-key").await;
        let event = |id: u32, value: &str, at: i64, before: &str, before_at: i64| {
            json!({"version": "0", "id": id.to_string(), "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
                "account": "123456789012", "time": world.ago(at), "region": "eu-west-1",
                "resources": ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx"],
                "detail": {"alarmName": "checkout-5xx", "alarmTags": {"service": "checkout"},
                    "state": {"value": value, "timestamp": world.ago(at)},
                    "previousState": {"value": before, "timestamp": world.ago(before_at)}}})
        };
        // Well without ever having been heard of.
        let well = world.send(&event(1, "OK", 9 * HOUR, "INSUFFICIENT_DATA", 10 * HOUR)).await;
        assert_eq!((well.status, well.note), (DeliveryStatus::Ignored, None));
        world.send(&event(2, "ALARM", 8 * HOUR, "OK", 9 * HOUR)).await;
        world.send(&event(3, "INSUFFICIENT_DATA", 7 * HOUR, "ALARM", 8 * HOUR)).await;
        world.send(&event(4, "ALARM", 6 * HOUR, "INSUFFICIENT_DATA", 7 * HOUR)).await;
        assert_eq!(world.incidents().await.iter().filter(|row| row.resolved_at.is_none()).count(), 2);
        world.send(&event(5, "INSUFFICIENT_DATA", 5 * HOUR, "ALARM", 6 * HOUR)).await;
        let well = world.send(&event(6, "OK", 4 * HOUR, "INSUFFICIENT_DATA", 5 * HOUR)).await;
        assert_eq!((well.status, well.events), (DeliveryStatus::Taken, 2));
        let ends: Vec<Option<i64>> = world.incidents().await.iter().map(|row| row.resolved_at).collect();
        assert_eq!(ends, [Some(world.at(4 * HOUR).as_millis()); 2]);
    })
    .await;
}

#[tokio::test]
async fn alerts_of_one_group_are_one_failure() {
    on_each("alerts_of_one_group_are_one_failure", async |world| {
        let world = World::new(world, "alertmanager", "authorization").await;
        let tag = |n: i64| import::Tag { name: format!("v{n}"), sha: format!("{n:040x}"), at: world.at(n * DAY) };
        let tags = vec![tag(9), tag(6), tag(3)];
        import::git(&world.world.slipway, &import::operator(), "checkout", None, Vec::new(), tags).await.unwrap();
        let alert = |name: &str, from: i64, to: i64| {
            json!({"status": "resolved", "labels": {"alertname": name, "service": "checkout"},
                "annotations": {"summary": format!("{name} of checkout")}, "startsAt": world.ago(from), "endsAt": world.ago(to),
                "fingerprint": name})
        };
        // Two that overlap, and one that follows within ten minutes: all after the second deployment.
        let group = json!({"version": "4", "groupKey": "{}:{service=\"checkout\"}", "status": "resolved", "alerts": [
            alert("latency", 6 * DAY - HOUR, 6 * DAY - 3 * HOUR),
            alert("errors", 6 * DAY - 2 * HOUR, 6 * DAY - 4 * HOUR),
            alert("saturation", 6 * DAY - 4 * HOUR - 9 * MINUTE, 6 * DAY - 5 * HOUR),
        ]});
        assert_eq!(world.send(&group).await.events, 3);
        let recovery = world.explain(slipway_dora::Metric::RecoveryTime).await;
        assert_eq!(recovery.ins.len(), 1, "{:?}", recovery.ins);
        // From the deployment to the end of the last of them.
        assert_eq!(recovery.value, Some(5.0 * 3_600.0));
        assert_eq!(world.explain(slipway_dora::Metric::ChangeFailRate).await.value, Some(1.0 / 3.0));
        let mut titles: Vec<String> = world.incidents().await.into_iter().map(|row| row.title).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["errors of checkout", "latency of checkout", "saturation of checkout"]);
    })
    .await;
}
