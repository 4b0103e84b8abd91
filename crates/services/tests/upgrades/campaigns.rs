//! Many services, in waves.

use super::*;

/// Three services that are behind, whose builds are all there is to wait for.
async fn three_services(world: &TestWorld, templates: &Path) -> Caller {
    let developer = world.developer().await;
    let mut tx = world.store.begin_write().await.unwrap();
    for environment in tx.environments().await.unwrap() {
        tx.put_environment(&Environment { auto_deploy: false, ..environment }).await.unwrap();
    }
    tx.commit().await.unwrap();
    for name in ["one", "two", "three"] {
        create_service(world, &developer, name).await;
    }
    reconcile::pass_builds(world.slipway.clone()).await.unwrap();
    write_second_version(templates);
    pass(world).await;
    world.person("lead", Role::TeamLead, Some("group:default/payments")).await
}

fn order(waves: &str, merges: bool) -> NewCampaign {
    NewCampaign {
        template: "template:default/small".to_owned(),
        owner: String::new(),
        waves: waves.to_owned(),
        merges: merges.then(|| "yes".to_owned()),
    }
}

/// Begins a campaign; gives its id.
async fn start(world: &TestWorld, caller: &Caller, order: &NewCampaign) -> String {
    let opened = upgrades::start(&world.slipway, caller, order).await.unwrap();
    opened.next.trim_start_matches("/upgrades/campaigns/").to_owned()
}

/// Where its services are, by wave.
async fn members(world: &TestWorld, caller: &Caller, id: &str) -> (CampaignState, Vec<Vec<MemberState>>) {
    let page = upgrades::campaign(&world.slipway, caller, id).await.unwrap();
    let states = page.waves.iter().map(|wave| wave.iter().map(|member| member.state).collect()).collect();
    (page.row.state, states)
}

#[tokio::test]
async fn a_wave_begins_when_everything_of_the_one_before_is_built() {
    with_template("waves", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let id = start(&world, &lead, &order("1, rest", true)).await;
        pass(&world).await;
        let (running, done) = (CampaignState::Running, CampaignState::Done);
        let (waiting, merged, through) = (MemberState::Waiting, MemberState::Merged, MemberState::Through);
        assert_eq!(members(&world, &lead, &id).await, (running, vec![vec![merged], vec![waiting, waiting]]));
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.1[0], [merged], "its build has not ended");
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await, (running, vec![vec![through], vec![merged, merged]]));
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await, (done, vec![vec![through], vec![through, through]]));
        let page = upgrades::fleet(&world.slipway, &lead, &FleetQuery::default()).await.unwrap();
        assert_eq!((page.templates[0].current, page.templates[0].services), (3, 3));
        assert_eq!((page.campaigns[0].through, page.may_start), (3, true));
        let nothing = upgrades::start(&world.slipway, &lead, &order("1", true)).await.unwrap_err();
        assert!(nothing.for_field("template").is_some(), "{nothing}");
    })
    .await;
}

