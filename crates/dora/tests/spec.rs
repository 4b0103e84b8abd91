//! The specification rule by rule, through the file form that `slipway dora compute` reads.

use serde_json::{Value, json};
use slipway_dora::compute_examples;

/// UTC, two ISO weeks from Monday 2025-01-06 on.
const FORTNIGHT: &str = r#"{"tz":"UTC","from":"2025-01-06","to":"2025-01-20"}"#;
/// A line of commits; `a` is the baseline of most tests.
const LINE: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// "07 10:30" in January 2025.
fn jan(day: &str) -> String {
    let (day, time) = day.split_once(' ').unwrap();
    format!("2025-01-{day}T{time}Z")
}

fn success(id: &str, revision: &str, finished: &str) -> Value {
    json!({"id": id, "revision": revision, "finished_at": jan(finished), "status": "success"})
}

/// The first with the fields of the second.
fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

fn change(id: &str, landed: &str, first: &str) -> Value {
    json!({"id": id, "landed": landed, "first_commit_at": jan(first)})
}

fn incident(id: &str, detected: &str, resolved: &str) -> Value {
    json!({"id": id, "detected_at": jan(detected), "resolved_at": jan(resolved)})
}

fn compute(config: &str, example: Value) -> Value {
    let config: Value = serde_json::from_str(config).unwrap();
    let example = with(json!({"id": "x", "config": config, "histories": [LINE]}), example);
    let answer = compute_examples(&json!({"examples": [example]}).to_string()).unwrap();
    answer["examples"][0]["result"].clone()
}

fn fortnight(example: Value) -> Value {
    compute(FORTNIGHT, example)
}

fn baseline() -> Value {
    success("B", "a", "02 08:00")
}

#[test]
fn a_restart_is_a_noop_and_counts_nowhere() {
    let r = fortnight(json!({"deployments": [
        baseline(), success("D", "b", "07 08:00"), success("N", "b", "08 08:00"),
        with(success("R", "b", "09 08:00"), json!({"rollback": true})),
        with(success("V", "b", "10 08:00"), json!({"version": "v2"})),
        with(success("W", "b", "11 08:00"), json!({"version": "v2", "hotfix": true})),
    ], "changes": [change("C", "b", "07 07:00")]}));
    let kinds = json!({"B": "normal", "D": "normal", "N": "noop", "R": "rollback", "V": "normal", "W": "noop"});
    assert_eq!(r["kinds"], kinds);
    assert_eq!((&r["df"]["count"], &r["df"]["noop"], &r["df"]["rollbacks"]), (&json!(2), &json!(2), &json!(1)));
    assert_eq!(r["cfr"]["total"], 2);
    // D, R and V: a noop is in no denominator; the flagged rollback replaced D.
    assert_eq!(r["rework"], json!({"rework": 1, "total": 3, "rate": 0.333333, "wilson95": r["rework"]["wilson95"]}));
    assert_eq!(r["cfr"]["failed_ids"], json!(["D"]));
    assert_eq!(r["lead_time_s"]["samples"], json!([3600]));
}

#[test]
fn only_production_enters_by_tier_or_by_the_environments_name() {
    let to = |id: &str, revision: &str, day: &str, more: Value| with(success(id, revision, day), more);
    let r = fortnight(json!({"deployments": [
        baseline(),
        to("S", "b", "07 08:00", json!({"tier": "staging"})),
        to("P", "b", "07 09:00", json!({"environment": "prod-eu"})),
        to("Q", "c", "08 09:00", json!({"environment": "preprod"})),
        to("T", "d", "09 09:00", json!({"environment": "preprod", "tier": "production"})),
    ]}));
    assert_eq!(r["kinds"], json!({"B": "normal", "P": "normal", "T": "normal"}));
}

#[test]
fn a_retry_is_the_same_deployment_and_a_second_success_is_ignored() {
    let r = fortnight(json!({"deployments": [
        baseline(),
        {"id": "D", "revision": "b", "status": "in_progress"},
        {"id": "D", "revision": "b", "status": "failure", "finished_at": jan("07 08:00")},
        success("D", "b", "07 09:00"), success("D", "b", "07 10:00"),
        {"id": "X", "revision": "c", "status": "cancelled", "finished_at": jan("08 08:00")},
        {"id": "Y", "revision": "c", "status": "queued"},
    ], "changes": [change("C", "b", "07 08:00")]}));
    assert_eq!((&r["df"]["count"], &r["lead_time_s"]["samples"]), (&json!(1), &json!([3600])));
    assert_eq!(r["cfr"]["total"], 1);
}

