//! A repository that was made elsewhere.

use super::*;

#[tokio::test]
async fn a_repository_made_elsewhere_is_put_on_its_path_and_upgraded_from_there() {
    with_template("adopts", |world, templates| async move {
        let caller = world.developer().await;
        create_service(&world, &caller, NAME).await;
        push(&world, REPOSITORY, &[(LOCK_FILE, None), ("old.txt", None), ("main.txt", Some("ours\n"))]).await;
        pass(&world).await;
        let asked = FleetQuery { state: "apart".to_owned(), ..FleetQuery::default() };
        let page = upgrades::fleet(&world.slipway, &caller, &asked).await.unwrap();
        assert_eq!(page.items[0].standing.standing, StandingView::Apart);
        assert!(upgrades::open(&world.slipway, &caller, NAME, &BTreeMap::new()).await.is_err());

        let template = "template:default/small";
        let page = upgrades::adopt_page(&world.slipway, &caller, NAME, template).await.unwrap();
        let fields: BTreeMap<String, String> =
            page.fields.iter().map(|(field, text)| (field.name.clone(), text.clone())).collect();
        assert_eq!((fields["name"].as_str(), fields["owner"].as_str()), (NAME, "group:default/payments"));
        let version = page.versions[0].0.clone();
        let none = upgrades::adopt(&world.slipway, &caller, NAME, template, "none", &fields).await.unwrap_err();
        assert!(none.for_field("version").is_some());
        let nothing = BTreeMap::new();
        let empty = upgrades::adopt(&world.slipway, &caller, NAME, template, &version, &nothing).await.unwrap_err();
        assert!(empty.for_field("name").is_some());
        let opened = upgrades::adopt(&world.slipway, &caller, NAME, template, &version, &fields).await.unwrap();
        let id = opened.next.trim_start_matches("/upgrades/");
        let page = upgrades::page(&world.slipway, &caller, id).await.unwrap();
        let likeness = page.likeness.unwrap();
        assert_eq!((likeness.same, likeness.own), (3, 0));
        assert_eq!((likeness.differing, likeness.missing), (vec!["main.txt".to_owned()], vec!["old.txt".to_owned()]));
        upgrades::merge(&world.slipway, &caller, id).await.unwrap();
        assert_eq!(text(&world, "main", "main.txt").await.unwrap(), "ours\n", "its files stay as they are");
        let twice = upgrades::adopt(&world.slipway, &caller, NAME, template, &version, &fields).await;
        assert_eq!(twice.unwrap_err().code, ErrorCode::Conflict, "it is on one already");

        // The next version: what it adds comes, what the team has of its own stays.
        write(&templates, "skeleton/more.txt", "more\n");
        pass(&world).await;
        let id = open(&world, &caller).await;
        upgrades::merge(&world.slipway, &caller, &id).await.unwrap();
        assert_eq!(text(&world, "main", "more.txt").await.unwrap(), "more\n");
        assert_eq!(text(&world, "main", "main.txt").await.unwrap(), "ours\n");
        assert_eq!(text(&world, "main", "old.txt").await, None);
    })
    .await;
}
