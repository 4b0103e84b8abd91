//! Deployments and their timelines.

use super::{NO_CURSORS, make, read, refused, walk, write};
use slipway_domain::{
    deployment::{Deployment, DeploymentState, Intent},
    runtime::Cause,
};
use slipway_ports::{
    Store, StoreError,
    store::{
        deployments::{DeploymentFilter, DeploymentLabel},
        services::Service,
    },
};
use std::sync::Arc;
use tokio::task::JoinSet;

fn ids(found: &[Deployment]) -> Vec<slipway_domain::ids::DeploymentId> {
    found.iter().map(|d| d.id).collect()
}

/// Numbers count up per service and are unique.
pub async fn numbers(store: Arc<dyn Store>) {
    make::services(&store, 2).await;
    write!(store, tx => {
        assert_eq!(tx.next_deployment_number(make::service_id(1)).await.unwrap(), 1);
        tx.add_deployment(&make::deployment(1, 1, 1)).await.unwrap();
        assert_eq!(tx.next_deployment_number(make::service_id(1)).await.unwrap(), 2);
        assert_eq!(tx.next_deployment_number(make::service_id(2)).await.unwrap(), 1);
        refused!(tx.add_deployment(&make::deployment(2, 1, 1)).await, StoreError::Conflict(_));
        refused!(tx.next_deployment_number(make::service_id(9)).await, StoreError::Dangling(_));
    });
    let found = read!(store, tx => tx.deployment_by_number(make::service_id(1), 1).await.unwrap());
    assert_eq!(found, Some(make::deployment(1, 1, 1)));
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.add_deployment(&make::deployment(3, 9, 1)).await, StoreError::Dangling(_));
}

/// Many who ask for a number and use it at once all get one of their own.
pub async fn concurrent_numbers(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let mut asking = JoinSet::new();
    for n in 1..=8 {
        let store = Arc::clone(&store);
        asking.spawn(async move {
            write!(store, tx => {
                let number = tx.next_deployment_number(make::service_id(1)).await.unwrap();
                tx.add_deployment(&make::deployment(n, 1, number)).await.unwrap();
                number
            })
        });
    }
    let mut numbers = asking.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
}

/// Everything that changes over a deployment's life is kept, and each change counted.
pub async fn life(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let mut deployment = Deployment {
        intent: Intent::Rollback,
        reason: Some(make::DIFFICULT.to_owned()),
        rollback_of: Some(make::deployment_id(8)),
        previous: Some(make::deployment_id(9)),
        ..make::deployment(1, 1, 1)
    };
    write!(store, tx => tx.add_deployment(&deployment).await.unwrap());
    assert_eq!(read!(store, tx => tx.deployment(deployment.id).await.unwrap()).as_ref(), Some(&deployment));
    deployment.state = DeploymentState::RolledBack;
    deployment.cause = Some(Cause { code: "crash".into(), message: "a\0b".into(), mend: "look".into() });
    deployment.handle = Some("handle".into());
    deployment.started_at = Some(make::at(2));
    deployment.state_since = make::at(3);
    deployment.finished_at = Some(make::at(4));
    deployment.good_probes = 2;
    write!(store, tx => {
        tx.set_deployment(&deployment).await.unwrap();
        // Read before the change above: what it says must not undo that.
        refused!(tx.set_deployment(&deployment).await, StoreError::Conflict(_));
        refused!(tx.set_deployment(&make::deployment(9, 1, 9)).await, StoreError::Conflict(_));
    });
    deployment.version = 2;
    read!(store, tx => {
        assert_eq!(tx.deployment(deployment.id).await.unwrap().as_ref(), Some(&deployment));
        assert_eq!(tx.deployment(make::deployment_id(9)).await.unwrap(), None);
        assert_eq!(tx.deployment_by_number(make::service_id(1), 2).await.unwrap(), None);
        let several = tx.deployments_by_ids(&[make::deployment_id(9), deployment.id]).await.unwrap();
        assert_eq!(several, [deployment.clone()]);
        assert_eq!(tx.deployments_by_ids(&[]).await.unwrap(), []);
    });
}

/// An import may be large and may be repeated: what is there already is left alone.
pub async fn imports(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let many: Vec<_> = (1..=1_100).map(|n| make::deployment(n, 1, i64::try_from(n).unwrap())).collect();
    write!(store, tx => {
        tx.add_deployments(&many).await.unwrap();
        tx.add_deployments(&many).await.unwrap();
        tx.add_deployments(&[]).await.unwrap();
        assert_eq!(tx.next_deployment_number(make::service_id(1)).await.unwrap(), 1_101);
    });
    assert_eq!(read!(store, tx => tx.active_deployments(1_000).await.unwrap()).len(), 1_000);
}