#[test]
fn a_group_is_one_deployment_from_its_first_start_to_its_last_end() {
    let member = |id: &str, revision: &str, started: &str, finished: &str, group: &str| {
        with(success(id, revision, finished), json!({"group": group, "started_at": jan(started)}))
    };
    let r = fortnight(json!({"deployments": [
        baseline(),
        member("eu", "b", "07 08:00", "07 08:10", "run-1"), member("us", "b", "07 09:00", "07 09:30", "run-1"),
        member("eu2", "c", "08 08:00", "08 08:10", "run-2"),
        with(member("us2", "c", "08 09:00", "08 09:30", "run-2"), json!({"status": "failure"})),
    ], "changes": [change("C", "b", "07 08:30"), change("late", "c", "08 07:00")],
    "incidents": [
        // During the roll-out, before its end; named by a member; during the failed roll-out.
        incident("I", "07 08:05", "07 09:00"), with(incident("J", "12 08:00", "12 09:00"), json!({"links": ["us"]})),
        incident("K", "08 08:30", "08 09:00"),
    ]}));
    assert_eq!(r["kinds"], json!({"B": "normal", "run-1": "normal"}));
    assert_eq!(r["lead_time_s"]["first_deployed_by"], json!({"C": "run-1"}));
    assert_eq!(r["lead_time_s"]["samples"], json!([3600]));
    assert_eq!(r["links"], json!({"run-1": ["I", "J"], "run-2": ["K"]}));
    assert_eq!((&r["cfr"]["total"], &r["df"]["count"]), (&json!(2), &json!(1)));
    // An alert during the roll-out starts the clock: 08:05 to the 12th 09:00; and 08:30 to 09:00.
    assert_eq!(r["fdrt_s"]["samples"], json!([[1800, true], [435_300, true]]));
}

#[test]
fn an_inferred_rollback_fails_what_it_replaced_and_delivers_nothing() {
    let r = fortnight(json!({"deployments": [
        baseline(), success("D1", "b", "07 08:00"), success("D2", "d", "08 08:00"), success("R", "b", "08 09:00"),
        success("R2", "a", "08 10:00"), success("D3", "d", "09 08:00"), success("D4", "e", "10 08:00"),
    ], "changes": [change("C", "c", "08 07:00"), change("E", "e", "10 07:00")]}));
    // R2 goes further back, and what it replaces is itself a rollback: nobody more has failed.
    assert_eq!(r["kinds"]["R2"], "rollback");
    assert_eq!(r["cfr"]["failed_ids"], json!(["D2"]));
    assert_eq!(r["fdrt_s"]["samples"], json!([[3600, true]]));
    // Forward again to what was deployed before: `live` is its ancestor, so that is no rollback; and delivers nothing.
    assert_eq!(r["kinds"]["D3"], "normal");
    assert_eq!(r["lead_time_s"]["first_deployed_by"], json!({"C": "D2", "E": "D4"}));
    assert_eq!(r["lead_time_s"]["samples"], json!([3600, 3600]));
}

#[test]
fn revisions_without_a_history_still_go_back() {
    let r = fortnight(json!({"histories": [], "deployments": [
        baseline(), success("D", "b", "07 08:00"), success("R", "a", "08 08:00"), success("E", "new", "09 08:00"),
    ]}));
    assert_eq!(r["kinds"], json!({"B": "normal", "D": "normal", "R": "rollback", "E": "normal"}));
}

#[test]
fn a_hotfix_is_flagged_or_mends_an_incident() {
    let r = fortnight(json!({"deployments": [
        baseline(), with(success("D", "b", "07 08:00"), json!({"hotfix": true})),
        with(success("E", "c", "08 08:00"), json!({"remediates": ["I"]})), success("F", "d", "09 08:00"),
    ]}));
    assert_eq!(r["kinds"], json!({"B": "normal", "D": "hotfix", "E": "hotfix", "F": "normal"}));
    assert_eq!((&r["rework"]["rework"], &r["rework"]["total"]), (&json!(2), &json!(3)));
}

