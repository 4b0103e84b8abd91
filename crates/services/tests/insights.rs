//! Metrics from the event log, by way of an imported history: what pages say, and what they do not claim.

mod common;

use common::TestWorld;
use serde_json::json;
use slipway_api_types::{
    ErrorCode,
    digest::DigestQuery,
    insights::{DoraPanel, DoraTile, InsightsPage, InsightsQuery, Metric},
};
use slipway_domain::{
    access::Role,
    health::{Evidence, Health, HealthState},
    time::{DAY, HOUR, MINUTE, Timestamp},
};
use slipway_dora as dora;
use slipway_ports::{
    forge::Commit,
    store::delivery::{DeliveryEvent, DeliveryKind},
};
use slipway_services::{
    Caller,
    import::{self, Tag},
    insights::{self, Question},
    reconcile,
};

const TEAM: Option<&str> = Some("group:default/payments");

/// A history of `releases` commits, one every five days, each tagged six hours after it was written; the last one yesterday.
fn clone_of(world: &TestWorld, releases: i64) -> (Vec<Commit>, Vec<Tag>) {
    let now = world.slipway.clock.now();
    let mut commits = Vec::new();
    let mut tags = Vec::new();
    for number in 0..releases {
        let written = now.plus(-(releases - 1 - number) * 5 * DAY - DAY - 6 * HOUR);
        commits.push(commit(number, (number > 0).then(|| number - 1).as_slice(), written));
        tags.push(Tag { name: format!("v{number}"), sha: sha(number), at: written.plus(6 * HOUR) });
    }
    (commits, tags)
}

fn sha(number: i64) -> String {
    format!("{number:040x}")
}

fn commit(number: i64, parents: &[i64], at: Timestamp) -> Commit {
    Commit {
        sha: sha(number),
        parents: parents.iter().map(|parent| sha(*parent)).collect(),
        author: "Somebody".to_owned(),
        authored_at: at,
        committed_at: at.plus(5 * MINUTE),
        subject: format!("Change {number}"),
    }
}

fn tile(panel: &DoraPanel, metric: Metric) -> &DoraTile {
    panel.tiles.iter().find(|tile| tile.metric == metric).unwrap()
}

async fn page(world: &TestWorld, caller: &Caller) -> InsightsPage {
    insights::page(&world.slipway, caller, &InsightsQuery::default()).await.unwrap()
}

