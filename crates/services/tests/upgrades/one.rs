//! One service: opened, merged, closed, and what both sides changed.

use super::*;

#[tokio::test]
async fn a_created_repository_says_what_it_was_made_of() {
    with_template("lock", |world, _| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        let lock = lock(&world, "main").await;
        assert_eq!((lock.template.as_str(), lock.user.as_str()), ("template:default/small", "user:default/dev"));
        assert_eq!(lock.inputs["name"], NAME);
        let paths: Vec<&str> = lock.files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["Dockerfile", "catalog-info.yaml", "main.txt", "old.txt", "score.yaml"]);
        assert!(lock.is_untouched("main.txt", SOURCE.as_bytes()));
        pass(&world).await;
        let page = upgrades::fleet(&world.slipway, &caller, &FleetQuery::default()).await.unwrap();
        assert_eq!(page.items[0].standing.standing, StandingView::Current);
        assert_eq!((page.templates[0].current, page.templates[0].services), (1, 1));
        let page = fleet::page(&world.slipway, &caller, NAME).await.unwrap();
        assert_eq!(page.golden_path.unwrap().version, lock.version[..8]);
    })
    .await;
}

#[tokio::test]
async fn an_upgrade_brings_what_the_template_changed_and_keeps_what_the_team_did() {
    with_template("clean", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        let own = SOURCE.replace("eight", "EIGHT");
        push(&world, REPOSITORY, &[("main.txt", Some(&own)), ("own.txt", Some("own\n"))]).await;
        let first = lock(&world, "main").await;
        write_second_version(&templates);
        pass(&world).await;
        let asked = FleetQuery { state: "behind".to_owned(), ..FleetQuery::default() };
        let behind = upgrades::fleet(&world.slipway, &caller, &asked).await.unwrap();
        assert_eq!(behind.items[0].standing.standing, StandingView::Behind(Some(1)));
        assert_eq!((behind.templates[0].current, behind.templates[0].services), (0, 1));

        let before = world.forge.head(REPOSITORY, "main").await.unwrap();
        let plan = upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap();
        let changes: Vec<_> = plan.files.iter().map(|file| (file.path.as_str(), file.change)).collect();
        let (added, changed, deleted) = (FileChange::Added, FileChange::Changed, FileChange::Deleted);
        assert_eq!(changes, [("docs/new.md", added), ("main.txt", changed), ("old.txt", deleted)]);
        assert_eq!((plan.conflicts.len(), plan.nothing, plan.may_open, plan.open.is_some()), (0, false, true, false));
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), before, "looking changes nothing");

        let id = open(&world, &caller).await;
        assert_eq!(open(&world, &caller).await, id, "opening twice is opening once");
        let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(page.files, plan.files);
        assert_eq!((page.state, page.undecided.len(), page.may_act), (UpgradeState::Open, 0, true));
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), before, "only the branch");

        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(text(&world, "main", "main.txt").await.unwrap(), own.replace("one", "ONE"));
        assert_eq!(text(&world, "main", "docs/new.md").await.unwrap(), "# order-intake\n");
        assert_eq!(text(&world, "main", "old.txt").await, None);
        assert_eq!(text(&world, "main", "own.txt").await.unwrap(), "own\n");
        let second = lock(&world, "main").await;
        assert_ne!(second.version, first.version);
        assert_eq!(second.inputs, first.inputs);
        assert_eq!(world.forge.head(REPOSITORY, &page.branch).await.unwrap(), None, "the branch has done its duty");
        let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!((page.state, page.may_act), (UpgradeState::Merged, false));

        // The merge is a push: it is recorded and built.
        let head = world.forge.head(REPOSITORY, "main").await.unwrap().unwrap();
        let mut tx = world.store.begin_read().await.unwrap();
        let service = tx.service_by_name(NAME).await.unwrap().unwrap();
        let build = tx.builds_of(service.id, 1).await.unwrap().remove(0);
        assert_eq!((build.revision, build.state), (head, BuildState::Queued));
        drop(tx);
        let plan = upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap();
        assert!(plan.nothing && plan.files.is_empty(), "applied again it changes nothing: {:?}", plan.files);
        let refused = upgrades::open(&world.slipway, &caller, NAME, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Conflict);
    })
    .await;
}

