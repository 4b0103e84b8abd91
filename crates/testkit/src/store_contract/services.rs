//! Services, environments, placements and artifacts.

use super::{NO_CURSORS, make, read, refused, walk, write};
use slipway_domain::{
    deployment::Placement,
    environment::{Environment, Tier},
    health::{Evidence, Health, HealthState},
    runtime::Observed,
};
use slipway_ports::{
    Store, StoreError,
    store::services::{Service, ServiceFilter},
};
use std::sync::Arc;

/// Services are kept whole and found in every way; a name is unique.
pub async fn services(store: Arc<dyn Store>) {
    let full = Service { repository: Some(make::repository_id(1)), demo: true, ..make::service(1, "Checkout") };
    write!(store, tx => {
        tx.add_repository(&make::repository(1, "payments/checkout")).await.unwrap();
        tx.add_service(&full).await.unwrap();
        tx.add_service(&make::service(2, "search")).await.unwrap();
        refused!(tx.add_service(&make::service(3, "search")).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        assert_eq!(tx.service(full.id).await.unwrap().as_ref(), Some(&full));
        assert_eq!(tx.service_by_name("Checkout").await.unwrap().as_ref(), Some(&full));
        assert_eq!(tx.service_by_name("checkout\0").await.unwrap(), None);
        assert_eq!(tx.service_by_repository(make::repository_id(1)).await.unwrap().as_ref(), Some(&full));
        assert_eq!(tx.service_by_repository(make::repository_id(2)).await.unwrap(), None);
        assert_eq!(tx.services_by_ids(&[full.id, make::service_id(9)]).await.unwrap(), std::slice::from_ref(&full));
        assert_eq!(tx.services_by_ids(&[]).await.unwrap(), []);
        assert_eq!(tx.count_services().await.unwrap(), 2);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(
        tx.add_service(&Service { repository: Some(make::repository_id(9)), ..make::service(4, "d") }).await,
        StoreError::Dangling(_)
    );
}

/// A list can be narrowed; what is typed are only characters.
pub async fn list(store: Arc<dyn Store>) {
    make::services(&store, 3).await;
    write!(store, tx => {
        tx.add_service(&Service { owner: "group:default/search".into(), ..make::service(4, "50%_Off\\Ü") }).await.unwrap();
    });
    let all = ServiceFilter::default();
    let query = |text: &str| ServiceFilter { query: Some(text.to_owned()), ..ServiceFilter::default() };
    read!(store, tx => {
        for (filter, expected) in [
            (all.clone(), vec!["50%_Off\\Ü", "service-001", "service-002", "service-003"]),
            (query("ICE-002"), vec!["service-002"]),
            (query("%_o"), vec!["50%_Off\\Ü"]),
            (query("\\ü"), vec!["50%_Off\\Ü"]),
            (query("s_rvice"), vec![]),
            (query("\0"), vec![]),
            (ServiceFilter { owner: Some("group:default/search".into()), ..all.clone() }, vec!["50%_Off\\Ü"]),
            (ServiceFilter { runtime: Some("local".into()), ..query("3") }, vec!["service-003"]),
        ] {
            let page = tx.list_services(&filter, None, 10).await.unwrap();
            assert_eq!(page.items.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), expected, "{filter:?}");
            assert_eq!(page.next, None);
        }
    });
}

/// Pages neither repeat nor skip.
pub async fn pages(store: Arc<dyn Store>) {
    make::services(&store, 25).await;
    let filter = ServiceFilter::default();
    read!(store, tx => {
        let all = walk!(cursor => tx.list_services(&filter, cursor, 4).await.unwrap());
        let names: Vec<_> = all.into_iter().map(|s| s.name).collect();
        assert_eq!(names, (1..=25).map(|n| format!("service-{n:03}")).collect::<Vec<_>>());
        let names: Vec<_> = tx.all_services(None).await.unwrap().into_iter().map(|s| s.name).collect();
        assert_eq!(names, (1..=25).map(|n| format!("service-{n:03}")).collect::<Vec<_>>());
        assert_eq!(tx.all_services(Some("group:default/nobody")).await.unwrap(), []);
        for cursor in NO_CURSORS {
            refused!(tx.list_services(&filter, Some(cursor), 10).await, StoreError::BadCursor);
        }
    });
}

/// Environments are replaced by name and come in order.
pub async fn environments(store: Arc<dyn Store>) {
    let production = Environment { tier: Tier::Production, auto_deploy: false, ..make::environment("production", 9) };
    write!(store, tx => {
        tx.put_environment(&make::environment("production", 1)).await.unwrap();
        tx.put_environment(&make::environment("dev", 2)).await.unwrap();
        tx.put_environment(&production).await.unwrap();
    });
    let all = read!(store, tx => tx.environments().await.unwrap());
    assert_eq!(all, [make::environment("dev", 2), production]);
}

/// A placement is kept whole, is one per service and environment, and counts its changes.
pub async fn placements(store: Arc<dyn Store>) {
    make::services(&store, 2).await;
    let mut full = make::placement(3, 1, "prod");
    write!(store, tx => {
        tx.put_environment(&make::environment("prod", -1)).await.unwrap();
        tx.add_placement(&full).await.unwrap();
        refused!(tx.add_placement(&make::placement(4, 1, "prod")).await, StoreError::Conflict(_));
    });
    let evidence =
        Evidence { source: "probe".into(), message: "a\0b".into(), state: HealthState::Degraded, at: make::at(7) };
    full.runtime = "cluster".into();
    full.current = Some(make::deployment_id(5));
    full.observed = Some(Observed { url: Some("http://127.0.0.1:1".into()), ..Observed::absent(make::at(7)) });
    full.health = Health::from_evidence(vec![evidence]);
    full.observe_at = make::at(99);
    write!(store, tx => {
        tx.set_placement(&full).await.unwrap();
        // Read before the change above: what it says must not undo that.
        refused!(tx.set_placement(&full).await, StoreError::Conflict(_));
        refused!(tx.set_placement(&make::placement(9, 1, "dev")).await, StoreError::Conflict(_));
    });
    full.version = 2;
    read!(store, tx => {
        assert_eq!(tx.placement(full.id).await.unwrap().as_ref(), Some(&full));
        assert_eq!(tx.placement(make::placement_id(9)).await.unwrap(), None);
        let of = tx.placements_of(&[make::service_id(2), make::service_id(1)]).await.unwrap();
        assert_eq!(of.iter().map(|p| p.id).collect::<Vec<_>>(), [3, 1, 2].map(make::placement_id));
        assert_eq!(tx.placements_of(&[]).await.unwrap(), []);
        let mut health = tx.placement_health().await.unwrap();
        health.sort();
        let word = str::to_owned;
        // Where nothing was ever deployed there is nothing to be well or ill.
        assert_eq!(health, [(word("degraded"), Some(make::at(7)))]);
    });
    write!(store, tx => {
        tx.delete_placement(full.id).await.unwrap();
        tx.delete_placement(full.id).await.unwrap();
        assert_eq!(tx.placement(full.id).await.unwrap(), None);
        assert_eq!(tx.placements_of(&[make::service_id(1)]).await.unwrap().len(), 1);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.add_placement(&make::placement(8, 1, "nowhere")).await, StoreError::Dangling(_));
}

/// Placements whose time has come, the longest waiting first.
pub async fn due(store: Arc<dyn Store>) {
    make::services(&store, 3).await;
    write!(store, tx => {
        for (n, millis) in [(1, 30), (2, 20), (3, 40)] {
            tx.set_placement(&Placement { observe_at: make::at(millis), ..make::placement(n, n, "dev") }).await.unwrap();
        }
    });
    read!(store, tx => {
        let ids = |found: Vec<Placement>| found.into_iter().map(|p| p.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.placements_due(make::at(30), 10).await.unwrap()), [2, 1].map(make::placement_id));
        assert_eq!(ids(tx.placements_due(make::at(90), 1).await.unwrap()), [2].map(make::placement_id));
        assert_eq!(ids(tx.placements_due(make::at(19), 10).await.unwrap()), []);
    });
}

/// An artifact of the same service and digest is the same artifact.
pub async fn artifacts(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let first = make::artifact(1, 1);
    let again =
        slipway_domain::artifact::Artifact { id: make::artifact_id(7), source: "again".into(), ..first.clone() };
    write!(store, tx => {
        assert_eq!(tx.put_artifact(&again).await.unwrap(), first, "what stands");
        assert_eq!(tx.put_artifact(&make::artifact(2, 1)).await.unwrap(), make::artifact(2, 1));
    });
    read!(store, tx => {
        assert_eq!(tx.artifact(first.id).await.unwrap().as_ref(), Some(&first));
        assert_eq!(tx.artifact(again.id).await.unwrap(), None);
        assert_eq!(tx.artifact_by_digest(first.service, &first.digest).await.unwrap().as_ref(), Some(&first));
        assert_eq!(tx.artifact_by_digest(make::service_id(2), &first.digest).await.unwrap(), None);
        assert_eq!(tx.artifacts_by_ids(&[first.id, again.id]).await.unwrap(), std::slice::from_ref(&first));
        let newest = tx.artifacts_of(first.service, 10).await.unwrap();
        assert_eq!(newest, [make::artifact(2, 1), first.clone()]);
        assert_eq!(tx.artifacts_of(first.service, 1).await.unwrap().len(), 1);
        let mut built = tx.built_at(&[first.service, make::service_id(9)]).await.unwrap();
        built.sort();
        let mut expected: Vec<_> =
            newest.iter().map(|artifact| (artifact.service, artifact.revision.clone(), artifact.built_at)).collect();
        expected.sort();
        assert_eq!(built, expected);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.put_artifact(&make::artifact(3, 9)).await, StoreError::Dangling(_));
}

/// A service takes everything of its own with it, and nothing of others.
pub async fn deletion(store: Arc<dyn Store>) {
    make::services(&store, 2).await;
    write!(store, tx => {
        for n in [1, 2] {
            tx.add_repository(&make::repository(n, &format!("r{n}"))).await.unwrap();
            tx.put_build(&make::build(n, n, "abc", 0)).await.unwrap();
            tx.add_deployment(&make::deployment(n, n, 1)).await.unwrap();
            tx.add_timeline(&[make::timeline(n, "k", 0)]).await.unwrap();
        }
        tx.add_delivery(&[make::event(1, "k", 0)]).await.unwrap();
    });
    write!(store, tx => {
        tx.delete_service(make::service_id(1)).await.unwrap();
        tx.delete_service(make::service_id(1)).await.unwrap();
    });
    read!(store, tx => {
        for (n, there) in [(1, false), (2, true)] {
            assert_eq!(tx.service(make::service_id(n)).await.unwrap().is_some(), there);
            assert_eq!(tx.placement(make::placement_id(n)).await.unwrap().is_some(), there);
            assert_eq!(tx.artifact(make::artifact_id(n)).await.unwrap().is_some(), there);
            assert_eq!(tx.build(make::build_id(n)).await.unwrap().is_some(), there);
            assert_eq!(tx.deployment(make::deployment_id(n)).await.unwrap().is_some(), there);
            assert_eq!(tx.timeline(make::deployment_id(n)).await.unwrap().len(), usize::from(there));
        }
        assert_eq!(tx.delivery_events(None).await.unwrap().len(), 1, "the event log only grows");
    });
}