#[test]
fn one_deployment_with_many_changes_gives_many_samples() {
    let r = fortnight(json!({"deployments": [baseline(), success("D", "d", "07 08:00")], "changes": [
        with(change("P", "b", "07 04:00"), json!({"commits": [jan("07 04:00"), jan("07 06:00")],
            "opened_at": jan("07 05:00"), "merged_at": jan("07 07:00")})),
        change("Q", "c", "07 07:00"), change("R", "d", "07 08:00"), change("ahead", "e", "07 01:00"),
        change("old", "a", "01 01:00"),
    ]}));
    let lead = &r["lead_time_s"];
    // Zero is a sample; the baseline's change and what is not delivered are none.
    assert_eq!(lead["samples"], json!([0, 3600, 14_400]));
    assert_eq!((&lead["p50"], &lead["p75"], &lead["p90"]), (&json!(3600), &json!(9000), &json!(12_240)));
    assert_eq!(lead["per_commit_p50"], 5400);
    assert_eq!(lead["merge_to_deploy_p50"], 3600);
    assert_eq!(lead["stages"], json!({"n": 1, "coding_p50": 3600, "review_p50": 7200, "waiting_p50": 3600}));
    assert_eq!(r["coverage"]["undelivered_changes"], 1);
    assert_eq!(r["coverage"]["oldest_undelivered_at"], "2025-01-07T01:00:00Z");
}

#[test]
fn a_change_keeps_its_first_delivery_and_a_failed_attempt_delivers_nothing() {
    let r = fortnight(json!({"deployments": [
        baseline(), with(success("F", "b", "07 08:00"), json!({"status": "error"})), success("D", "b", "07 10:00"),
        success("R", "a", "07 11:00"), success("E", "c", "08 08:00"),
    ], "changes": [change("C", "b", "07 09:00"), change("C2", "c", "08 06:00")]}));
    assert_eq!(r["lead_time_s"]["first_deployed_by"], json!({"C": "D", "C2": "E"}));
    assert_eq!(r["lead_time_s"]["samples"], json!([3600, 7200]));
}

#[test]
fn the_second_commit_of_a_patch_is_no_sample_even_after_the_baseline() {
    let patch = |id: &str, landed: &str, first: &str| with(change(id, landed, first), json!({"patch_id": "p"}));
    let lines = json!([["a", "b", "c"], ["a", "x"]]);
    let later = json!({"histories": lines, "deployments": [
        baseline(), success("H", "x", "07 08:00"), success("D", "c", "08 08:00"),
    ], "changes": [patch("pick", "x", "06 08:00"), patch("orig", "b", "06 08:00"), change("C", "c", "08 07:00")]});
    let r = fortnight(later);
    assert_eq!(r["lead_time_s"]["duplicate_patch"], json!(["orig"]));
    assert_eq!(r["lead_time_s"]["samples"], json!([3600, 86_400]));
    let r = fortnight(json!({"deployments": [baseline(), success("D", "b", "07 08:00")],
        "changes": [patch("orig", "a", "01 08:00"), patch("again", "b", "07 07:00")]}));
    assert_eq!((&r["lead_time_s"]["n"], &r["lead_time_s"]["duplicate_patch"]), (&json!(0), &json!(["again"])));
}

#[test]
fn negative_clocks_are_left_out_and_named() {
    let r = fortnight(json!({"deployments": [baseline(), success("D", "b", "07 08:00")],
        "changes": [change("C", "b", "07 08:01")], "incidents": [incident("I", "07 09:00", "07 07:00")]}));
    assert_eq!((&r["lead_time_s"]["n"], &r["lead_time_s"]["invalid_clock"]), (&json!(0), &json!(["C"])));
    assert_eq!(r["cfr"]["failed_ids"], json!(["D"]));
    assert_eq!((&r["fdrt_s"]["n"], &r["fdrt_s"]["unknown_recovery"]), (&json!(0), &json!(["D"])));
}

