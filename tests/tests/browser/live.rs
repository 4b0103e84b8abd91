//! The keyboard, and pages that outlive their connection.

use crate::possible;
use serde_json::json;
use slipway_tests::{Browser, Client, Cloud, Database, Options, Server, browser::Scripts, client::ADMINISTRATOR, wait};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_palette_goes_anywhere_by_keyboard() {
    if !possible("the command palette") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path())).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    browser.sign_in(ADMINISTRATOR).await;
    browser.control('k').await;
    browser.find("dialog.palette[open] input").await;
    browser.keys("insig").await;
    browser.says("dialog.palette [aria-selected=true]", "Insights").await;
    browser.keys("\u{e007}").await;
    browser.arrives("/insights").await;
    assert!(!browser.has("dialog.palette[open]").await, "it closes when it has done its work");

    // It finds services too, and Escape closes it where one was.
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let services = person.read("services", &[("query[q]", "")]).await;
    let name = services["items"][0]["name"].as_str().expect("the demo has services").to_owned();
    browser.control('k').await;
    browser.find("dialog.palette[open] input").await;
    browser.keys(&name).await;
    browser.says("dialog.palette [role=listbox]", &name).await;
    browser.keys("\u{e00c}").await;
    wait::until("the palette is closed", || async { (!browser.has("dialog.palette[open]").await).then_some(()) }).await;
    assert!(browser.place().await.starts_with("/insights"));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_says_when_it_is_cut_off_and_follows_again_afterwards() {
    if !possible("a page whose server goes away") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let cloud = Cloud::start(folder.path()).await;
    let database = Database::Sqlite;
    let options = Options { cloud: Some(&cloud), database: &database, ..Options::demo(folder.path().join("data")) };
    let mut server = Server::start(&options).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    browser.sign_in(ADMINISTRATOR).await;
    browser.open("/deployments").await;

    server.kill();
    browser.says(".live-banner", "Connection lost").await;
    // What is there stays readable.
    browser.says("main table", "production").await;

    let server = server.start_again(&options).await;
    wait::until("the banner is gone", || async { browser.words(".live-banner").await.is_empty().then_some(()) }).await;

    // What happens now shows without a reload.
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let history =
        person.read("deployments", &[("query[environment]", "production"), ("query[state]", "succeeded")]).await;
    let service = history["items"][0]["service"]["title"].as_str().expect("the demo has a history").to_owned();
    let form = person.read("deploy-form", &[("service", &service)]).await;
    let artifact = form["artifacts"][0][0].as_str().expect("the demo has artifacts").to_owned();
    let machine = person.with_new_token(&["read", "deploy"]).await;
    let reason = "Seen without a reload";
    let order = json!({"service": service, "environment": "dev", "artifact": artifact, "reason": reason});
    let deployment = machine.post("/api/v1/deployments", &order).await;
    let href = format!("/deployments/{}", deployment["id"].as_str().expect("an id"));
    browser.find(&format!("main a[href='{href}']")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_that_could_not_be_loaded_comes_when_the_server_is_back() {
    if !possible("a screen whose part of the module does not come") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options::demo(folder.path());
    let mut server = Server::start(&options).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    browser.sign_in(ADMINISTRATOR).await;
    browser.open("/").await;

    // The home page has not needed the part that the deployments are in.
    server.kill();
    browser.click("a[href='/deployments']").await;
    browser.says(".live-banner", "Connection lost").await;
    assert_eq!(browser.place().await, "/", "where the person is stays until there is another page to show");

    let _server = server.start_again(&options).await;
    browser.arrives("/deployments").await;
    browser.says("main table", "production").await;
    browser.close().await;
}