#[tokio::test]
async fn what_both_changed_waits_for_hands_and_is_never_merged_before() {
    with_template("conflict", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        push(&world, REPOSITORY, &[("main.txt", Some(&SOURCE.replace("one", "uno")))]).await;
        write_second_version(&templates);
        pass(&world).await;
        let id = open(&world, &caller).await;
        let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(page.undecided, ["main.txt"]);
        let main = page.files.iter().find(|file| file.path == "main.txt").unwrap();
        assert!(main.conflict && main.lines.iter().any(|line| line.kind == LineKind::Conflict), "{main:?}");
        let before = world.forge.head(REPOSITORY, "main").await.unwrap();
        let refused = upgrades::merge(&world.slipway, &caller, &id).await.unwrap_err();
        assert!(refused.code == ErrorCode::Conflict && refused.message.contains("main.txt"), "{refused}");

        // Another push that leaves the markers is no decision; one that takes them out is.
        let branch = world.forge.head(REPOSITORY, &page.branch).await.unwrap().unwrap();
        let marked = text(&world, &branch, "main.txt").await.unwrap();
        for (path, text, undecided) in [("x.txt", "x\n".to_owned(), 1), ("main.txt", SOURCE.replace("one", "UNO"), 0)] {
            let parent = world.forge.head(REPOSITORY, &page.branch).await.unwrap().unwrap();
            let new = NewBranch {
                branch: page.branch.clone(),
                parent,
                changes: [(path.to_owned(), Some(file(&text)))].into(),
                saying: Saying {
                    message: "Decide".to_owned(),
                    author_name: "Team".to_owned(),
                    author_email: "team@example.com".to_owned(),
                    at: world.slipway.clock.now(),
                },
            };
            world.forge.put_branch(REPOSITORY, &new).await.unwrap();
            let seen = world.store.begin_read().await.unwrap().feed_head().await.unwrap();
            slipway_services::repositories::pushed(&world.slipway, REPOSITORY, "dev").await.unwrap();
            let told = world.store.begin_read().await.unwrap().feed_after(seen, 50).await.unwrap();
            assert!(told.iter().any(|entry| entry.topic == "upgrade" && entry.id == id), "pages follow: {told:?}");
            let page = upgrades::page(&world.slipway, &caller, &id).await.unwrap();
            assert_eq!(page.undecided.len(), undecided, "{marked}");
            if undecided > 0 {
                assert!(upgrades::merge(&world.slipway, &caller, &id).await.is_err());
            }
        }
        assert_eq!(world.forge.head(REPOSITORY, "main").await.unwrap(), before);
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert!(text(&world, "main", "main.txt").await.unwrap().starts_with("UNO\n"));
    })
    .await;
}

#[tokio::test]
async fn a_closed_upgrade_leaves_nothing_and_can_be_opened_anew() {
    with_template("closed", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        write_second_version(&templates);
        pass(&world).await;
        let id = open(&world, &caller).await;
        let branch = upgrades::page(&world.slipway, &caller, &id).await.unwrap().branch;
        upgrades::close(&world.slipway, &caller, &id).await.unwrap();
        upgrades::close(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(world.forge.head(REPOSITORY, &branch).await.unwrap(), None);
        assert!(upgrades::merge(&world.slipway, &caller, &id).await.is_err());
        let next = open(&world, &caller).await;
        assert_ne!(next, id);

        // Somebody merges the branch with git: Slipway notices.
        let head = world.forge.head(REPOSITORY, &branch).await.unwrap().unwrap();
        let saying = Saying {
            message: "By hand".to_owned(),
            author_name: "Team".to_owned(),
            author_email: "team@example.com".to_owned(),
            at: world.slipway.clock.now(),
        };
        world.forge.join(REPOSITORY, &head, "main", &saying).await.unwrap();
        slipway_services::repositories::pushed(&world.slipway, REPOSITORY, "dev").await.unwrap();
        pass(&world).await;
        let page = upgrades::page(&world.slipway, &caller, &next).await.unwrap();
        assert_eq!(page.state, UpgradeState::Merged);
    })
    .await;
}

