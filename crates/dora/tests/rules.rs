//! Rules of the specification that the worked examples do not reach.

use std::sync::Arc;

use jiff::civil::date;
use slipway_dora::{
    Analysis, Cause, Change, ChangeKind, CommitGraphBuilder, Config, DayRange, Deployment, Events, Id, Incident, Input,
    Instant, Kind, Metric, Metrics, Reason, ServiceInput, Status, Verdict, compute, compute_scope,
};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn success(id: &str, revision: &str, finished: &str) -> Deployment {
    Deployment::new(id, revision, at(finished), Status::Success)
}

fn change(id: &str, landed: &str, first: &str) -> Change {
    Change::new(id, landed, at(first))
}

fn incident(id: &str, detected: &str, resolved: Option<&str>) -> Incident {
    Incident { resolved_at: resolved.map(at), ..Incident::new(id, at(detected)) }
}

fn config() -> Config {
    Config::new("UTC", date(2025, 1, 6), date(2025, 1, 20)).unwrap()
}

fn events(lines: &[&[&str]], deployments: Vec<Deployment>) -> Events {
    let mut builder = CommitGraphBuilder::default();
    for line in lines {
        let ids: Vec<Id> = line.iter().map(|sha| Id::from(*sha)).collect();
        builder.add_line(&ids);
    }
    Events { history: Arc::new(builder.build().unwrap()), deployments, ..Events::default() }
}

fn metrics(events: &Events) -> Metrics {
    compute(&Input { config: config(), events: events.clone() })
}

fn kinds(metrics: &Metrics) -> Vec<(&str, Kind)> {
    metrics.kinds.iter().map(|(id, kind)| (id.as_str(), *kind)).collect()
}

#[test]
fn a_hotfix_branch_delivers_only_what_is_new_and_is_no_rollback() {
    let lines: [&[&str]; 2] = [&["a", "b", "c", "m"], &["a", "h", "m"]];
    let mut e = events(
        &lines,
        vec![
            success("B", "a", "2025-01-06T08:00Z"),
            success("D1", "c", "2025-01-07T08:00Z"),
            success("H", "h", "2025-01-08T08:00Z"),
            success("M", "m", "2025-01-09T08:00Z"),
            success("Back", "c", "2025-01-10T08:00Z"),
        ],
    );
    e.changes = vec![
        change("cb", "b", "2025-01-07T07:00Z"),
        change("ch", "h", "2025-01-08T07:00Z"),
        Change { kind: Some(ChangeKind::Commit), ..change("cm", "m", "2025-01-09T07:00Z") },
        change("ca", "a", "2025-01-01T07:00Z"),
    ];
    let m = metrics(&e);
    assert_eq!(
        kinds(&m),
        [("B", Kind::Normal), ("D1", Kind::Normal), ("H", Kind::Normal), ("M", Kind::Normal), ("Back", Kind::Rollback),]
    );
    // The merge commit and the baseline give no samples.
    assert_eq!(m.lead_time_s.samples, [3600, 3600]);
    assert_eq!(m.cfr.failed_ids, [Id::from("M")]);
    let reasons: Vec<_> = Analysis::new(&config(), &e).explain(Metric::LeadTime).outs;
    let reasons: Vec<_> = reasons.iter().map(|out| (out.id.as_str(), &out.reason)).collect();
    assert_eq!(reasons, [("ca", &Reason::Baseline), ("cm", &Reason::MergeCommit)]);
}

#[test]
fn going_back_to_a_revision_outside_the_line_is_a_rollback_when_it_was_deployed_before() {
    let lines: [&[&str]; 2] = [&["a", "x"], &["a", "y"]];
    let e = events(
        &lines,
        vec![
            success("B", "x", "2025-01-06T08:00Z"),
            success("Y", "y", "2025-01-07T08:00Z"),
            success("X", "x", "2025-01-08T08:00Z"),
        ],
    );
    assert_eq!(kinds(&metrics(&e))[2], ("X", Kind::Rollback));
}

