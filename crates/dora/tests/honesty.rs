//! What is said about a number besides the number: explanations, grades, warnings, differences.

use std::sync::Arc;

use jiff::civil::date;
use slipway_dora::grade::Grade;
use slipway_dora::hints::Code;
use slipway_dora::{
    Analysis, Change, ChangeKind, CommitGraphBuilder, Config, Deployment, Events, Id, Incident, Instant, Metric,
    Reason, Sources, Status, Tier, Verdict, periods,
};

fn at(day: i64, hour: i64) -> Instant {
    let start: Instant = "2025-01-06T00:00Z".parse().unwrap();
    start.plus_seconds((day * 24 + hour) * 3600)
}

/// Commits c0, c1, …; a deployment of each at 08:00, one a day, with one change each, an hour old.
fn daily(days: std::ops::Range<i64>) -> Events {
    let mut commits = CommitGraphBuilder::default();
    let line: Vec<Id> = days.clone().map(|n| Id::from(format!("c{n}"))).collect();
    commits.add_line(&line);
    let mut events = Events { history: Arc::new(commits.build().unwrap()), ..Events::default() };
    for day in days {
        events.deployments.push(Deployment::new(format!("d{day}"), format!("c{day}"), at(day, 8), Status::Success));
        let change = Change::new(format!("pr{day}"), format!("c{day}"), at(day, 7));
        events.changes.push(Change { kind: Some(ChangeKind::Pr), ..change });
    }
    events
}

fn fortnight() -> Config {
    Config::new("UTC", date(2025, 1, 6), date(2025, 1, 20)).unwrap()
}

fn codes(config: &Config, events: &Events) -> Vec<Code> {
    Analysis::new(config, events).hints().into_iter().map(|hint| hint.code).collect()
}

#[test]
fn an_explanation_is_complete() {
    let mut events = daily(-1..10);
    events
        .deployments
        .push(Deployment { tier: Some(Tier::Staging), ..Deployment::new("s", "c9", at(9, 7), Status::Success) });
    events.incidents = vec![
        Incident { resolved_at: Some(at(3, 10)), ..Incident::new("I", at(3, 9)) },
        Incident { retracted: true, ..Incident::new("J", at(4, 9)) },
        Incident::new("K", at(13, 9)),
    ];
    let cfr = Analysis::new(&fortnight(), &events).explain(Metric::ChangeFailRate);
    assert_eq!((cfr.definition, cfr.value, cfr.unit), ("dora-idp/1", Some(0.1), "fraction"));
    let fraction = cfr.fraction.unwrap();
    assert_eq!((fraction.numerator, fraction.denominator), (1, 10));
    assert_eq!(cfr.numerator, [Id::from("d3")]);
    assert_eq!((cfr.ins[3].id.as_str(), cfr.ins[3].because), ("d3", "An incident is linked to it."));
    let outs: Vec<_> = cfr.outs.iter().map(|out| (out.id.as_str(), &out.reason)).collect();
    assert_eq!(
        outs,
        [
            ("d-1", &Reason::OutsideWindow),
            ("s", &Reason::NotProduction { tier: Tier::Staging }),
            ("K", &Reason::NoDeploymentInReach),
            ("J", &Reason::Retracted),
        ]
    );
    assert_eq!(cfr.coverage.last_deployment_at, Some(at(9, 8)));
    // One of two incidents has a decision.
    assert_eq!(cfr.quality.grade, Grade::C);
    assert_eq!(cfr.too_few.unwrap().sentence(), "Too few to tell: 10 deployments, at least 22 are needed.");

    let lead = Analysis::new(&fortnight(), &events).explain(Metric::LeadTime);
    assert_eq!((lead.value, lead.interval95, lead.too_few), (Some(3600.0), Some([3600.0, 3600.0]), None));
    assert_eq!(lead.ins[0].deployment, Some(Id::from("d0")));
    assert_eq!((lead.quality.grade, lead.coverage.from_pull_requests), (Grade::A, 10));
    events.sources = Sources { deployments: true, incidents: false };
    let cfr = Analysis::new(&fortnight(), &events).explain(Metric::ChangeFailRate);
    assert_eq!(cfr.quality.grade, Grade::NotMeasured);
}

#[test]
fn restarts_empty_deployments_and_missing_sources_are_pointed_out() {
    let mut events = daily(-1..10);
    assert_eq!(codes(&fortnight(), &events), []);
    for day in 0..4 {
        events.deployments.push(Deployment::new(format!("n{day}"), format!("c{day}"), at(day, 9), Status::Success));
    }
    assert_eq!(codes(&fortnight(), &events), [Code::ManyRestarts]);
    let mut events = daily(-1..10);
    events.changes.truncate(7);
    events.sources.incidents = false;
    assert_eq!(codes(&fortnight(), &events), [Code::EmptyDeployments, Code::FailuresNotMeasured]);
}