/// A history can be narrowed to each field, and to several at once.
pub async fn filters(store: Arc<dyn Store>) {
    make::services(&store, 2).await;
    write!(store, tx => {
        tx.add_service(&Service { owner: "group:default/search".into(), ..make::service(3, "third") }).await.unwrap();
        tx.put_artifact(&make::artifact(3, 3)).await.unwrap();
        tx.add_deployment(&make::deployment(1, 1, 1)).await.unwrap();
        tx.add_deployment(&Deployment { environment: "prod".into(), ..make::deployment(2, 1, 2) }).await.unwrap();
        tx.add_deployment(&Deployment { state: DeploymentState::Failed, ..make::deployment(3, 2, 3) }).await.unwrap();
        tx.add_deployment(&make::deployment(4, 3, 4)).await.unwrap();
    });
    let all = DeploymentFilter::default();
    read!(store, tx => {
        for (filter, expected) in [
            (all.clone(), vec![4, 3, 2, 1]),
            (DeploymentFilter { service: Some(make::service_id(1)), ..all.clone() }, vec![2, 1]),
            (DeploymentFilter { environment: Some("prod".into()), ..all.clone() }, vec![2]),
            (DeploymentFilter { state: Some(DeploymentState::Failed), ..all.clone() }, vec![3]),
            (DeploymentFilter { active: true, ..all.clone() }, vec![4, 2, 1]),
            (DeploymentFilter { owner: Some("group:default/search".into()), ..all.clone() }, vec![4]),
            (DeploymentFilter { active: true, environment: Some("dev".into()), service: Some(make::service_id(1)), ..all.clone() }, vec![1]),
            (DeploymentFilter { environment: Some("\0".into()), ..all.clone() }, vec![]),
        ] {
            let page = tx.list_deployments(&filter, None, 10).await.unwrap();
            assert_eq!(ids(&page.items), expected.into_iter().map(make::deployment_id).collect::<Vec<_>>(), "{filter:?}");
        }
    });
}

/// Newest first; pages neither repeat nor skip, and new deployments shift nothing.
pub async fn pages(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let of_one_instant =
        |n: u128| Deployment { requested_at: make::at(5), ..make::deployment(n, 1, i64::try_from(n).unwrap()) };
    write!(store, tx => {
        for n in 1..=20 {
            tx.add_deployment(&of_one_instant(n)).await.unwrap();
        }
    });
    let filter = DeploymentFilter::default();
    let first = read!(store, tx => tx.list_deployments(&filter, None, 7).await.unwrap());
    write!(store, tx => tx.add_deployment(&make::deployment(21, 1, 21)).await.unwrap());
    read!(store, tx => {
        let second = tx.list_deployments(&filter, first.next.as_deref(), 20).await.unwrap();
        let seen: Vec<_> = ids(&first.items).into_iter().chain(ids(&second.items)).collect();
        assert_eq!(seen, (1..=20).rev().map(make::deployment_id).collect::<Vec<_>>());
        assert_eq!(second.next, None);
        assert_eq!(walk!(cursor => tx.list_deployments(&filter, cursor, 1).await.unwrap()).len(), 21);
        for cursor in NO_CURSORS {
            refused!(tx.list_deployments(&filter, Some(cursor), 10).await, StoreError::BadCursor);
        }
    });
}

/// Deployments that are not over, oldest first, of all and of one placement.
pub async fn active(store: Arc<dyn Store>) {
    make::services(&store, 2).await;
    write!(store, tx => {
        for (n, state) in (1..).zip(DeploymentState::ALL) {
            tx.add_deployment(&Deployment { state, ..make::deployment(n, 1, i64::try_from(n).unwrap()) }).await.unwrap();
        }
        tx.add_deployment(&make::deployment(100, 2, 100)).await.unwrap();
    });
    let of_first: Vec<_> = (1..)
        .zip(DeploymentState::ALL)
        .filter(|(_, state)| !state.is_final())
        .map(|(n, _)| make::deployment_id(n))
        .collect();
    read!(store, tx => {
        assert_eq!(ids(&tx.active_deployments_of(make::placement_id(1)).await.unwrap()), of_first);
        let all = tx.active_deployments(100).await.unwrap();
        assert_eq!(all.split_last(), Some((&make::deployment_id(100), of_first.as_slice())));
        assert_eq!(tx.active_deployments(1).await.unwrap(), of_first[..1]);
    });
}