#[tokio::test]
async fn a_new_version_may_ask_for_what_nobody_said_yet() {
    with_template("asks", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        let asks = TEMPLATE.replace("required: [name, owner]", "required: [name, owner, size]").replace(
            "        # more",
            "        size: {type: integer, title: Size, minimum: 2}\n        colour: {type: string, default: red}",
        );
        write(&templates, "template.yaml", &asks);
        write(&templates, "skeleton/size.txt", "${{ values.size }}\n");
        pass(&world).await;
        let plan = upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap();
        let asked: Vec<&str> = plan.asks.iter().map(|(field, _)| field.name.as_str()).collect();
        assert_eq!((asked, plan.nothing), (vec!["size"], false));
        for (typed, ok) in [("", false), ("1", false), ("two", false), ("3", true)] {
            let answers: BTreeMap<String, String> = [("size".to_owned(), typed.to_owned())].into();
            let opened = upgrades::open(&world.slipway, &caller, NAME, &answers).await;
            assert_eq!(opened.as_ref().err().and_then(|error| error.for_field("size")).is_none(), ok, "{opened:?}");
        }
        let id = open(&world, &caller).await;
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(text(&world, "main", "size.txt").await.unwrap(), "3\n");
        let inputs = lock(&world, "main").await.inputs;
        assert_eq!((&inputs["size"], &inputs["colour"]), (&serde_json::json!(3), &serde_json::json!("red")));
    })
    .await;
}

#[tokio::test]
async fn only_the_team_opens_merges_and_closes() {
    with_template("access", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        write_second_version(&templates);
        pass(&world).await;
        let stranger = world.person("other", Role::Developer, Some("group:default/platform")).await;
        let refused = upgrades::open(&world.slipway, &stranger, NAME, &BTreeMap::new()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        let id = open(&world, &caller).await;
        for refused in [
            upgrades::merge(&world.slipway, &stranger, &id).await,
            upgrades::close(&world.slipway, &stranger, &id).await,
        ] {
            assert_eq!(refused.unwrap_err().code, ErrorCode::Forbidden);
        }
        let page = upgrades::page(&world.slipway, &stranger, &id).await.unwrap();
        assert_eq!((page.state, page.may_act), (UpgradeState::Open, false));
        let missing = upgrades::page(&world.slipway, &caller, "no-id").await.unwrap_err();
        assert_eq!(missing.code, ErrorCode::NotFound);
    })
    .await;
}

/// Opening and merging stopped dead at every point, and done again: one branch, one upgrade, one merge.
#[tokio::test]
async fn a_process_may_die_at_any_point_of_an_upgrade() {
    with_template("dies", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        write_second_version(&templates);
        pass(&world).await;
        let first = world.forge.head(REPOSITORY, "main").await.unwrap().unwrap();
        for passers in 0.. {
            let gate = Gate::after(passers);
            let store = Arc::new(GatedStore(world.store.clone(), gate.clone()));
            let forge = Arc::new(GatedForge { forge: world.forge.clone(), gate: gate.clone(), can_delete: true });
            let process = world.process("second", store, forge);
            let work = async {
                let opened = upgrades::open(&process, &caller, NAME, &BTreeMap::new()).await.unwrap();
                upgrades::merge(&process, &caller, opened.next.trim_start_matches("/upgrades/")).await.unwrap();
            };
            let died = tokio::select! {
                () = work => false,
                () = gate.stopped() => true,
            };
            gate.open();
            if died {
                pass(&world).await;
                let mut tx = world.store.begin_read().await.unwrap();
                let repository = tx.repository_by_name(REPOSITORY).await.unwrap().unwrap();
                let stands = tx.open_upgrade(repository.id).await.unwrap();
                drop(tx);
                if world.forge.head(REPOSITORY, "main").await.unwrap().unwrap() == first {
                    let id = open(&world, &caller).await;
                    assert!(stands.is_none_or(|stands| stands.id.to_string() == id), "after {passers}");
                    upgrades::close(&world.slipway, &caller, &id).await.unwrap();
                    continue;
                }
                assert_eq!(stands, None, "after {passers}: what the default branch has is merged");
            }
            break;
        }
        let commits = world.forge.commits(REPOSITORY, Some(&first), "main").await.unwrap();
        assert_eq!(commits.len(), 2, "the upgrade and its merge");
        assert!(upgrades::plan_page(&world.slipway, &caller, NAME).await.unwrap().nothing);
        let entity: EntityRef = "component:default/order-intake".parse().unwrap();
        assert!(world.store.begin_read().await.unwrap().entity(&entity).await.unwrap().is_some());
    })
    .await;
}