#[test]
fn a_new_configuration_of_the_same_revision_is_a_deployment() {
    let version = |id: &str, finished: &str, version: &str| Deployment {
        version: Some(version.into()),
        ..success(id, "a", finished)
    };
    let e = events(
        &[&["a"]],
        vec![
            version("1", "2025-01-06T08:00Z", "v1"),
            version("2", "2025-01-06T09:00Z", "v2"),
            version("3", "2025-01-06T10:00Z", "v2"),
        ],
    );
    let m = metrics(&e);
    assert_eq!(kinds(&m), [("1", Kind::Normal), ("2", Kind::Normal), ("3", Kind::Noop)]);
    assert_eq!((m.df.count, m.df.noop), (Some(2), 1));
}

#[test]
fn a_cherry_pick_is_one_change_and_a_wrong_clock_is_none() {
    let lines: [&[&str]; 2] = [&["a", "p"], &["a", "q", "r"]];
    let mut e = events(
        &lines,
        vec![
            success("B", "a", "2025-01-06T08:00Z"),
            success("P", "p", "2025-01-07T08:00Z"),
            success("R", "r", "2025-01-08T08:00Z"),
        ],
    );
    let patched =
        |id: &str, landed: &str| Change { patch_id: Some("same".into()), ..change(id, landed, "2025-01-07T07:00Z") };
    e.changes = vec![patched("picked", "q"), patched("original", "p"), change("late", "r", "2025-01-08T09:00Z")];
    let lead = metrics(&e).lead_time_s;
    assert_eq!(lead.samples, [3600]);
    assert_eq!(lead.duplicate_patch, [Id::from("picked")]);
    assert_eq!(lead.invalid_clock, [Id::from("late")]);
}

fn two_deployments() -> Events {
    events(&[&["a", "b", "c"]], vec![success("B", "a", "2025-01-06T08:00Z"), success("D", "b", "2025-01-07T08:00Z")])
}

#[test]
fn links_are_trusted_in_order() {
    let linked = |incident: Incident| {
        let mut e = two_deployments();
        e.incidents = vec![incident];
        metrics(&e).links.into_iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>()
    };
    let base = incident("I", "2025-01-07T09:00Z", Some("2025-01-07T10:00Z"));
    assert_eq!(linked(base.clone()), ["D"]);
    assert_eq!(linked(Incident { root_cause_sha: Some("a".into()), ..base.clone() }), ["B"]);
    assert_eq!(linked(Incident { links: vec!["B".into()], root_cause_sha: Some("b".into()), ..base.clone() }), ["B"]);
    assert_eq!(linked(Incident { links: vec!["unheard-of".into()], ..base.clone() }), [""; 0]);
    let manual = |links: Vec<Id>| Incident { links: vec!["B".into()], manual_links: Some(links), ..base.clone() };
    assert_eq!(linked(manual(vec!["D".into()])), ["D"]);
    assert_eq!(linked(manual(Vec::new())), [""; 0]);
    let external = Incident { cause: Cause::External, ..base.clone() };
    assert_eq!(linked(external.clone()), [""; 0]);
    assert_eq!(linked(Incident { links: vec!["D".into()], ..external }), ["D"]);
}

#[test]
fn a_failed_attempt_counts_only_when_users_saw_it() {
    let failing = Deployment {
        started_at: Some(at("2025-01-08T08:00Z")),
        ..Deployment::new("F", "c", at("2025-01-08T08:30Z"), Status::Failure)
    };
    let mut e = two_deployments();
    e.deployments.push(failing.clone());
    assert_eq!(metrics(&e).cfr.total, 2);
    // An incident while it ran is blamed on it, although D is within its window too.
    e.incidents = vec![incident("I", "2025-01-08T08:00Z", Some("2025-01-08T09:00Z"))];
    let m = metrics(&e);
    assert_eq!((m.cfr.total, m.cfr.failed_ids), (3, vec![Id::from("F")]));
    assert_eq!(m.df.count, Some(2));
    assert_eq!(m.fdrt_s.samples, [(3600, true)]);
    // After it ended the last change deployment is to blame.
    let mut e = two_deployments();
    e.deployments.push(Deployment { exposed: true, ..failing });
    e.incidents = vec![incident("I", "2025-01-07T08:31Z", Some("2025-01-07T09:00Z"))];
    let m = metrics(&e);
    assert_eq!((m.cfr.failed_ids, m.cfr.total), (vec![Id::from("D"), Id::from("F")], 3));
    assert_eq!(m.fdrt_s.unknown_recovery, [Id::from("F")]);
}