#[test]
fn both_ends_of_the_attribution_window_are_inclusive_and_the_latest_start_wins() {
    let started = |id: &str, rev: &str, s: &str, f: &str| with(success(id, rev, f), json!({"started_at": jan(s)}));
    let links = |config: &str, incidents: Value| {
        let example = json!({"deployments": [
            baseline(), started("D1", "c", "07 08:00", "07 12:00"), started("D2", "b", "07 09:00", "07 10:00"),
        ], "incidents": incidents});
        compute(config, example)["links"].clone()
    };
    let at = |day: &str| json!([incident("I", day, "20 00:00")]);
    assert_eq!(links(FORTNIGHT, at("07 08:00:00")), json!({"D1": ["I"]}));
    assert_eq!(links(FORTNIGHT, at("07 07:59:59")), json!({}));
    assert_eq!(links(FORTNIGHT, at("07 09:00:00")), json!({"D2": ["I"]}));
    // D2 ended two hours before D1 but started later; its own window is over first.
    assert_eq!(links(FORTNIGHT, at("08 10:00:00")), json!({"D2": ["I"]}));
    assert_eq!(links(FORTNIGHT, at("08 10:00:00.001")), json!({"D1": ["I"]}));
    assert_eq!(links(FORTNIGHT, at("08 12:00:00.001")), json!({}));
    let hour = r#"{"tz":"UTC","from":"2025-01-06","to":"2025-01-20","attribution_window_s":3600}"#;
    assert_eq!(links(hour, at("07 11:00")), json!({"D2": ["I"]}));
    assert_eq!(links(hour, at("07 11:01")), json!({"D1": ["I"]}));
    assert_eq!(links(hour, at("07 13:01")), json!({}));
    // The known impact decides, not the detection.
    let impact = with(incident("I", "09 08:00", "20 00:00"), json!({"impact_started_at": jan("07 08:30")}));
    assert_eq!(links(FORTNIGHT, json!([impact])), json!({"D1": ["I"]}));
}

#[test]
fn a_late_alert_after_a_rollback_blames_the_deployment_and_not_the_cure() {
    let r = fortnight(json!({"deployments": [
        baseline(), success("D", "b", "07 08:00"), success("R", "a", "07 09:00"), success("N", "a", "07 10:00"),
    ], "incidents": [incident("I", "07 11:00", "07 12:00")]}));
    assert_eq!(r["links"], json!({"D": ["I"]}));
    assert_eq!(r["fdrt_s"]["samples"], json!([[14_400, true]]));
}

#[test]
fn links_are_trusted_in_order_manual_explicit_inferred() {
    let linked = |more: Value| {
        let example = json!({"deployments": [baseline(), success("D", "b", "07 08:00"), success("E", "c", "08 08:00")],
            "incidents": [with(incident("I", "08 09:00", "08 10:00"), more)]});
        fortnight(example)["links"].clone()
    };
    assert_eq!(linked(json!({})), json!({"E": ["I"]}));
    assert_eq!(linked(json!({"root_cause_sha": "b"})), json!({"D": ["I"]}));
    assert_eq!(linked(json!({"links": ["D"], "root_cause_sha": "c"})), json!({"D": ["I"]}));
    assert_eq!(linked(json!({"links": ["D", "E"]})), json!({"D": ["I"], "E": ["I"]}));
    assert_eq!(linked(json!({"links": [], "cause": "external"})), json!({}));
    assert_eq!(linked(json!({"links": ["D"], "cause": "external"})), json!({"D": ["I"]}));
    assert_eq!(linked(json!({"links": ["D"], "manual_links": []})), json!({}));
    assert_eq!(linked(json!({"cause": "external", "manual_links": ["E"]})), json!({"E": ["I"]}));
}

#[test]
fn explicit_artifacts_and_commits_of_failed_attempts_are_found() {
    let versioned = |id: &str, rev: &str, at: &str, v: &str| with(success(id, rev, at), json!({"version": v}));
    let r = fortnight(json!({"deployments": [
        baseline(), versioned("D", "b", "07 08:00", "sha256:1"), versioned("E", "c", "08 08:00", "sha256:2"),
        with(success("F", "d", "09 08:00"), json!({"status": "failure"})), success("G", "d", "09 12:00"),
    ], "incidents": [
        with(incident("I", "08 09:00", "08 10:00"), json!({"root_cause_artifact": "sha256:1"})),
        with(incident("J", "09 09:00", "09 10:00"), json!({"root_cause_sha": "d"})),
    ]}));
    assert_eq!(r["links"], json!({"D": ["I"], "F": ["J"]}));
    assert_eq!(r["cfr"]["failed_ids"], json!(["D", "F"]));
}

#[test]
fn many_incidents_are_one_failed_deployment_from_first_onset_to_last_end() {
    let r = fortnight(json!({"deployments": [baseline(), success("D", "b", "07 08:00")], "incidents": [
        incident("I", "07 08:30", "07 09:00"),
        with(incident("J", "07 09:00", "07 12:00"), json!({"impact_started_at": jan("07 08:10")})),
    ]}));
    assert_eq!((&r["cfr"]["failed"], &r["cfr"]["rate"]), (&json!(1), &json!(1.0)));
    // I has no known onset, so D's end is: 08:00 to 12:00.
    assert_eq!(r["fdrt_s"]["samples"], json!([[14_400, true]]));
}