async fn incident(world: &TestWorld, panel_of: &str, number: usize, deployment: &Tag, minutes: i64) {
    let mut tx = world.store.begin_write().await.unwrap();
    let service = tx.service_by_name(panel_of).await.unwrap().unwrap();
    let detected = deployment.at.plus(10 * MINUTE);
    let payload = json!({
        "id": format!("incident-{number}"), "detected_at": detected.to_rfc3339(),
        "resolved_at": detected.plus(minutes * MINUTE - 10 * MINUTE).to_rfc3339(),
    });
    let event = DeliveryEvent {
        service: service.id,
        kind: DeliveryKind::Incident,
        at: detected,
        source: "monitor".to_owned(),
        key: format!("incident-{number}"),
        payload,
    };
    tx.add_delivery(&[event]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_imported_history_gives_numbers_with_what_they_rest_on() {
    let world = TestWorld::new().await;
    let caller = import::operator();
    let (commits, tags) = clone_of(&world, 12);
    let report = import::git(&world.slipway, &caller, "parser", TEAM, commits, tags).await.unwrap();
    assert!(report.created);
    assert_eq!(report.new_events, 12 * 3);
    let panel = insights::panel_of(&world.slipway, &caller, "parser").await.unwrap();
    let frequency = tile(&panel, Metric::DeploymentFrequency);
    // The first tag is 56 days before the end of the window; an imported service is observed from its first deployment.
    assert_eq!(frequency.sample, "n = 12 deployments in 56 days");
    assert_eq!(frequency.value.as_deref(), Some("1.5"));
    assert_eq!(frequency.band, "2024: high");
    let lead = tile(&panel, Metric::LeadTime);
    // The first tag delivers the baseline and says nothing about speed.
    assert_eq!((lead.value.as_deref(), lead.sample.as_str()), (Some("6 h"), "n = 11 changes"));
    assert_eq!((lead.interval.as_str(), lead.band.as_str()), ("95 %: 6–6 h", "2024: elite"));
    // Nobody tells of failures: that is not the same as no failures.
    for metric in [Metric::ChangeFailRate, Metric::RecoveryTime] {
        let unknown = tile(&panel, metric);
        assert_eq!((unknown.value.as_deref(), unknown.instead.as_str()), (None, "Not measured"));
        assert_eq!(unknown.note, "not measured: no source of incidents");
    }
    assert_eq!(tile(&panel, Metric::ReworkRate).value.as_deref(), Some("0 %"));
    assert_eq!(panel.weeks.iter().map(|week| week.deployments).sum::<u32>(), 12);
}

#[tokio::test]
async fn importing_again_adds_only_what_is_new_and_pages_follow() {
    let world = TestWorld::new().await;
    let caller = import::operator();
    let (commits, tags) = clone_of(&world, 6);
    let earlier = |n: usize| (commits[..n].to_vec(), tags[..n].to_vec());
    let (few_commits, few_tags) = earlier(5);
    import::git(&world.slipway, &caller, "parser", TEAM, few_commits.clone(), few_tags.clone()).await.unwrap();
    assert_eq!(
        page(&world, &caller).await.beside.services[0].frequency,
        page(&world, &caller).await.beside.services[0].frequency
    );
    let before = page(&world, &caller).await.panel;
    let again = import::git(&world.slipway, &caller, "parser", None, few_commits, few_tags).await.unwrap();
    assert_eq!((again.created, again.new_events), (false, 0));
    assert_eq!(page(&world, &caller).await.panel, before);
    let more = import::git(&world.slipway, &caller, "parser", None, commits, tags).await.unwrap();
    assert_eq!(more.new_events, 3);
    let after = page(&world, &caller).await;
    assert_eq!(tile(&after.panel, Metric::LeadTime).sample, "n = 5 changes");
    assert_eq!(tile(&before, Metric::LeadTime).sample, "n = 4 changes");
}

#[tokio::test]
async fn failures_are_named_with_their_number_until_there_are_enough() {
    let world = TestWorld::new().await;
    let caller = import::operator();
    let (commits, tags) = clone_of(&world, 12);
    import::git(&world.slipway, &caller, "parser", TEAM, commits, tags.clone()).await.unwrap();
    for (number, minutes) in [(0, 30), (1, 60), (2, 120)] {
        incident(&world, "parser", number, &tags[number + 2], minutes).await;
    }
    let panel = page(&world, &caller).await.panel;
    let fails = tile(&panel, Metric::ChangeFailRate);
    assert_eq!((fails.value.as_deref(), fails.interval.as_str()), (Some("25 %"), "95 %: 9–53 %"));
    assert!(fails.note.starts_with("3 of 12 failed"), "{}", fails.note);
    assert_eq!(fails.band, "2024: high to low");
    let recovery = tile(&panel, Metric::RecoveryTime);
    assert_eq!((recovery.value.as_deref(), recovery.instead.as_str()), (None, "Too few"));
    assert_eq!(recovery.note, "too few to tell: 3 failed deployments (30 min to 2 h)");
    incident(&world, "parser", 3, &tags[6], 90).await;
    let panel = page(&world, &caller).await.panel;
    let recovery = tile(&panel, Metric::RecoveryTime);
    assert_eq!(recovery.value.as_deref(), Some("75 min"));
    assert_eq!(recovery.interval, "no interval below 6 failures");
}

#[tokio::test]
async fn services_stand_by_name_and_those_without_data_are_named() {
    let world = TestWorld::new().await;
    let caller = import::operator();
    for name in ["zebra", "ant"] {
        let (commits, tags) = clone_of(&world, 3);
        import::git(&world.slipway, &caller, name, TEAM, commits, tags).await.unwrap();
    }
    // Its only deployment was long before the window, so it is known and its numbers are honest zeros.
    let old = vec![Tag { name: "v1".to_owned(), sha: sha(900), at: world.slipway.clock.now().plus(-200 * DAY) }];
    import::git(&world.slipway, &caller, "fossil", Some("group:default/platform"), Vec::new(), old).await.unwrap();
    let all = page(&world, &caller).await;
    assert_eq!(all.beside.services.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["ant", "fossil", "zebra"]);
    let fossil = &all.beside.services[1];
    assert_eq!(
        (fossil.owner.as_str(), fossil.frequency.as_str(), fossil.lead_time.as_str()),
        ("Platform", "0", "no changes")
    );
    assert_eq!(fossil.fail_rate, "not measured");
    assert!(all.beside.without_data.is_empty() && !all.demo);
    let query =
        InsightsQuery { owner: "group:default/platform".to_owned(), days: "30".to_owned(), ..InsightsQuery::default() };
    let platform = insights::page(&world.slipway, &caller, &query).await.unwrap();
    assert_eq!((platform.scope.title.as_str(), platform.beside.services.len()), ("Platform", 1));
    let nobody = InsightsQuery { owner: "group:default/nobody".to_owned(), ..InsightsQuery::default() };
    let nobody = insights::page(&world.slipway, &caller, &nobody).await.unwrap();
    assert!(nobody.panel.tiles.is_empty() && nobody.beside.services.is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let world = TestWorld::new().await;
    let operator = import::operator();
    let viewer = world.person("vera", Role::Viewer, None).await;
    let days = InsightsQuery { days: "7".to_owned(), ..InsightsQuery::default() };
    let error = insights::page(&world.slipway, &viewer, &days).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    let (commits, tags) = clone_of(&world, 2);
    let import = |caller: Caller, name: &'static str, owner: Option<&'static str>, tags: Vec<Tag>| {
        let (slipway, commits) = (world.slipway.clone(), commits.clone());
        async move { import::git(&slipway, &caller, name, owner, commits, tags).await }
    };
    for (caller, name, owner, tags, code) in [
        (viewer.clone(), "parser", TEAM, tags.clone(), ErrorCode::Forbidden),
        (operator.clone(), "parser", None, tags.clone(), ErrorCode::Invalid),
        (operator.clone(), "Parser!", TEAM, tags.clone(), ErrorCode::Invalid),
        (operator.clone(), "parser", TEAM, Vec::new(), ErrorCode::Invalid),
    ] {
        assert_eq!(import(caller, name, owner, tags).await.unwrap_err().code, code, "{name}");
    }
    assert!(page(&world, &viewer).await.beside.services.is_empty());
}

#[tokio::test]
async fn a_number_is_taken_apart_down_to_its_events() {
    let world = TestWorld::new().await;
    let caller = import::operator();
    let (commits, tags) = clone_of(&world, 12);
    import::git(&world.slipway, &caller, "parser", TEAM, commits, tags.clone()).await.unwrap();
    incident(&world, "parser", 1, &tags[11], 70).await;
    let day = |back: i64| {
        let at = jiff::Timestamp::from_millisecond(world.slipway.clock.now().plus(-back * DAY).as_millis()).unwrap();
        at.to_zoned(jiff::tz::TimeZone::UTC).date()
    };
    let question = |service| Question { service, from: day(30), to: day(0) };
    let explained = insights::explain(&world.slipway, &caller, question("parser"), dora::Metric::ChangeFailRate).await;
    let explanation = explained.unwrap().explanation;
    assert_eq!(explanation.definition, dora::DEFINITION);
    assert_eq!((explanation.numerator.len(), explanation.ins.len()), (1, 6));
    assert_eq!(explanation.outs.len(), 6, "six tags are older than the window");
    assert!(explanation.outs.iter().all(|out| out.reason == dora::Reason::OutsideWindow));
    let lead = insights::explain(&world.slipway, &caller, question("parser"), dora::Metric::LeadTime).await.unwrap();
    assert_eq!((lead.explanation.value, lead.explanation.quality.grade), (Some(6.0 * 3600.0), dora::grade::Grade::A));

    // Closed and opened again: the latest word counts, whatever an earlier one said.
    let mut tx = world.store.begin_write().await.unwrap();
    let service = tx.service_by_name("parser").await.unwrap().unwrap();
    let detected = tags[11].at.plus(10 * MINUTE);
    let event = DeliveryEvent {
        service: service.id,
        kind: DeliveryKind::Incident,
        at: detected.plus(2 * HOUR),
        source: "monitor".to_owned(),
        key: "incident-1-reopened".to_owned(),
        payload: json!({"id": "incident-1", "detected_at": detected.to_rfc3339(), "reopened": true}),
    };
    tx.add_delivery(&[event]).await.unwrap();
    tx.commit().await.unwrap();
    let recovery =
        insights::explain(&world.slipway, &caller, question("parser"), dora::Metric::RecoveryTime).await.unwrap();
    assert_eq!(recovery.explanation.value, None);
    assert!(recovery.explanation.ins[0].because.starts_with("Not recovered from yet"));
    assert_eq!(recovery.hints.len(), 1);

    let answers = insights::compare(&world.slipway, &caller, question("parser")).await.unwrap();
    assert_eq!((answers.len(), answers[0].deployments), (5, 6));
    let unknown =
        insights::explain(&world.slipway, &caller, question("nobody"), dora::Metric::LeadTime).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
    let empty = Question { to: day(30), ..question("parser") };
    let refused = insights::explain(&world.slipway, &caller, empty, dora::Metric::LeadTime).await.unwrap_err();
    assert!(refused.fields.iter().any(|field| field.field == "to"), "{refused:?}");
}

#[tokio::test]
async fn a_digest_names_incidents_that_nobody_linked() {
    let world = TestWorld::new().await;
    let caller = import::operator();
    let (commits, tags) = clone_of(&world, 12);
    import::git(&world.slipway, &caller, "parser", TEAM, commits, tags.clone()).await.unwrap();
    let mut tx = world.store.begin_write().await.unwrap();
    let service = tx.service_by_name("parser").await.unwrap().unwrap();
    // Three days after a deployment: no deployment is blamed for it.
    let detected = tags[10].at.plus(3 * DAY);
    let event = DeliveryEvent {
        service: service.id,
        kind: DeliveryKind::Incident,
        at: detected,
        source: "monitor".to_owned(),
        key: "lost".to_owned(),
        payload: json!({"id": "lost", "detected_at": detected.to_rfc3339()}),
    };
    tx.add_delivery(&[event]).await.unwrap();
    tx.commit().await.unwrap();
    let query = DigestQuery { owner: TEAM.unwrap().to_owned(), ..DigestQuery::default() };
    let digest = insights::digest::page(&world.slipway, &caller, &query).await.unwrap().digest;
    let [item] = digest.waiting.as_slice() else { panic!("{:?}", digest.waiting) };
    assert_eq!(item.title, "Incident lost");
    assert!(item.href.contains("explain=change-fail-rate"), "{}", item.href);
    let nonsense = DigestQuery { owner: "a & b".to_owned(), ..DigestQuery::default() };
    let refused = insights::digest::page(&world.slipway, &caller, &nonsense).await.unwrap_err();
    assert_eq!(refused.fields[0].field, "owner");
}

#[tokio::test]
async fn a_digest_names_what_is_stuck_and_what_is_not_well() {
    let world = TestWorld::new().await;
    let dev = world.developer().await;
    world.start_golden_path(&dev, "orders", "ecs").await;
    reconcile::pass_runs(world.slipway.clone()).await.unwrap();
    // Its deployment is asked for, and no worker takes it up.
    reconcile::pass_builds(world.slipway.clone()).await.unwrap();
    let query = DigestQuery { owner: TEAM.unwrap().to_owned(), ..DigestQuery::default() };
    let waiting = async || insights::digest::page(&world.slipway, &dev, &query).await.unwrap().digest.waiting;
    let early = waiting().await;
    assert_eq!(early.len(), 1, "{early:?}");
    assert!(early[0].title.starts_with("orders v1 to ") && !early[0].words.contains("stuck"), "{early:?}");

    world.clock.advance(20 * MINUTE);
    let now = world.slipway.clock.now();
    let mut tx = world.store.begin_write().await.unwrap();
    let service = tx.service_by_name("orders").await.unwrap().unwrap();
    let mut placement = tx.placements_of(&[service.id]).await.unwrap().remove(0);
    placement.health = Health::from_evidence(vec![Evidence {
        source: "HTTP GET /readyz".to_owned(),
        message: "answered 503".to_owned(),
        state: HealthState::Failing,
        at: now,
    }]);
    tx.set_placement(&placement).await.unwrap();
    tx.commit().await.unwrap();
    let waiting = waiting().await;
    let [stuck, unwell] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert!(stuck.words.contains("stuck in it for 20 min"), "{}", stuck.words);
    assert!(stuck.href.starts_with("/deployments/"), "{}", stuck.href);
    assert_eq!(unwell.title, format!("orders in {}", placement.environment));
    assert_eq!((unwell.words.as_str(), unwell.href.as_str()), ("failing: answered 503", "/services/orders"));
}
