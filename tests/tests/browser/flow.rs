//! The whole way, once: from a golden path to a running, watched service, and back from a bad deployment.

use crate::{
    possible,
    steps::{NewService, create, record_bad_image},
};
use slipway_tests::{
    Browser, Client, Options, Server,
    browser::Scripts,
    client::{ADMINISTRATOR, LEAD},
    wait,
};
use std::path::Path;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_golden_path_to_a_roll_back() {
    if !possible("the whole way in a browser") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path())).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    browser.sign_in(LEAD).await;

    // Created, built and running, without a reload.
    let service = NewService { name: "order-intake", owner: "group:default/payments", runtime: "ecs-sandbox" };
    create(&browser, &service).await;
    // The way there was refused once on purpose, which the browser notes.
    browser.console_errors().await;
    browser.says("main", "order-intake is there").await;
    browser.press("Open order-intake").await;
    browser.arrives("/services/order-intake").await;
    browser.says("tr:has([href]):has(th), main table", "Healthy").await;
    runs(&browser, "dev", "Healthy").await;

    // The same image in production.
    let person = Client::sign_in(&server, LEAD).await;
    let machine = person.with_new_token(&["read", "create", "deploy"]).await;
    deploy(&browser, "production", "First release").await;
    browser.says("main .page-header, main", "Succeeded").await;
    browser.open("/services/order-intake").await;
    runs(&browser, "production", "Healthy").await;

    // A bad one: rolled back by itself, with the cause on top, and the good one still runs.
    record_bad_image(&machine, "order-intake").await;
    deploy(&browser, "production", "A change that does not start").await;
    browser.says("main", "Rolled back").await;
    browser.says("main", "A change that does not start").await;
    assert!(!browser.words(".timeline__cause").await.is_empty(), "the cause stands on top");
    browser.open("/services/order-intake").await;
    runs(&browser, "production", "Healthy").await;

    // The history has it, narrowed by the URL.
    browser.open("/deployments?service=order-intake").await;
    browser.says("main", "Rolled back").await;
    browser.says("main", "First release").await;
    browser.open("/deployments?service=order-intake&state=rolled-back").await;
    browser.says("main", "order-intake v3").await;
    assert!(!browser.words("main").await.contains("order-intake v2"), "the filter narrows the history");

    // So do the delivery figures: one deployment reached production, and one was taken back before users saw it.
    browser.open("/services/order-intake").await;
    browser.says("main", "Change fail rate").await;
    let panel = person.read("service", &[("name", "order-intake")]).await["dora"].clone();
    let weeks = panel["weeks"].as_array().cloned().unwrap_or_default();
    let sum = |name: &str| weeks.iter().filter_map(|week| week[name].as_u64()).sum::<u64>();
    assert_eq!((sum("deployments"), sum("failed"), sum("stopped")), (1, 0, 1), "{panel:#}");
    browser.says("main", "Today so far: 1 deployment, 0 failed").await;
    browser.says("main", "1 roll-out taken back").await;

    let complaints = browser.console_errors().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    browser.close().await;
}

/// Deploys the newest artifact by the form; ends on the deployment's page.
async fn deploy(browser: &Browser, environment: &str, reason: &str) {
    browser.open("/services/order-intake").await;
    browser.click("main a[href='/services/order-intake/deploy']").await;
    browser.arrives("/services/order-intake/deploy").await;
    browser.fill("environment", environment).await;
    browser.fill("reason", reason).await;
    browser.click("form button[type=submit].button--primary").await;
    browser.arrives("/deployments/").await;
}

/// Waits until the environment's row on the service's page says so.
async fn runs(browser: &Browser, environment: &str, word: &str) {
    wait::until(format!("{environment} is {word}"), || async {
        let rows = "return [...document.querySelectorAll('main tr')].map((row) => row.innerText)";
        let rows = browser.script(rows).await;
        let mut rows = rows.as_array()?.iter().filter_map(|row| row.as_str());
        rows.any(|row| row.trim_start().starts_with(environment) && row.contains(word)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_path_without_scripts() {
    if !possible("the form path without scripts") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path())).await;
    let browser = Browser::start(&server.url, Scripts::Off).await;
    browser.sign_in(LEAD).await;
    assert!(!browser.has("html[data-ready]").await, "no script runs here");

    let service = NewService { name: "plain-forms", owner: "group:default/payments", runtime: "kubernetes-sandbox" };
    let run = create(&browser, &service).await;
    reads_in_the_end(&browser, &run, "plain-forms is there").await;
    reads_in_the_end(&browser, "/services/plain-forms", "Healthy").await;

    // Deploying is a form too.
    browser.open("/services/plain-forms/deploy").await;
    browser.fill("environment", "staging").await;
    browser.click("form button[type=submit].button--primary").await;
    let page = browser.arrives("/deployments/").await;
    reads_in_the_end(&browser, &page, "Succeeded").await;
    browser.close().await;
}

/// Loads a page anew until it says so: without scripts nothing else makes it true.
async fn reads_in_the_end(browser: &Browser, page: &str, words: &str) {
    wait::until(format!("{page} says {words}"), || async {
        browser.open(page).await;
        browser.words("main").await.contains(words).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn this_repository_can_be_registered() {
    if !possible("registering this repository") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path())).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    browser.sign_in(ADMINISTRATOR).await;
    browser.open("/catalog/register").await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests has a parent");
    browser.fill("target", repository.to_str().expect("a path in UTF-8")).await;
    browser.click("form:has([name=target]) button[type=submit]").await;
    browser.says("main", "in the catalog").await;
    browser.open("/catalog/component/default/slipway").await;
    browser.says("main", "platform").await;
    browser.open("/catalog?q=slipway&kind=component").await;
    browser.says("main table, main", "slipway").await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    browser.close().await;
}
