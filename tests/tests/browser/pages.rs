//! Every page: nothing for axe-core to find, nothing in the console, no wider than its window; at two widths and in both
//! themes, with a picture of each.

use crate::{
    possible,
    steps::{NewService, create},
};
use serde_json::Value;
use slipway_tests::{
    Browser, Client, Options, Server,
    browser::{DESKTOP, PHONE, Scripts, THEMES},
    client::ADMINISTRATOR,
    needs,
};

/// A page and how its pictures are called.
type Page = (&'static str, String);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_in_both_sizes_and_themes() {
    if !possible("every page") {
        return;
    }
    if !needs::met("what axe-core finds on every page", &[needs::AXE]) {
        println!("the pages are still opened, and their consoles read");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::demo(folder.path())).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    let mut complaints = Vec::new();
    for page in
        [("sign-in", "/sign-in".to_owned()), ("sign-in-refused", "/sign-in?error=That+did+not+work.".to_owned())]
    {
        look(&browser, &page, &mut complaints).await;
    }
    browser.sign_in(ADMINISTRATOR).await;
    let service = NewService { name: "page-subject", owner: "group:default/payments", runtime: "ecs-sandbox" };
    let run = create(&browser, &service).await;
    browser.says("main", "page-subject is there").await;
    // The way there was refused once on purpose, which the browser notes.
    browser.console_errors().await;
    let person = Client::sign_in(&server, ADMINISTRATOR).await;
    for page in pages(&person, run).await {
        look(&browser, &page, &mut complaints).await;
    }
    missing(&browser, &mut complaints).await;
    browser.close().await;

    let empty = tempfile::tempdir().expect("a folder");
    let server = Server::start(&Options::empty(empty.path())).await;
    let browser = Browser::start(&server.url, Scripts::On).await;
    let link = set_up_link(&server);
    look(&browser, &("setup", link.clone()), &mut complaints).await;
    browser.open(&link).await;
    browser.fill("login", "first").await;
    browser.fill("display_name", "First Person").await;
    browser.fill("password", "correct horse battery staple").await;
    browser.click("form[action='/setup'] button[type=submit]").await;
    browser.arrives("/").await;
    browser.find(".rail, nav").await;
    for (name, path) in [
        ("empty-home", "/"),
        ("empty-services", "/services"),
        ("empty-deployments", "/deployments"),
        ("empty-insights", "/insights"),
        ("empty-catalog", "/catalog"),
        ("empty-create", "/create"),
        ("empty-audit", "/audit"),
    ] {
        look(&browser, &(name, path.to_owned()), &mut complaints).await;
    }
    browser.close().await;
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// Every page of a signed-in person, with things that exist in it.
async fn pages(person: &Client, run: String) -> Vec<Page> {
    let first = |list: &Value, name: &str| list["items"][0][name].as_str().unwrap_or_default().to_owned();
    let services = person.read("services", &[("query[q]", "")]).await;
    let service = first(&services, "href");
    let of = |state: &'static str| async move {
        let list = person.read("deployments", &[("query[state]", state)]).await;
        first(&list, "href")
    };
    let (good, back) = (of("succeeded").await, of("rolled-back").await);
    let wizard = "/create/default/rust-axum-service".to_owned();
    let draft = person.draft("page-draft", "ecs-sandbox").await;
    let step = |step: &str| format!("{wizard}?draft={draft}&step={step}");
    vec![
        ("home", "/".to_owned()),
        ("create", "/create".to_owned()),
        ("wizard", step("0")),
        ("wizard-machine", step("1")),
        ("wizard-runtime", step("runtime")),
        ("wizard-review", step("review")),
        ("run", run),
        ("services", "/services".to_owned()),
        ("service", service.clone()),
        ("service-new", "/services/page-subject".to_owned()),
        ("deploy", format!("{service}/deploy")),
        ("deployments", "/deployments".to_owned()),
        ("deployments-failed", "/deployments?state=failed".to_owned()),
        ("deployment", good),
        ("deployment-rolled-back", back),
        ("insights", "/insights".to_owned()),
        ("insights-team", "/insights?owner=group:default/payments&days=30".to_owned()),
        (
            "insights-explained",
            "/insights?owner=group:default/payments&explain=change-fail-rate&compare=previous".to_owned(),
        ),
        ("insights-service", "/insights?service=checkout-api&from=2026-01-01&zone=Europe/Berlin".to_owned()),
        ("digest", "/insights/digest?owner=group:default/payments".to_owned()),
        ("catalog", "/catalog".to_owned()),
        ("catalog-apis", "/catalog?kind=api".to_owned()),
        ("entity", "/catalog/component/default/page-subject".to_owned()),
        ("entity-team", "/catalog/group/default/payments".to_owned()),
        ("entity-template", "/catalog/template/default/rust-axum-service".to_owned()),
        ("register", "/catalog/register".to_owned()),
        ("settings", "/settings".to_owned()),
        ("tokens", "/settings/tokens".to_owned()),
        ("people", "/settings/people".to_owned()),
        ("incidents", "/incidents".to_owned()),
        ("upgrades", "/upgrades".to_owned()),
        ("upgrade-plan", "/services/page-subject/upgrade".to_owned()),
        ("sources", "/settings/sources".to_owned()),
        ("audit", "/audit".to_owned()),
        ("search", "/search?q=pay".to_owned()),
        ("search-nothing", "/search?q=zzzzzz".to_owned()),
        ("design", "/design".to_owned()),
    ]
}

/// Opens a page in every size and theme, and notes what is wrong with it.
async fn look(browser: &Browser, (name, path): &Page, complaints: &mut Vec<String>) {
    for theme in THEMES {
        browser.choose_theme(theme).await;
        for size in [DESKTOP, PHONE] {
            browser.resize(size).await;
            browser.open(path).await;
            browser.find("h1").await;
            let found = browser.complaints().await;
            complaints.extend(found.into_iter().map(|line| format!("{name} {} {theme} ({path}): {line}", size.width)));
            browser.picture(name, size, theme).await;
        }
    }
    browser.resize(DESKTOP).await;
}

/// The page for addresses that lead nowhere. The browser notes the 404 in its console, as it should.
async fn missing(browser: &Browser, complaints: &mut Vec<String>) {
    let mut found = Vec::new();
    look(browser, &("missing", "/there/is/no/such/page".to_owned()), &mut found).await;
    complaints.extend(found.into_iter().filter(|line| !line.contains("status of 404")));
}

/// The path of the link that an empty server prints when it starts.
fn set_up_link(server: &Server) -> String {
    let output = server.output();
    let link = output.split_whitespace().find_map(|word| word.find("/setup?token=").map(|at| word[at..].to_owned()));
    link.unwrap_or_else(|| panic!("no set-up link was printed:\n{output}"))
}