/// The newest of all and the newest under way, each once, newest first.
pub async fn latest(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let at = |n: u128, state| Deployment {
        state,
        requested_at: make::at(i64::try_from(n).unwrap()),
        ..make::deployment(n, 1, i64::try_from(n).unwrap())
    };
    use DeploymentState::{Pending, RollingOut, Succeeded};
    let all = [at(1, Pending), at(2, RollingOut), at(3, Succeeded), at(4, Pending), at(5, Succeeded)];
    write!(store, tx => tx.add_deployments(&all).await.unwrap());
    read!(store, tx => {
        let found = ids(&tx.deployments_at(&[], 2).await.unwrap());
        assert_eq!(found, [5, 4, 2].map(make::deployment_id));
        assert_eq!(tx.deployments_at(&[], 10).await.unwrap().len(), 5);
        let others = ids(&tx.deployments_at(&[make::placement_id(1)], 1).await.unwrap());
        assert_eq!(others, [5, 4, 2, 1].map(make::deployment_id));
    });
}

/// What placements run and what is on its way to them; nothing that is over, nothing of others.
pub async fn at_placements(store: Arc<dyn Store>) {
    make::services(&store, 2).await;
    use DeploymentState::{Failed, RollingOut, Succeeded};
    let all = [
        Deployment { state: Succeeded, ..make::deployment(1, 1, 1) },
        Deployment { state: Succeeded, ..make::deployment(2, 1, 2) },
        Deployment { state: Failed, ..make::deployment(3, 1, 3) },
        Deployment { state: RollingOut, ..make::deployment(4, 1, 4) },
        Deployment { state: RollingOut, ..make::deployment(5, 2, 1) },
    ];
    write!(store, tx => {
        tx.add_deployments(&all).await.unwrap();
        let mut placement = tx.placement(make::placement_id(1)).await.unwrap().unwrap();
        placement.current = Some(make::deployment_id(2));
        tx.set_placement(&placement).await.unwrap();
    });
    read!(store, tx => {
        let found = ids(&tx.deployments_at(&[make::placement_id(1)], 0).await.unwrap());
        assert_eq!(found, [4, 2].map(make::deployment_id));
        assert_eq!(tx.deployments_at(&[make::placement_id(1), make::placement_id(2)], 0).await.unwrap().len(), 3);
        assert_eq!(tx.deployments_at(&[], 0).await.unwrap(), []);
    });
}

/// The names and numbers that a list shows of each deployment.
pub async fn labels(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    let back = Deployment { rollback_of: Some(make::deployment_id(1)), ..make::deployment(2, 1, 8) };
    write!(store, tx => tx.add_deployments(&[make::deployment(1, 1, 7), back.clone()]).await.unwrap());
    read!(store, tx => {
        let service = tx.service(back.service).await.unwrap().unwrap();
        let artifact = tx.artifact(back.artifact).await.unwrap().unwrap();
        let wanted = DeploymentLabel {
            deployment: back.id,
            service: service.name,
            revision: artifact.revision,
            digest: artifact.digest,
            version: artifact.version,
            returns_to: Some(7),
        };
        assert_eq!(tx.deployment_labels(&[back.id]).await.unwrap(), [wanted]);
        assert_eq!(tx.deployment_labels(&[back.id, make::deployment_id(1)]).await.unwrap().len(), 2);
        assert_eq!(tx.deployment_labels(&[make::deployment_id(9)]).await.unwrap(), []);
    });
}

/// What is heard twice is written once; a timeline reads oldest first.
pub async fn timeline(store: Arc<dyn Store>) {
    make::services(&store, 1).await;
    write!(store, tx => {
        tx.add_deployment(&make::deployment(1, 1, 1)).await.unwrap();
        tx.add_deployment(&make::deployment(2, 1, 2)).await.unwrap();
        let events = [make::timeline(1, "b", 2), make::timeline(1, "a", 1), make::timeline(1, "a", 3), make::timeline(2, "a", 0)];
        assert_eq!(tx.add_timeline(&events).await.unwrap(), 3);
        assert_eq!(tx.add_timeline(&events).await.unwrap(), 0);
        assert_eq!(tx.add_timeline(&[]).await.unwrap(), 0);
        let mut odd = make::timeline(1, "c", 2);
        odd.message = "a\0b".into();
        assert_eq!(tx.add_timeline(&[odd]).await.unwrap(), 1);
    });
    let lines = read!(store, tx => tx.timeline(make::deployment_id(1)).await.unwrap());
    assert_eq!(lines[..2], [make::timeline(1, "a", 1), make::timeline(1, "b", 2)]);
    assert_eq!(lines[2].message, "a\u{FFFD}b", "what no engine can hold is shown as such");
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.add_timeline(&[make::timeline(9, "a", 0)]).await, StoreError::Dangling(_));
}