#[test]
fn overruled_undecided_and_reopened_are_pointed_out() {
    let mut events = daily(-1..10);
    for day in 0..5 {
        events
            .incidents
            .push(Incident { resolved_at: Some(at(day, 10)), ..Incident::new(format!("i{day}"), at(day, 9)) });
    }
    for day in 0..2 {
        events.verdicts.push(Verdict { deployment: format!("d{day}").into(), at: None, failed: false });
    }
    assert_eq!(codes(&fortnight(), &events), [Code::ManyAcquittals]);
    for n in 0..3 {
        events.incidents.push(Incident { reopened: n == 0, ..Incident::new(format!("late{n}"), at(12, n)) });
    }
    let hints = Analysis::new(&fortnight(), &events).hints();
    let codes: Vec<Code> = hints.iter().map(|hint| hint.code).collect();
    assert_eq!(codes, [Code::UndecidedIncidents, Code::ManyAcquittals, Code::IncidentsReopened]);
    assert_eq!(hints[0].text, "3 of 8 incidents have no decision on what caused them.");
    assert_eq!(hints[2].names, [Id::from("late0")]);
}

#[test]
fn the_same_work_in_more_pieces_is_pointed_out() {
    // A week with one deployment of two changes a day; then a week with two deployments of one change each.
    let mut commits = CommitGraphBuilder::default();
    let line: Vec<Id> = (0..60).map(|n| Id::from(format!("c{n}"))).collect();
    commits.add_line(&line);
    let mut events = Events { history: Arc::new(commits.build().unwrap()), ..Events::default() };
    let mut deploy = |commit: i64, day: i64, hour: i64| {
        let (id, sha) = (format!("d{day}-{hour}"), format!("c{commit}"));
        events.deployments.push(Deployment::new(id, sha, at(day, hour), Status::Success));
    };
    deploy(0, -8, 8);
    let mut next = 0;
    for day in -7..7 {
        if day >= 0 {
            deploy(next + 1, day, 8);
        }
        next += 2;
        deploy(next, day, 12);
    }
    events.changes = (1..=next).map(|n| Change::new(format!("p{n}"), format!("c{n}"), at(-10, 0))).collect();
    let week = Config::new("UTC", date(2025, 1, 6), date(2025, 1, 13)).unwrap();
    assert_eq!(codes(&week, &events), [Code::Splitting]);
}

#[test]
fn an_environment_that_changed_its_tier_is_named() {
    let mut events = daily(-1..10);
    for (n, tier) in [(1, Tier::Production), (2, Tier::Staging)] {
        events.deployments[n].environment = Some("eu".into());
        events.deployments[n].tier = Some(tier);
    }
    let hints = Analysis::new(&fortnight(), &events).hints();
    assert_eq!((hints[0].code, hints[0].names.as_slice()), (Code::EnvironmentRetiered, [Id::from("eu")].as_slice()));
}

#[test]
fn two_periods_differ_only_where_chance_would_not_make_it() {
    let verdicts = |earlier: &Events, later: &Events| -> Vec<periods::Verdict> {
        let of = |events| Analysis::new(&fortnight(), events).metrics();
        periods::between(&of(earlier), &of(later)).into_iter().map(|change| change.verdict).collect()
    };
    use periods::Verdict::{Better, NotDistinguishable, NotMeasured, TooFew, Worse};
    let (calm, busy) = (daily(-1..10), daily(-1..11));
    assert_eq!(
        verdicts(&calm, &busy),
        [NotDistinguishable, NotDistinguishable, NotDistinguishable, TooFew, NotDistinguishable]
    );
    let mut slow = daily(-1..14);
    for change in &mut slow.changes {
        change.first_commit_at = change.first_commit_at.plus_seconds(-86_400);
    }
    slow.deployments.iter_mut().for_each(|d| d.hotfix = true);
    let mut few = daily(-1..10);
    few.deployments.truncate(3);
    assert_eq!(verdicts(&few, &slow)[0], Better);
    assert_eq!(verdicts(&slow, &few)[0], Worse);
    assert_eq!(verdicts(&calm, &slow)[1], Worse);
    assert_eq!(verdicts(&calm, &slow)[4], Worse);
    slow.sources.incidents = false;
    assert_eq!(verdicts(&calm, &slow)[2], NotMeasured);
}