#[test]
fn a_verdict_overrules_and_alone_knows_no_recovery() {
    let r = fortnight(json!({"deployments": [
        baseline(), success("D", "b", "07 08:00"), success("E", "c", "09 08:00"), success("F", "d", "11 08:00"),
        success("R", "c", "11 09:00"),
    ], "incidents": [incident("I", "07 09:00", "07 10:00")], "verdicts": {"D": false, "E": true, "F": false}}));
    assert_eq!((&r["cfr"]["failed_ids"], &r["cfr"]["total"]), (&json!(["E"]), &json!(3)));
    assert_eq!((&r["fdrt_s"]["n"], &r["fdrt_s"]["unknown_recovery"]), (&json!(0), &json!(["E"])));
}

#[test]
fn open_failures_are_censored_at_as_of() {
    let config = r#"{"tz":"UTC","from":"2025-01-06","to":"2025-01-20","as_of":"2025-01-18T08:00Z"}"#;
    let open = |id: &str, at: &str| json!({"id": id, "detected_at": jan(at), "resolved_at": null});
    let deployments = json!([baseline(), success("D", "b", "07 08:00"), success("E", "c", "10 08:00")]);
    let r = compute(
        config,
        json!({"deployments": deployments,
        "incidents": [incident("I", "07 08:00", "07 09:00"), open("J", "10 08:30")]}),
    );
    assert_eq!(r["fdrt_s"]["samples"], json!([[3600, true], [691_200, false]]));
    // Half recovered, half not yet: the curve never gets below one half.
    assert_eq!((&r["fdrt_s"]["n"], &r["fdrt_s"]["open"], &r["fdrt_s"]["median"]), (&json!(2), &json!(1), &json!(null)));
    // What ended after the instant asked for was open then; and one open incident keeps its deployment open.
    let r = compute(
        config,
        json!({"deployments": deployments,
        "incidents": [incident("I", "07 08:00", "18 09:00"), incident("J", "10 08:00", "10 09:00"), open("K", "10 09:00")]}),
    );
    assert_eq!(r["fdrt_s"]["open"], 2);
    // The week that as_of falls into is not complete.
    assert_eq!(r["df"]["weeks"], json!([2]));
}

#[test]
fn windows_are_half_open_in_the_reporting_zone() {
    let auckland = r#"{"tz":"Pacific/Auckland","from":"2025-01-06","to":"2025-01-20","observed_from":"2025-01-01"}"#;
    // Midnight there is 11:00 the day before in UTC.
    let r = compute(
        auckland,
        json!({"histories": [], "deployments": [
            success("before", "a", "05 10:59:59.999"), success("first", "b", "05 11:00"),
            success("last", "c", "19 10:59:59.999"), success("after", "d", "19 11:00"),
        ]}),
    );
    assert_eq!((&r["df"]["count"], &r["df"]["weeks"]), (&json!(2), &json!([1, 1])));
}

