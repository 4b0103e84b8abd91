//! A server that dies at the worst moment: what was begun goes on when it is back, and nothing happens twice.
//!
//! The server is killed as `kill -9` does; the cloud is a process of its own and goes on. Both databases.

mod days;
mod fleet;
mod runs;

use fleet::{Asked, Fleet};
use slipway_tests::{Cloud, Database, Dice, Options, Server, needs, wait};
use std::{path::Path, time::Duration};

/// States that are passed through, the last one only by a bad image.
const STATES: [&str; 4] = ["pending", "rolling-out", "verifying", "rolling-back"];
/// How often a state may be missed: they are short, and a test is not the only thing that runs on a machine.
const TRIES: usize = 15;
/// No roll-out takes longer, so a random moment before it is in the middle of one, or just after.
const LONGEST: Duration = Duration::from_secs(7);

/// Runs a test on SQLite in a folder of its own.
async fn on_sqlite<F: AsyncFnOnce(&Path, &Database)>(test: F) {
    if !needs::met("killing a server on SQLite", &[needs::PROGRAM]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    test(folder.path(), &Database::Sqlite).await;
}

/// Runs a test on PostgreSQL in a schema of its own.
async fn on_postgres<F: AsyncFnOnce(&Path, &Database)>(name: &str, test: F) {
    if !needs::met("killing a server on PostgreSQL", &[needs::PROGRAM]) {
        return;
    }
    let Some(database) = Database::postgres(name).await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    test(folder.path(), &database).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_each_state_on_sqlite() {
    on_sqlite(killed_in_each_state).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_each_state_on_postgres() {
    on_postgres("killed_in_each_state", killed_in_each_state).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_on_sqlite() {
    on_sqlite(killed_at_random).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_on_postgres() {
    on_postgres("killed_at_random", killed_at_random).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_days_are_made_on_sqlite() {
    on_sqlite(days::killed_while_days_are_made).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_days_are_made_on_postgres() {
    on_postgres("killed_while_days_are_made", days::killed_while_days_are_made).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_killed_in_the_middle_is_finished_once_on_sqlite() {
    on_sqlite(runs::killed_in_the_middle).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_killed_in_the_middle_is_finished_once_on_postgres() {
    on_postgres("a_run_killed_in_the_middle", runs::killed_in_the_middle).await;
}

async fn killed_in_each_state(folder: &Path, database: &Database) {
    let cloud = Cloud::start(folder).await;
    let options = Options { database, cloud: Some(&cloud), ..Options::demo(folder.join("data")) };
    let mut server = Server::start(&options).await;
    let mut fleet = Fleet::of(&server, &cloud).await;
    let mut dice = Dice::announced("killed in each state");
    for state in STATES {
        let mut asked = Vec::new();
        for runtime in fleet.runtimes() {
            let mut tries = 0;
            loop {
                let one = fleet.ask(&runtime, state == "rolling-back", &mut dice).await;
                if state != "pending" {
                    fleet.reaches(&one, state).await;
                }
                server.kill();
                let died_in = state_of(database, &options.data, &one).await;
                println!("{}: wanted to kill it {state}, killed it {died_in}", one.service);
                asked.push(one);
                server = Server::start(&options).await;
                fleet.follow(&server);
                if died_in == state {
                    break;
                }
                tries += 1;
                assert!(tries < TRIES, "{tries} deployments to {runtime}, and none was seen {state}");
            }
        }
        all_end_once(&fleet, database, &options.data, &asked).await;
    }
    assert!(server.stop(), "the server ends well when it is asked to");
}

async fn killed_at_random(folder: &Path, database: &Database) {
    let cloud = Cloud::start(folder).await;
    let options = Options { database, cloud: Some(&cloud), ..Options::demo(folder.join("data")) };
    let mut server = Server::start(&options).await;
    let mut fleet = Fleet::of(&server, &cloud).await;
    let mut dice = Dice::announced("killed at random");
    let runtimes = fleet.runtimes();
    for round in 0..2 {
        let mut asked = Vec::new();
        for point in 0..5 {
            for (index, runtime) in runtimes.iter().enumerate() {
                // One of three is bad, each time another one.
                asked.push(fleet.ask(runtime, (round + point + index) % 3 == 0, &mut dice).await);
            }
            let moment = dice.time(LONGEST);
            println!("killing after {} ms", moment.as_millis());
            tokio::time::sleep(moment).await;
            server.kill();
            server = Server::start(&options).await;
            fleet.follow(&server);
        }
        all_end_once(&fleet, database, &options.data, &asked).await;
    }
}

/// The state that is written down, behind the server's back.
async fn state_of(database: &Database, data: &Path, asked: &Asked) -> String {
    let store = database.open(data).await;
    let mut tx = store.begin_read().await.expect("the database can be read");
    let id = asked.id.parse().expect("an id");
    let deployment = tx.deployment(id).await.expect("the database can be read").expect("it was acknowledged");
    deployment.state.as_str().to_owned()
}

/// Every deployment ends as its image deserves, its runtime rolled it out once, its timeline says everything once, and the
/// delivery log counts it once.
async fn all_end_once(fleet: &Fleet<'_>, database: &Database, data: &Path, asked: &[Asked]) {
    for one in asked {
        let page = wait::until(format!("{} of {} is over", one.id, one.service), || async {
            let page = fleet.deployment(one).await;
            page["row"]["finished_at"].is_i64().then_some(page)
        })
        .await;
        let wanted = if one.bad { "rolled-back" } else { "succeeded" };
        assert_eq!(page["row"]["state"], wanted, "{}: {page:#}", one.service);

        let lines: Vec<&str> = page["timeline"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|line| line["lane"] == "portal")
            .filter_map(|line| line["message"].as_str())
            .collect();
        let mut once = lines.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), lines.len(), "the timeline of {} says something twice: {lines:#?}", one.service);

        assert_eq!(fleet.new_roll_outs(one).await, one.wanted_roll_outs(), "roll-outs of {}: {page:#}", one.service);
    }
    let store = database.open(data).await;
    let mut tx = store.begin_read().await.expect("the database can be read");
    for one in asked {
        let service = tx.service_by_name(&one.service).await.expect("the database can be read").expect("it is there");
        let events = tx.delivery_events(Some(&[service.id])).await.expect("the database can be read");
        let count = events.iter().filter(|event| event.payload["id"] == one.id.as_str()).count();
        assert_eq!(count, 1, "delivery events of {} of {}", one.id, one.service);
    }
}
