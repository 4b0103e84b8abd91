//! What can be undone acts at once and offers to undo it, with a script and without.

use crate::possible;
use slipway_tests::{Browser, Client, Options, Server, browser::Scripts, client::ADMINISTRATOR};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_that_was_removed_comes_back() {
    if !possible("undoing") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path())).await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    let page = person.read("insights", &[("query[days]", "30")]).await;
    let day = page["panel"]["from"].as_str().expect("a day").to_owned();
    for (scripts, text) in [(Scripts::On, "A freeze with a script"), (Scripts::Off, "A freeze without one")] {
        person.call("add-note", &[("day", day.as_str()), ("kind", "freeze"), ("text", text)]).await;
        let browser = Browser::start(&server.url, scripts).await;
        browser.sign_in(ADMINISTRATOR).await;
        browser.open("/insights").await;
        browser.says(".notes__text", text).await;
        browser.click(".notes__note button[type=submit]").await;
        browser.says(".toasts", "The note is removed").await;
        assert!(!browser.words("main").await.contains(text), "it is gone at once");
        browser.click(".toasts form button[type=submit]").await;
        browser.says(".notes__text", text).await;
        browser.open("/insights").await;
        assert!(!browser.has(".toasts form").await, "it is said once");
        browser.click(".notes__note button[type=submit]").await;
        browser.says(".toasts", "The note is removed").await;
        browser.close().await;
    }
}