#[test]
fn verdicts_win_and_the_latest_counts() {
    let verdict = |hour: i64, failed| Verdict { deployment: "D".into(), at: Some(Instant::from_ms(hour)), failed };
    let mut e = two_deployments();
    e.incidents = vec![incident("I", "2025-01-07T09:00Z", None)];
    e.verdicts = vec![verdict(2, false), verdict(1, true)];
    let m = metrics(&e);
    assert_eq!((m.cfr.failed, m.fdrt_s.n), (0, 0));
    e.incidents.clear();
    e.verdicts = vec![verdict(1, false), verdict(2, true)];
    let m = metrics(&e);
    assert_eq!((m.cfr.failed, m.fdrt_s.n), (1, 0));
    assert_eq!(m.fdrt_s.unknown_recovery, [Id::from("D")]);
}

#[test]
fn a_rollback_that_cures_another_deployment_does_not_blame_the_one_it_replaced() {
    let mut e = two_deployments();
    e.deployments.push(success("E", "c", "2025-01-08T08:00Z"));
    e.deployments.push(Deployment { remediates: vec!["I".into()], ..success("R", "a", "2025-01-09T08:00Z") });
    e.incidents =
        vec![Incident { links: vec!["D".into()], ..incident("I", "2025-01-08T09:00Z", Some("2025-01-09T08:00Z")) }];
    assert_eq!(metrics(&e).cfr.failed_ids, [Id::from("D")]);
    e.deployments[3].remediates.clear();
    assert_eq!(metrics(&e).cfr.failed_ids, [Id::from("D"), Id::from("E")]);
}

#[test]
fn a_failure_resolved_after_the_instant_asked_for_was_open_then() {
    let mut e = two_deployments();
    e.incidents = vec![incident("I", "2025-01-07T08:00Z", Some("2025-01-07T12:00Z"))];
    let as_of = config().as_of(Some(at("2025-01-07T10:00Z")));
    let then = compute(&Input { config: as_of, events: e.clone() });
    assert_eq!(then.fdrt_s.samples, [(7200, false)]);
    assert_eq!((then.fdrt_s.open, then.fdrt_s.median), (1, None));
    // The running week is not over: it enters no median.
    assert_eq!(then.df.weeks, [0; 0]);
    assert_eq!(metrics(&e).fdrt_s.samples, [(14_400, true)]);
}

#[test]
fn frequency_falls_through_the_steps_of_the_survey() {
    let bucket = |dates: &[&str]| {
        let deployments =
            dates.iter().enumerate().map(|(n, d)| success(&format!("d{n}"), &format!("s{n}"), d)).collect();
        let config =
            Config::new("UTC", date(2025, 1, 1), date(2025, 5, 1)).unwrap().observed_from(Some(date(2024, 1, 1)));
        let df = compute(&Input { config, events: events(&[], deployments) }).df;
        (serde_json::to_value(df.bucket).unwrap(), df.months)
    };
    let monthly = ["2025-01-02T08:00Z", "2025-02-03T08:00Z", "2025-03-04T08:00Z", "2025-04-05T08:00Z"];
    assert_eq!(bucket(&monthly), ("week_to_month".into(), vec![1, 1, 1, 1]));
    assert_eq!(bucket(&monthly[..1]).0, "month_to_six_months");
    assert_eq!(bucket(&["2024-10-30T00:00Z"]).0, "month_to_six_months");
    assert_eq!(bucket(&["2024-10-29T23:59Z"]).0, "less_than_six_months");
    assert_eq!(bucket(&[]).0, "less_than_six_months");
}

#[test]
fn a_team_counts_a_service_only_on_the_days_it_owned_it() {
    let service = |name: &str, owned| ServiceInput {
        owned,
        ..ServiceInput::new(
            name,
            events(
                &[&["a", "b"]],
                vec![
                    success(&format!("{name}1"), "a", "2025-01-06T08:00Z"),
                    success(&format!("{name}2"), "b", "2025-01-10T08:00Z"),
                ],
            ),
        )
    };
    let until_the_tenth = DayRange { from: date(2024, 1, 1), to: Some(date(2025, 1, 10)) };
    let scope = compute_scope(&config(), &[service("x", None), service("y", Some(vec![until_the_tenth]))]);
    assert_eq!(scope.pooled.df.count, Some(3));
    assert_eq!(scope.by_service[1].1.df.count, Some(2));
    assert_eq!((scope.spread.services, scope.spread.lead_time_p50_s.without_data), (2, 2));
}
