//! Versions of templates, locks and upgrades.

use super::{NO_CURSORS, make, read, refused, walk, write};
use slipway_domain::upgrade::{Campaign, CampaignState, Member, MemberState, Upgrade, UpgradeConflict, UpgradeState};
use slipway_ports::{
    Store, StoreError,
    store::upgrades::{FleetFilter, RepositoryLock, Standing, TemplateVersion, VersionCount, VersionFile, VersionMark},
};
use std::sync::Arc;

const TEMPLATE: &str = "template:default/small";

fn version(name: &str, millis: i64) -> TemplateVersion {
    let file = |path: &str, blob: &str| VersionFile {
        path: path.to_owned(),
        blob: blob.to_owned(),
        executable: false,
        link: false,
    };
    TemplateVersion {
        template: TEMPLATE.to_owned(),
        version: name.to_owned(),
        file: "template.yaml".to_owned(),
        files: vec![file("template.yaml", "t"), file(make::DIFFICULT, name)],
        seen_at: make::at(millis),
    }
}

fn blobs(name: &str) -> Vec<(String, Vec<u8>)> {
    vec![("t".to_owned(), b"shared".to_vec()), (name.to_owned(), vec![0, 255, 1])]
}

fn upgrade(n: u128, of: u128) -> Upgrade {
    Upgrade {
        id: make::upgrade_id(n),
        repository: make::repository_id(of),
        service: make::service_id(of),
        template: TEMPLATE.to_owned(),
        from_version: Some("v1".to_owned()),
        to_version: "v2".to_owned(),
        branch: "slipway/upgrade-small-v2".to_owned(),
        head: "abc".to_owned(),
        conflicts: vec![UpgradeConflict { path: "a".to_owned(), message: make::DIFFICULT.to_owned() }],
        files: 3,
        state: UpgradeState::Open,
        campaign: None,
        opened_by: "ada".to_owned(),
        opened_at: make::at(0),
        finished_at: None,
        merged_as: None,
        version: 1,
    }
}

/// Services 1 to `count`, each with its repository.
async fn fleet(store: &Arc<dyn Store>, count: u128) {
    let mut tx = store.begin_write().await.unwrap();
    for n in 1..=count {
        tx.add_repository(&make::repository(n, &format!("team/{n:03}"))).await.unwrap();
        let service = slipway_ports::store::services::Service {
            repository: Some(make::repository_id(n)),
            ..make::service(n, &format!("service-{n:03}"))
        };
        tx.add_service(&service).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn lock(of: u128, version: &str, millis: i64) -> RepositoryLock {
    RepositoryLock {
        repository: make::repository_id(of),
        template: TEMPLATE.to_owned(),
        version: version.to_owned(),
        locked_at: make::at(millis),
    }
}

/// A version is kept once with its files; one that the template came back to is the latest again.
pub async fn versions(store: Arc<dyn Store>) {
    write!(store, tx => {
        for (name, millis) in [("v1", 1), ("v2", 2), ("v1", 1)] {
            tx.put_template_version(&version(name, millis), &blobs(name)).await.unwrap();
        }
    });
    let marks = |names: [(&str, i64); 2]| {
        names.map(|(name, millis)| VersionMark {
            template: TEMPLATE.to_owned(),
            version: name.to_owned(),
            seen_at: make::at(millis),
        })
    };
    read!(store, tx => {
        assert_eq!(tx.template_version(TEMPLATE, "v1").await.unwrap(), Some(version("v1", 1)));
        assert_eq!(tx.template_version(TEMPLATE, "v3\0").await.unwrap(), None);
        assert_eq!(tx.template_version("template:default/other", "v1").await.unwrap(), None);
        let mut found = tx.version_blobs(&["t".to_owned(), "v1".to_owned(), "none".to_owned()]).await.unwrap();
        found.sort();
        assert_eq!(found, blobs("v1"));
        assert_eq!(tx.version_blobs(&[]).await.unwrap(), []);
        assert_eq!(tx.version_marks().await.unwrap(), marks([("v2", 2), ("v1", 1)]));
    });
    write!(store, tx => tx.put_template_version(&version("v1", 9), &blobs("v1")).await.unwrap());
    assert_eq!(read!(store, tx => tx.version_marks().await.unwrap()), marks([("v1", 9), ("v2", 2)]));
}

/// A lock goes with its repository; saying the same again changes nothing.
pub async fn locks(store: Arc<dyn Store>) {
    fleet(&store, 3).await;
    write!(store, tx => {
        for of in [1, 2] {
            tx.put_lock(&lock(of, "v1", 1)).await.unwrap();
        }
        tx.put_lock(&lock(1, "v1", 5)).await.unwrap();
        tx.put_lock(&lock(2, "v2", 5)).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.lock(make::repository_id(1)).await.unwrap(), Some(lock(1, "v1", 1)));
        assert_eq!(tx.lock(make::repository_id(2)).await.unwrap(), Some(lock(2, "v2", 5)));
        assert_eq!(tx.lock(make::repository_id(3)).await.unwrap(), None);
        let count = |version: &str| VersionCount { template: TEMPLATE.to_owned(), version: version.to_owned(), services: 1 };
        assert_eq!(tx.version_counts().await.unwrap(), [count("v1"), count("v2")]);
    });
    write!(store, tx => {
        tx.delete_lock(make::repository_id(1)).await.unwrap();
        tx.delete_lock(make::repository_id(1)).await.unwrap();
        tx.delete_repository(make::repository_id(2)).await.unwrap();
    });
    assert_eq!(read!(store, tx => tx.version_counts().await.unwrap()), []);
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.put_lock(&lock(9, "v1", 1)).await, StoreError::Dangling(_));
}

