//! Insights by HTTP, on the demo: every link answers, tables are files, the digest has three forms.

use crate::app::TestApp;
use http::{StatusCode, header};
use slipway_server::config::Config;
use slipway_services::demo;
use std::collections::BTreeSet;

async fn demo() -> (TestApp, String) {
    let mut config = Config::default();
    // The demo's services need runtimes.
    (config.sandbox.enabled, config.sandbox.port) = (true, 0);
    let app = TestApp::configured(config).await;
    demo::seed(&app.slipway).await.unwrap();
    let cookie = app.sign_in("ada", "demo-administrator").await;
    (app, cookie)
}

/// Addresses of this site that a page's own part links to.
fn links(html: &str) -> BTreeSet<String> {
    let main = html.split("<main").nth(1).unwrap();
    let hrefs = main.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.starts_with('/')).map(|href| href.replace("&amp;", "&")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_of_the_page_answers() {
    let (app, cookie) = demo().await;
    let mut seen = BTreeSet::new();
    for page in [
        "/insights?owner=group:default/payments&explain=lead-time&compare=previous",
        "/insights?service=checkout-api&explain=change-fail-rate&days=30",
        "/insights/digest?owner=group:default/payments",
    ] {
        let answer = app.get_as(&cookie, page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        for link in links(&answer.text) {
            let address = link.split('#').next().unwrap().to_owned();
            if seen.insert(address.clone()) {
                let answer = app.get_as(&cookie, &address).await;
                assert_eq!(answer.status, StatusCode::OK, "{address}, linked from {page}");
                // Where a link leads into a page, there is such a place.
                let place = link.split('#').nth(1).map(|id| format!("id=\"{id}\""));
                assert!(place.is_none_or(|place| answer.text.contains(&place)), "{link}, linked from {page}");
            }
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
    assert!(seen.iter().any(|link| link.starts_with("/deployments/")));
    assert!(seen.iter().any(|link| link.starts_with("/insights/table/events.csv?")));
}

#[tokio::test]
async fn a_table_is_a_file_and_an_error_names_the_field() {
    let (app, cookie) = demo().await;
    let answer = app.get_as(&cookie, "/insights/table/weeks.csv?service=checkout-api").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header(header::CONTENT_TYPE).starts_with("text/csv"));
    assert_eq!(answer.header(header::CONTENT_DISPOSITION), "attachment; filename=\"slipway-weeks.csv\"");
    let lines: Vec<_> = answer.text.split("\r\n").collect();
    assert!(lines[0].starts_with("Week from,Complete,Deployments,"), "{}", lines[0]);
    // One line for each week that ninety days touch, and nothing after the last line's end.
    assert!((14..=16).contains(&lines.len()) && lines.last() == Some(&""), "{}", lines.len());
    let wrong = app.get_as(&cookie, "/insights/table/weeks.csv?zone=Mars").await;
    assert_eq!((wrong.status, wrong.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("zone")));
    for missing in ["/insights/table/people.csv", "/insights/table/weeks.pdf"] {
        assert_eq!(app.get_as(&cookie, missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn a_digest_is_a_page_json_and_a_mail() {
    let (app, cookie) = demo().await;
    let path = "/api/v1/insights/digest?owner=group:default/payments";
    let json = app.get_as(&cookie, &format!("{path}&format=json")).await;
    assert_eq!(json.status, StatusCode::OK, "{}", json.text);
    assert_eq!(json.json()["scope"], "Payments");
    assert_eq!(json.json()["figures"].as_array().unwrap().len(), 5);
    assert!(json.json()["suggestion"]["url"].as_str().unwrap().starts_with("http://slipway.test/insights?"));
    // A browser says that it takes HTML.
    let mail = app.get_as(&cookie, path).await;
    assert!(mail.header(header::CONTENT_TYPE).starts_with("text/html"));
    assert!(mail.text.contains("Delivery of Payments") && !mail.text.contains("<script"));
    let page = app.get_as(&cookie, "/insights/digest?owner=group:default/payments").await;
    assert!(page.text.contains("Digest of Payments") && page.text.contains("One suggestion"));
    let wrong = app.get_as(&cookie, &format!("{path}&format=pdf")).await;
    assert_eq!((wrong.status, wrong.json()["field"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("format")));
}