#[test]
fn days_are_calendar_days_whatever_the_clocks_do() {
    let berlin = |from: &str, to: &str| {
        format!(r#"{{"tz":"Europe/Berlin","from":"{from}","to":"{to}","observed_from":"2024-01-01"}}"#)
    };
    let at = |id: &str, at: &str| json!({"id": id, "revision": id, "finished_at": at, "status": "success"});
    // Spring: Sunday has 23 hours. Autumn: Sunday has 25.
    let spring = compute(
        &berlin("2025-03-24", "2025-03-31"),
        json!({"histories": [], "deployments": [
            at("1", "2025-03-23T23:00Z"), at("2", "2025-03-30T21:59:59Z"), at("3", "2025-03-30T22:00Z"),
        ]}),
    );
    assert_eq!((&spring["df"]["count"], &spring["df"]["days"]), (&json!(2), &json!(7)));
    let autumn = compute(
        &berlin("2025-10-20", "2025-10-27"),
        json!({"histories": [], "deployments": [
            at("1", "2025-10-19T22:00Z"), at("2", "2025-10-26T00:30Z"), at("3", "2025-10-26T01:30Z"), at("4", "2025-10-26T22:59:59Z"),
            at("5", "2025-10-26T23:00Z"),
        ]}),
    );
    assert_eq!((&autumn["df"]["count"], &autumn["df"]["days"]), (&json!(4), &json!(7)));
    assert_eq!((&autumn["df"]["weeks"], &autumn["df"]["deploy_days"]), (&json!([4]), &json!([2])));
}

#[test]
fn only_complete_observed_weeks_count_and_zero_weeks_do() {
    // Wednesday to Thursday: four complete weeks in between, two of them empty.
    let config = r#"{"tz":"UTC","from":"2025-01-01","to":"2025-02-06"}"#;
    let deployments = json!({"histories": [], "deployments": [
        success("A", "1", "01 08:00"), success("B", "2", "07 08:00"), success("C", "3", "07 09:00"),
        success("D", "4", "21 08:00"),
    ]});
    let r = compute(config, deployments.clone());
    assert_eq!((&r["df"]["weeks"], &r["df"]["deploy_days"]), (&json!([2, 0, 1, 0]), &json!([1, 0, 1, 0])));
    assert_eq!((&r["df"]["median_per_week"], &r["df"]["count"]), (&json!(0.5), &json!(4)));
    // Not one complete week: no bucket.
    let r = compute(r#"{"tz":"UTC","from":"2025-01-07","to":"2025-01-13"}"#, deployments.clone());
    assert_eq!((&r["df"]["median_per_week"], &r["df"]["bucket"]), (&json!(null), &json!(null)));
    assert_eq!(r["df"]["per_day"], 0.333333);
    // Observed only from the 10th on.
    let observed = r#"{"tz":"UTC","from":"2025-01-01","to":"2025-02-06","observed_from":"2025-01-10"}"#;
    let r = compute(observed, deployments);
    assert_eq!((&r["df"]["days"], &r["df"]["weeks"]), (&json!(27), &json!([0, 1, 0])));
}

#[test]
fn observation_begins_with_the_first_production_deployment() {
    let r = fortnight(json!({"deployments": [
        with(success("S", "a", "07 08:00"), json!({"tier": "staging"})), success("D", "a", "08 08:00"),
    ]}));
    assert_eq!((&r["df"]["days"], &r["df"]["weeks"]), (&json!(12), &json!([0])));
    // The baseline itself is a deployment.
    assert_eq!(r["df"]["count"], 1);
    let r = fortnight(json!({"deployments": []}));
    assert_eq!((&r["df"]["days"], &r["df"]["count"], &r["df"]["per_day"]), (&json!(14), &json!(0), &json!(0.0)));
}

#[test]
fn unknown_is_null_and_nothing_is_zero() {
    let r = fortnight(json!({"deployments": [baseline()]}));
    assert_eq!((&r["df"]["count"], &r["df"]["bucket"]), (&json!(0), &json!("month_to_six_months")));
    assert_eq!((&r["lead_time_s"]["n"], &r["lead_time_s"]["p50"]), (&json!(0), &json!(null)));
    assert_eq!((&r["cfr"]["total"], &r["cfr"]["rate"], &r["cfr"]["wilson95"]), (&json!(0), &json!(null), &json!(null)));
    assert_eq!((&r["fdrt_s"]["n"], &r["fdrt_s"]["median"]), (&json!(0), &json!(null)));
    assert_eq!((&r["rework"]["total"], &r["rework"]["rate"]), (&json!(0), &json!(null)));
    // No failures where nobody could have told of one are not 0 %.
    let deployed = |incidents: Value| {
        fortnight(json!({"deployments": [baseline(), success("D", "b", "07 08:00")], "incidents": incidents}))["cfr"]["rate"]
            .clone()
    };
    assert_eq!((deployed(json!([])), deployed(json!(null))), (json!(0.0), json!(null)));
}

#[test]
fn the_middle_of_complete_months_decides_where_weeks_are_too_fine() {
    let config = r#"{"tz":"UTC","from":"2025-01-01","to":"2025-04-01","observed_from":"2024-06-01"}"#;
    let on = |days: &[&str]| {
        let at = |day: &&str| json!({"id": day, "revision": day, "finished_at": format!("{day}T08:00Z"), "status": "success"});
        compute(config, json!({"histories": [], "deployments": days.iter().map(at).collect::<Vec<_>>()}))["df"].clone()
    };
    let df = on(&["2025-01-07", "2025-01-21", "2025-01-22", "2025-03-04"]);
    assert_eq!((&df["months"], &df["bucket"]), (&json!([3, 0, 1]), &json!("week_to_month")));
    let df = on(&["2025-01-07", "2025-01-21", "2025-01-22"]);
    assert_eq!((&df["months"], &df["bucket"]), (&json!([3, 0, 0]), &json!("month_to_six_months")));
}

#[test]
fn a_monorepo_counts_each_service_by_itself_and_pools() {
    let of = |service: &str, d: Value| with(d, json!({"service": service}));
    let r = fortnight(json!({"deployments": [
        of("api", success("a0", "a", "02 08:00")), of("api", success("a1", "c", "07 08:00")),
        of("web", success("w0", "a", "02 08:00")), of("web", success("w1", "b", "07 09:00")),
        of("web", success("w2", "d", "08 09:00")), of("web", success("w3", "b", "08 10:00")),
    ], "changes": [
        with(change("both", "b", "07 07:00"), json!({"services": ["api", "web"]})),
        with(change("web-only", "c", "08 08:00"), json!({"services": ["web"]})),
        with(change("neither", "c", "07 07:00"), json!({"services": []})), change("everywhere", "d", "08 07:00"),
    ], "incidents": [with(incident("I", "07 10:00", "07 11:00"), json!({"services": ["api"]}))]}));
    let services = &r["by_service"];
    assert_eq!(services["api"]["lead_time_s"]["samples"], json!([3600]));
    assert_eq!(services["web"]["lead_time_s"]["samples"], json!([3600, 7200, 7200]));
    assert_eq!(r["pooled"]["lead_time_s"]["samples"], json!([3600, 3600, 7200, 7200]));
    assert_eq!(services["api"]["cfr"]["failed_ids"], json!(["a1"]));
    assert_eq!(services["web"]["cfr"]["failed_ids"], json!(["w2"]));
    assert_eq!((&r["pooled"]["cfr"]["failed"], &r["pooled"]["cfr"]["total"]), (&json!(2), &json!(3)));
    assert_eq!(r["pooled"]["fdrt_s"]["samples"], json!([[3600, true], [10_800, true]]));
    assert_eq!((&r["pooled"]["df"]["count"], &r["pooled"]["df"]["rollbacks"]), (&json!(3), &json!(1)));
}

#[test]
fn young_deployments_are_provisional() {
    let config = r#"{"tz":"UTC","from":"2025-01-06","to":"2025-01-20","as_of":"2025-01-09T08:00Z"}"#;
    let r = compute(
        config,
        json!({"deployments": [baseline(), success("D", "b", "08 08:00"), success("E", "c", "08 08:01")]}),
    );
    assert_eq!(r["cfr"]["provisional"], 1);
}

#[test]
fn a_reopened_incident_is_open_again_and_a_retracted_one_is_none() {
    let told =
        |at: &str, more: Value| with(json!({"id": "I", "detected_at": jan("07 09:00"), "updated_at": jan(at)}), more);
    let cfr = |records: Value| {
        let r = fortnight(json!({"deployments": [baseline(), success("D", "b", "07 08:00")], "incidents": records}));
        (r["cfr"]["failed"].clone(), r["fdrt_s"]["open"].clone())
    };
    let opened = told("07 09:00", json!({}));
    let closed = told("07 10:00", json!({"resolved_at": jan("07 10:00")}));
    let reopened = told("07 11:00", json!({}));
    assert_eq!(cfr(json!([closed, opened])), (json!(1), json!(0)));
    assert_eq!(cfr(json!([reopened, opened, closed])), (json!(1), json!(1)));
    assert_eq!(cfr(json!([told("07 12:00", json!({"retracted": true})), opened])), (json!(0), json!(0)));
}

#[test]
fn changes_of_bots_count_visibly_and_can_be_left_out() {
    let example = json!({"deployments": [baseline(), success("D", "c", "07 08:00")], "changes": [
        change("C", "b", "07 07:00"), with(change("bump", "c", "07 06:00"), json!({"bot": true})),
    ]});
    let r = fortnight(example.clone());
    assert_eq!((&r["lead_time_s"]["samples"], &r["coverage"]["from_bots"]), (&json!([3600, 7200]), &json!(1)));
    let without = r#"{"tz":"UTC","from":"2025-01-06","to":"2025-01-20","without_bots":true}"#;
    let r = compute(without, example);
    assert_eq!((&r["lead_time_s"]["samples"], &r["coverage"]["from_bots"]), (&json!([3600]), &json!(1)));
}