/// Services by how they stand to their template, page after page.
pub async fn standing(store: Arc<dyn Store>) {
    fleet(&store, 4).await;
    write!(store, tx => {
        for (name, millis) in [("v1", 1), ("v2", 2)] {
            tx.put_template_version(&version(name, millis), &blobs(name)).await.unwrap();
        }
        for (of, name) in [(1, "v1"), (2, "v2"), (3, "v1")] {
            tx.put_lock(&lock(of, name, 1)).await.unwrap();
        }
        tx.add_upgrade(&upgrade(1, 3)).await.unwrap();
    });
    for (standing, expected) in [
        (None, vec![1, 2, 3, 4]),
        (Some(Standing::Behind), vec![1, 3]),
        (Some(Standing::Current), vec![2]),
        (Some(Standing::Open), vec![3]),
        (Some(Standing::Apart), vec![4]),
    ] {
        let filter = FleetFilter { standing, ..FleetFilter::default() };
        let rows = walk!(cursor => read!(store, tx => tx.list_fleet(&filter, cursor, 1).await.unwrap()));
        let ids: Vec<_> = rows.iter().map(|row| row.service).collect();
        assert_eq!(ids, expected.into_iter().map(make::service_id).collect::<Vec<_>>(), "{standing:?}");
    }
    read!(store, tx => {
        let rows = tx.list_fleet(&FleetFilter::default(), None, 10).await.unwrap().items;
        assert_eq!(rows.iter().map(|row| row.behind).collect::<Vec<_>>(), [Some(1), Some(0), Some(1), None]);
        let one = FleetFilter { service: Some(make::service_id(2)), ..FleetFilter::default() };
        assert_eq!(tx.list_fleet(&one, None, 10).await.unwrap().items, rows[1..2]);
        assert_eq!((rows[0].repository.as_str(), &rows[0].head), ("team/001", &None));
        assert_eq!(rows[0].lock, Some((TEMPLATE.to_owned(), "v1".to_owned())));
        assert_eq!((rows[2].open, &rows[3].lock), (Some((make::upgrade_id(1), 1)), &None));
        for (template, owner, count) in [(Some("x"), None, 0), (Some(TEMPLATE), None, 3), (None, Some("x"), 0)] {
            let filter = FleetFilter {
                template: template.map(str::to_owned),
                owner: owner.map(str::to_owned),
                ..FleetFilter::default()
            };
            assert_eq!(tx.list_fleet(&filter, None, 10).await.unwrap().items.len(), count);
        }
    });
    for cursor in NO_CURSORS {
        let found = read!(store, tx => tx.list_fleet(&FleetFilter::default(), Some(cursor), 10).await);
        refused!(found, StoreError::BadCursor);
    }
}