#[tokio::test]
async fn a_campaign_is_told_once_what_its_services_do_not_say() {
    with_template("campaign_asks", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let asks = TEMPLATE
            .replace("required: [name, owner]", "required: [name, owner, size]")
            .replace("        # more", "        size: {type: integer, title: Size, minimum: 2}");
        write(&templates, "template.yaml", &asks);
        write(&templates, "skeleton/size.txt", "${{ values.size }}\n");
        pass(&world).await;
        let order = order("rest", true);
        let form = upgrades::campaign_form(&world.slipway, &lead, &order).await.unwrap();
        let asked: Vec<&str> = form.asks.iter().map(|(field, _)| field.name.as_str()).collect();
        assert_eq!((asked, form.services), (vec!["size"], 3));
        for (answers, wrong) in [(vec![], true), (vec![("size", "1")], true), (vec![("size", "3")], false)] {
            let answers = typed(&answers);
            match upgrades::start_with(&world.slipway, &lead, &order, &answers).await {
                Ok(_) => assert!(!wrong, "{answers:?}"),
                Err(refused) => assert!(wrong && refused.for_field("size").is_some(), "{answers:?}: {refused}"),
            }
        }
        for _ in 0..8 {
            pass(&world).await;
        }
        for name in ["one", "two", "three"] {
            let file = world.forge.read(&format!("payments/{name}"), "main", "size.txt").await.unwrap().unwrap();
            assert_eq!(file, "3\n", "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_failure_stops_a_campaign_and_says_why() {
    with_template("stops", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        // By name: one, three, two. The first cannot be built any more, the second conflicts.
        push(&world, "payments/one", &[("Dockerfile", None)]).await;
        push(&world, "payments/three", &[("main.txt", Some(&SOURCE.replace("one", "uno")))]).await;
        let id = start(&world, &lead, &order("1, 1, rest", true)).await;
        pass(&world).await;
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        let (stopped, failed, waiting) = (CampaignState::Stopped, MemberState::Failed, MemberState::Waiting);
        assert_eq!(members(&world, &lead, &id).await, (stopped, vec![vec![failed], vec![waiting], vec![waiting]]));
        let page = upgrades::campaign(&world.slipway, &lead, &id).await.unwrap();
        assert!(page.reason.unwrap().contains("build of one failed"));
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.0, stopped, "it waits for a person");

        upgrades::resume(&world.slipway, &lead, &id).await.unwrap();
        pass(&world).await;
        let page = upgrades::campaign(&world.slipway, &lead, &id).await.unwrap();
        assert!(page.reason.unwrap().contains("three needs hands"), "{:?}", page.waves);
        assert_eq!(page.waves[1][0].state, failed);
        assert!(page.waves[1][0].upgrade.is_some(), "it waits on its branch");
        assert_eq!(page.waves[2][0].state, waiting);
        let stranger = world.person("other", Role::TeamLead, Some("group:default/platform")).await;
        for refused in [
            upgrades::resume(&world.slipway, &stranger, &id).await.unwrap_err(),
            upgrades::stop(&world.slipway, &stranger, &id).await.unwrap_err(),
        ] {
            assert_eq!(refused.code, ErrorCode::Forbidden);
        }
        let developer = world.person("dev2", Role::Developer, Some("group:default/payments")).await;
        let refused = upgrades::start(&world.slipway, &developer, &order("1", true)).await.unwrap_err();
        assert!(refused.for_field("template").is_some(), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn without_leave_to_merge_a_campaign_waits_for_people_and_can_be_stopped() {
    with_template("by_hand", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let id = start(&world, &lead, &order("1, rest", false)).await;
        pass(&world).await;
        let (open, waiting) = (MemberState::Open, MemberState::Waiting);
        assert_eq!(members(&world, &lead, &id).await.1, [vec![open], vec![waiting, waiting]]);
        let page = upgrades::campaign(&world.slipway, &lead, &id).await.unwrap();
        let upgrade = page.waves[0][0].upgrade.clone().unwrap();
        upgrades::merge(&world.slipway, &lead, upgrade.trim_start_matches("/upgrades/")).await.unwrap();
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        upgrades::stop(&world.slipway, &lead, &id).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.1[1], [waiting, waiting], "no step after a stop");
        upgrades::resume(&world.slipway, &lead, &id).await.unwrap();
        pass(&world).await;
        assert_eq!(members(&world, &lead, &id).await.1, [vec![MemberState::Through], vec![open, open]]);
    })
    .await;
}

/// A worker stopped dead at every point of a wave, and followed by another: one upgrade and one merge for each service.
#[tokio::test]
async fn a_worker_may_die_at_any_point_of_a_wave() {
    with_template("wave_dies", |world, templates| async move {
        let lead = three_services(&world, &templates).await;
        let id = start(&world, &lead, &order("rest", true)).await;
        for passers in 0.. {
            let gate = Gate::after(passers);
            let store = Arc::new(GatedStore(world.store.clone(), gate.clone()));
            let forge = Arc::new(GatedForge { forge: world.forge.clone(), gate: gate.clone(), can_delete: true });
            let process = world.process(&format!("worker-{passers}"), store, forge);
            let died = tokio::select! {
                done = reconcile::pass_upgrades(process) => done.is_err(),
                () = gate.stopped() => true,
            };
            gate.open();
            // Its lease runs out.
            world.clock.advance(11 * SECOND);
            if !died {
                break;
            }
        }
        pass(&world).await;
        reconcile::pass_builds(world.slipway.clone()).await.unwrap();
        pass(&world).await;
        let (state, waves) = members(&world, &lead, &id).await;
        assert_eq!((state, waves), (CampaignState::Done, vec![vec![MemberState::Through; 3]]));
        for name in ["one", "two", "three"] {
            let commits = world.forge.commits(&format!("payments/{name}"), None, "main").await.unwrap();
            assert_eq!(commits.len(), 3, "{name}: its creation, the upgrade and its merge");
        }
    })
    .await;
}
