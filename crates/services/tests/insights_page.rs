//! `/insights` on the demo's year: what the page shows is what the engine computes, for every scope, period and zone.

mod common;

use common::{TestWorld, engines::on_each};
use slipway_api_types::{
    ErrorCode,
    deployments::{DeploymentKind, DeploymentQuery},
    digest::{DigestChange, DigestQuery},
    insights::{Counting, InsightsPage, InsightsQuery, Metric, Verdict},
};
use slipway_domain::{access::Role, time::DAY};
use slipway_dora as dora;
use slipway_services::{
    Caller, demo, deployments, import,
    insights::{self, Question, digest, notes},
    reconcile,
};

const SERVICE: &str = "checkout-api";

async fn demo_of(world: &TestWorld) -> Caller {
    demo::seed(&world.slipway).await.unwrap().unwrap();
    import::operator()
}

async fn page(world: &TestWorld, caller: &Caller, query: &InsightsQuery) -> InsightsPage {
    insights::page(&world.slipway, caller, query).await.unwrap()
}

fn of_service() -> InsightsQuery {
    InsightsQuery { service: SERVICE.to_owned(), ..InsightsQuery::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_page_shows_what_the_engine_computes() {
    on_each("a_service_page", |world| async move {
        let caller = demo_of(&world).await;
        let query = InsightsQuery { compare: "previous".into(), explain: "change-fail-rate".into(), ..of_service() };
        let page = page(&world, &caller, &query).await;
        assert_eq!((page.scope.title.as_str(), page.scope.roll_up), (SERVICE, false));
        let (from, to) = (page.panel.from.parse().unwrap(), page.panel.to.parse().unwrap());
        let question = Question { service: SERVICE, from, to };
        let explained =
            insights::explain(&world.slipway, &caller, question, dora::Metric::ChangeFailRate).await.unwrap();
        let (page_of, engine) = (page.apart.unwrap(), explained.explanation);
        assert_eq!(page_of.counted, engine.ins.len());
        assert_eq!(page_of.total, engine.ins.len() + engine.outs.len());
        let fraction = engine.fraction.unwrap();
        let said = format!("{} of {}", fraction.numerator, fraction.denominator);
        assert!(page_of.facts.contains(&("Numerator and denominator".into(), said.clone())), "{:?}", page_of.facts);
        let tile = page.panel.tiles.iter().find(|tile| tile.metric == Metric::ChangeFailRate).unwrap();
        assert!(tile.note.starts_with(&format!("{said} failed")), "{}", tile.note);
        assert_eq!(tile.quality, format!("data {}", page_of.grade));
        // Every deployment of Slipway's own leads to its page.
        assert!(page_of.events.iter().all(|event| event.href.starts_with("/deployments/")), "{:?}", page_of.events[0]);
        assert!(page_of.events[0].title.starts_with("checkout-api v"));
        assert_eq!(page_of.definitions.len(), 5);
        let answers = insights::compare(&world.slipway, &caller, question).await.unwrap();
        let deployments = format!("{} deployments; ", answers[1].deployments);
        assert!(page_of.definitions[1].answers[0].starts_with(&deployments), "{:?}", page_of.definitions[1]);
        // The earlier period's value is the engine's for those days.
        let before: jiff::civil::Date = page.before.split(' ').next().unwrap().parse().unwrap();
        let earlier = Question { service: SERVICE, from: before, to: from };
        let earlier = insights::explain(&world.slipway, &caller, earlier, dora::Metric::ChangeFailRate).await.unwrap();
        let fraction = earlier.explanation.fraction.unwrap();
        let row = page.comparison.iter().find(|row| row.metric == Metric::ChangeFailRate).unwrap();
        assert!(row.before.ends_with(&format!("({} of {})", fraction.numerator, fraction.denominator)), "{row:?}");
        assert!(row.verdict == Verdict::NotDistinguishable || !row.interval.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_list_of_events_is_read_in_parts() {
    on_each("events_in_parts", |world| async move {
        let caller = demo_of(&world).await;
        let mut query = InsightsQuery { explain: "lead-time".into(), days: "365".into(), ..InsightsQuery::default() };
        let first = page(&world, &caller, &query).await.apart.unwrap();
        assert!(first.total > 500, "{}", first.total);
        assert_eq!((first.after, first.events.len()), (0, 50));
        assert!(first.events.iter().all(|event| event.counting == Counting::In && !event.service.is_empty()));
        assert!(first.events.iter().all(|event| !event.deployment.as_ref().unwrap().href.is_empty()));
        assert_eq!(first.counted + first.left_out.iter().map(|(_, count)| count).sum::<usize>(), first.total);
        query.after = first.counted.to_string();
        let outs = page(&world, &caller, &query).await.apart.unwrap();
        assert!(outs.events.iter().all(|event| event.counting == Counting::Out));
        query.after = (first.total - 1).to_string();
        assert_eq!(page(&world, &caller, &query).await.apart.unwrap().events.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn days_and_zones_of_ones_own_choosing() {
    let world = TestWorld::new().await;
    let caller = demo_of(&world).await;
    let days = |from: &str, to: &str, zone: &str| InsightsQuery {
        from: from.into(),
        to: to.into(),
        zone: zone.into(),
        ..of_service()
    };
    let some = page(&world, &caller, &days("2026-09-01", "2026-10-01", "Asia/Tokyo")).await;
    assert_eq!((some.panel.from.as_str(), some.panel.to.as_str()), ("2026-09-01", "2026-10-01"));
    assert_eq!((some.panel.zone.as_str(), some.panel.today.is_none()), ("Asia/Tokyo", true));
    assert_eq!(some.before, "2026-08-02 to 2026-09-01");
    // The same days in another zone begin at another hour, so another answer is kept for them.
    let utc = page(&world, &caller, &days("2026-09-01", "2026-10-01", "")).await;
    assert_eq!(utc.panel.zone, "UTC");
    let team = InsightsQuery { owner: "group:default/payments".into(), ..InsightsQuery::default() };
    let team = page(&world, &caller, &team).await;
    assert!(team.scope.roll_up && team.beside.services.len() < 40, "{:?}", team.scope);
    assert!(team.panel.today.is_some() && team.comparison.is_empty() && team.apart.is_none());
}

#[tokio::test]
async fn what_cannot_be_asked_names_its_field() {
    let world = TestWorld::new().await;
    let caller = demo_of(&world).await;
    let none = InsightsQuery::default;
    for (field, query) in [
        ("days", InsightsQuery { days: "7".into(), ..none() }),
        ("from", InsightsQuery { from: "yesterday".into(), ..none() }),
        ("from", InsightsQuery { from: "2001-01-01".into(), ..none() }),
        ("to", InsightsQuery { to: "2126-01-01".into(), ..none() }),
        ("to", InsightsQuery { from: "2026-10-02".into(), to: "2026-10-02".into(), ..none() }),
        ("zone", InsightsQuery { zone: "Mars/Olympus".into(), ..none() }),
        ("compare", InsightsQuery { compare: "us".into(), ..none() }),
        ("explain", InsightsQuery { explain: "velocity".into(), ..none() }),
        ("after", InsightsQuery { explain: "lead-time".into(), after: "-1".into(), ..none() }),
    ] {
        let refused = insights::page(&world.slipway, &caller, &query).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Invalid, "{field}: {refused:?}");
        assert_eq!(refused.fields[0].field, field, "{refused:?}");
    }
    let unknown = InsightsQuery { service: "nobody".into(), ..none() };
    assert_eq!(insights::page(&world.slipway, &caller, &unknown).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_note_is_written_by_leads_of_the_scope_and_stands_on_what_is_below_it() {
    on_each("notes", |world| async move {
        let operator = demo_of(&world).await;
        let payments = Some("group:default/payments");
        let lead = world.person("lead", Role::TeamLead, payments).await;
        let developer = world.person("coder", Role::Developer, payments).await;
        let add = async |caller: &Caller, owner: &str, service: &str, day: &str, kind: &str, text: &str| {
            notes::add(&world.slipway, caller, (owner, service), day, kind, text).await
        };
        let refused = async |caller: &Caller, owner: &str, service: &str| {
            add(caller, owner, service, "2026-11-02", "freeze", "x").await.unwrap_err().code
        };
        assert_eq!(refused(&developer, "", SERVICE).await, ErrorCode::Forbidden);
        assert_eq!(refused(&lead, "", "").await, ErrorCode::Forbidden);
        assert_eq!(refused(&lead, "group:default/platform", "").await, ErrorCode::Forbidden);
        for (field, day, kind, text) in
            [("day", "soon", "freeze", "x"), ("kind", "2026-11-02", "party", "x"), ("text", "2026-11-02", "other", " ")]
        {
            let wrong = add(&lead, "", SERVICE, day, kind, text).await.unwrap_err();
            assert_eq!(wrong.fields[0].field, field);
        }
        add(&operator, "", "", "2026-11-03", "freeze", "Nothing goes out").await.unwrap();
        add(&lead, "", SERVICE, "2026-11-02", "incident", "The database was full").await.unwrap();
        let of = async |caller: &Caller, query: &InsightsQuery| page(&world, caller, query).await.notes;
        let on_service = of(&lead, &of_service()).await;
        let said: Vec<_> = on_service.iter().map(|note| (note.scope.as_str(), note.may_delete)).collect();
        assert_eq!(said, [(SERVICE, true), ("The organisation", false)]);
        assert_eq!(of(&lead, &InsightsQuery::default()).await.len(), 1);
        assert_eq!(of(&developer, &of_service()).await.iter().filter(|note| note.may_delete).count(), 0);
        let other = notes::delete(&world.slipway, &lead, &on_service[1].id).await.unwrap_err();
        assert_eq!(other.code, ErrorCode::Forbidden);
        let removed = notes::delete(&world.slipway, &lead, &on_service[0].id).await.unwrap();
        let scope = (removed.owner.as_str(), removed.service.as_str());
        notes::add(&world.slipway, &lead, scope, &removed.day, &removed.kind, &removed.text).await.unwrap();
        let again = of(&lead, &of_service()).await.remove(0);
        assert_eq!((&again.day, &again.text), (&on_service[0].day, &on_service[0].text));
        notes::delete(&world.slipway, &lead, &again.id).await.unwrap();
        let gone = notes::delete(&world.slipway, &lead, &on_service[0].id).await.unwrap_err();
        assert_eq!((gone.code, of(&lead, &of_service()).await.len()), (ErrorCode::NotFound, 1));
        let mut tx = world.store.begin_read().await.unwrap();
        let audit = tx.audit(None, 3).await.unwrap().items;
        let lines: Vec<_> = audit.iter().map(|line| (line.action.as_str(), line.actor.as_str())).collect();
        assert_eq!(lines[..2], [("note.delete", "lead"), ("note.add", "lead")]);
    })
    .await;
}

#[tokio::test]
async fn every_table_agrees_with_the_page() {
    let world = TestWorld::new().await;
    let caller = demo_of(&world).await;
    let query =
        InsightsQuery { explain: "deployment-frequency".into(), days: "365".into(), ..InsightsQuery::default() };
    let page = page(&world, &caller, &query).await;
    for name in insights::TABLES {
        let sheet = insights::table(&world.slipway, &caller, name, &query).await.unwrap();
        assert_eq!(sheet.name, name);
        assert!(!sheet.rows.is_empty(), "{name}");
        assert!(sheet.rows.iter().all(|row| row.len() == sheet.heads.len()), "{name}");
    }
    let table = async |name| insights::table(&world.slipway, &caller, name, &query).await.unwrap().rows;
    let sum =
        |rows: &[Vec<String>], column: usize| rows.iter().map(|row| row[column].parse::<u64>().unwrap()).sum::<u64>();
    let apart = page.apart.unwrap();
    assert_eq!(table("events").await.len(), apart.total);
    // Each deployment that counts is in one service's row and in one hour of the week.
    let counted = apart.counted as u64;
    assert_eq!(sum(&table("services").await, 1), counted);
    assert_eq!(sum(&table("hours").await, 2), counted);
    let changes = sum(&table("services").await, 4);
    assert_eq!((sum(&table("lead-times").await, 1), sum(&table("sizes").await, 1)), (changes, changes));
    assert!(page.distribution.counts.iter().map(|n| u64::from(*n)).sum::<u64>() == changes);
    let unknown = insights::table(&world.slipway, &caller, "people", &query).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_digest_is_made_on_demand_and_kept_once_a_week() {
    on_each("digest", |world| async move {
        let caller = demo_of(&world).await;
        let owner = "group:default/payments".to_owned();
        let query = DigestQuery { owner: owner.clone(), ..DigestQuery::default() };
        let digest = async |query: &DigestQuery| digest::page(&world.slipway, &caller, query).await.unwrap();
        let now = digest(&query).await;
        assert_eq!((now.digest.scope.as_str(), now.digest.figures.len(), now.weeks.len()), ("Payments", 5, 0));
        assert!(now.digest.changes.len() <= 3 && now.digest.compared > 5, "{:?}", now.digest);
        let worse_first =
            |changes: &[DigestChange]| changes.is_sorted_by_key(|change| change.verdict != Verdict::Worse);
        assert!(worse_first(&now.digest.changes));
        // A difference that is told is one that the page tells from chance too.
        for change in &now.digest.changes {
            assert!(matches!(change.verdict, Verdict::Worse | Verdict::Better), "{change:?}");
            let service = if change.of == "Payments" { String::new() } else { change.of.clone() };
            let days = InsightsQuery {
                from: now.digest.from.clone(),
                to: now.digest.to.clone(),
                owner: owner.clone(),
                service,
                compare: "previous".into(),
                ..InsightsQuery::default()
            };
            let rows = page(&world, &caller, &days).await.comparison;
            assert!(rows.iter().any(|row| row.title == change.metric && row.difference == change.difference));
        }
        assert!(!now.digest.suggestion.is_empty() && now.digest.suggestion_href.starts_with("/insights?"));

        let teams = reconcile::pass_digests(world.slipway.clone()).await.unwrap();
        assert!(teams >= 5, "{teams}");
        assert_eq!(reconcile::pass_digests(world.slipway.clone()).await.unwrap(), 0, "a week is kept once");
        // The clock stands in the week of 16 November 2026.
        let kept = digest(&query).await;
        assert_eq!(kept.weeks, ["2026-W46"]);
        let earlier = digest(&DigestQuery { week: "2026-W46".into(), ..query.clone() }).await.digest;
        assert_eq!((earlier.week.as_str(), earlier.to.as_str()), ("2026-W46", "2026-11-16"));
        world.clock.advance(7 * DAY);
        assert_eq!(reconcile::pass_digests(world.slipway.clone()).await.unwrap(), teams);
        assert_eq!(digest(&query).await.weeks, ["2026-W47", "2026-W46"]);
        let again = digest(&DigestQuery { week: "2026-W46".into(), ..query.clone() }).await.digest;
        assert_eq!(again, earlier, "what was said stays");
        let none = DigestQuery { week: "1999-W01".into(), ..query };
        let none = digest::page(&world.slipway, &caller, &none).await.unwrap_err();
        assert_eq!(none.code, ErrorCode::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_deployment_says_what_the_metrics_make_of_it() {
    let world = TestWorld::new().await;
    let caller = demo_of(&world).await;
    let list = async |cursor: String| {
        let query = DeploymentQuery {
            service: SERVICE.into(),
            environment: "production".into(),
            cursor,
            ..DeploymentQuery::default()
        };
        deployments::list(&world.slipway, &caller, &query, 100).await.unwrap()
    };
    let first = list(String::new()).await;
    // What is kept when the worker came is what was decided before it came.
    reconcile::pass_rollups(world.slipway.clone()).await.unwrap();
    assert_eq!(list(String::new()).await.items, first.items);
    let mut rows = first.items;
    rows.extend(list(first.next.unwrap()).await.items);
    let kinds = |kind| rows.iter().filter(|row| row.judged.as_ref().is_some_and(|judged| judged.kind == kind)).count();
    assert!(kinds(DeploymentKind::Normal) > 100, "{}", kinds(DeploymentKind::Normal));
    assert!(kinds(DeploymentKind::Rollback) > 0 && kinds(DeploymentKind::Hotfix) > 0);
    let failed = rows.iter().filter(|row| row.judged.as_ref().is_some_and(|judged| judged.failed)).count();
    assert!(failed > 0 && failed < rows.len() / 4, "{failed} of {}", rows.len());
    let normal =
        rows.iter().find(|row| row.judged.as_ref().is_some_and(|judged| judged.kind == DeploymentKind::Normal));
    let page = deployments::page(&world.slipway, &caller, &normal.unwrap().id).await.unwrap();
    assert_eq!(page.row.judged, normal.unwrap().judged);
    assert!(!page.delivered.is_empty() && page.delivered.iter().all(|change| !change.lead.is_empty()));
    // What goes elsewhere than to production is no deployment to the metrics.
    let elsewhere = DeploymentQuery { environment: "staging".into(), ..DeploymentQuery::default() };
    let elsewhere = deployments::list(&world.slipway, &caller, &elsewhere, 20).await.unwrap();
    assert!(elsewhere.items.iter().all(|row| row.judged.is_none()));
}