/// A repository has one open upgrade; a write to a row that moved on is refused.
pub async fn upgrades(store: Arc<dyn Store>) {
    fleet(&store, 2).await;
    let first = upgrade(1, 1);
    write!(store, tx => {
        tx.add_upgrade(&first).await.unwrap();
        refused!(tx.add_upgrade(&upgrade(2, 1)).await, StoreError::Conflict(_));
        tx.add_upgrade(&Upgrade { opened_at: make::at(-1), ..upgrade(3, 2) }).await.unwrap();
    });
    read!(store, tx => {
        assert_eq!(tx.upgrade(first.id).await.unwrap().as_ref(), Some(&first));
        assert_eq!(tx.open_upgrade(first.repository).await.unwrap().as_ref(), Some(&first));
        let open: Vec<_> = tx.open_upgrades(10).await.unwrap().iter().map(|u| u.id).collect();
        assert_eq!(open, [3, 1].map(make::upgrade_id));
    });
    let merged = Upgrade {
        state: UpgradeState::Merged,
        finished_at: Some(make::at(5)),
        merged_as: Some("def".to_owned()),
        ..first.clone()
    };
    write!(store, tx => {
        tx.set_upgrade(&merged).await.unwrap();
        refused!(tx.set_upgrade(&first).await, StoreError::Conflict(_));
        tx.add_upgrade(&upgrade(4, 1)).await.unwrap();
    });
    let stands = read!(store, tx => tx.upgrade(first.id).await.unwrap());
    assert_eq!(stands, Some(Upgrade { version: 2, ..merged }));
    write!(store, tx => tx.delete_service(make::service_id(1)).await.unwrap());
    assert_eq!(read!(store, tx => tx.upgrade(first.id).await.unwrap()), None, "it goes with its service");
}

/// Campaigns with their members; those that run are found.
pub async fn campaigns(store: Arc<dyn Store>) {
    let member = |n: u128, wave| Member {
        service: make::service_id(n),
        wave,
        state: MemberState::Waiting,
        upgrade: None,
        reason: None,
    };
    let campaign = |n: u128, millis| Campaign {
        id: make::campaign_id(n),
        template: TEMPLATE.to_owned(),
        to_version: "v2".to_owned(),
        members: vec![member(1, 0), member(2, 1)],
        merges: true,
        answers: [("size".to_owned(), make::DIFFICULT.to_owned())].into(),
        state: CampaignState::Running,
        reason: None,
        user: make::user_id(1),
        started_by: make::DIFFICULT.to_owned(),
        created_at: make::at(millis),
        finished_at: None,
        version: 1,
    };
    let first = campaign(1, 0);
    write!(store, tx => {
        tx.add_user(&make::user(1, "ada")).await.unwrap();
        tx.add_campaign(&first).await.unwrap();
        tx.add_campaign(&campaign(2, 5)).await.unwrap();
    });
    let mut stopped = first.clone();
    stopped.state = CampaignState::Stopped;
    stopped.reason = Some(make::DIFFICULT.to_owned());
    stopped.members[0].state = MemberState::Failed;
    write!(store, tx => {
        tx.set_campaign(&stopped).await.unwrap();
        refused!(tx.set_campaign(&first).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        assert_eq!(tx.campaign(first.id).await.unwrap(), Some(Campaign { version: 2, ..stopped }));
        assert_eq!(tx.campaign(make::campaign_id(9)).await.unwrap(), None);
        let newest: Vec<_> = tx.campaigns(10).await.unwrap().iter().map(|c| c.id).collect();
        assert_eq!(newest, [2, 1].map(make::campaign_id));
        assert_eq!(tx.running_campaigns(10).await.unwrap(), [make::campaign_id(2)]);
    });
}
