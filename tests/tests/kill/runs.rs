//! Creating a service, with the server killed meanwhile.

use slipway_tests::{Client, Cloud, Database, Dice, Options, Server, client::ADMINISTRATOR};
use std::{path::Path, time::Duration};

/// How many runs are disturbed.
const RUNS: usize = 6;
/// A run takes about as long.
const LONGEST: Duration = Duration::from_millis(900);

/// Every run ends well, with one repository that has one commit, one component and one service.
pub async fn killed_in_the_middle(folder: &Path, database: &Database) {
    let cloud = Cloud::start(folder).await;
    let options = Options { database, cloud: Some(&cloud), ..Options::demo(folder.join("data")) };
    let mut server = Server::start(&options).await;
    let mut person = Client::sign_in(&server, ADMINISTRATOR).await;
    let mut dice = Dice::announced("a run killed in the middle");
    for run in 0..RUNS {
        let name = format!("killed-run-{run}");
        let id = person.create(&name, "ecs-sandbox").await;
        // The first one at once.
        let moment = if run == 0 { Duration::ZERO } else { dice.time(LONGEST) };
        println!("{name}: killing after {} ms", moment.as_millis());
        tokio::time::sleep(moment).await;
        server.kill();
        server = Server::start(&options).await;
        person = person.at(&server);

        let ended = person.run_ended(&id).await;
        assert_eq!(ended["row"]["state"], "succeeded", "{name}: {ended:#}");
        left_once(database, &options.data, &name).await;
    }
}

async fn left_once(database: &Database, data: &Path, name: &str) {
    let store = database.open(data).await;
    let mut tx = store.begin_read().await.expect("the database can be read");
    let repositories = tx.repositories().await.expect("the database can be read");
    let ours: Vec<_> =
        repositories.iter().filter(|repository| repository.name.ends_with(&format!("/{name}"))).collect();
    assert_eq!(ours.len(), 1, "repositories of {name}: {ours:?}");
    assert!(tx.service_by_name(name).await.expect("the database can be read").is_some(), "{name} is a service");

    let folder = data.join("repositories").join(format!("{}.git", ours[0].name));
    let output = std::process::Command::new("git")
        .args(["log", "--format=%s", "--all"])
        .current_dir(&folder)
        .output()
        .unwrap_or_else(|error| panic!("git in {}: {error}", folder.display()));
    let commits = String::from_utf8_lossy(&output.stdout).lines().count();
    assert_eq!(commits, 1, "commits of {name} in {}: {output:?}", folder.display());
}
