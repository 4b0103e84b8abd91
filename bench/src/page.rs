//! What the first page costs: bytes, requests, and how soon a person sees rows.

use crate::table::{Table, Unit};
use anyhow::{Context as _, Result};
use slipway_tests::{Browser, Client, Options, Person, Server, browser::Scripts, client::ADMINISTRATOR, form, needs};
use std::collections::BTreeSet;

pub async fn measure(table: &mut Table) -> Result<()> {
    println!("First page");
    let folder = tempfile::tempdir()?;
    let server = Server::start(&Options::demo(folder.path())).await;
    let client = Client::sign_in(&server, ADMINISTRATOR).await;
    let page = client.page("/catalog").await;
    let mut parts = parts(&page);
    // The script names its module only inside itself.
    for script in parts.clone().iter().filter(|part| part.ends_with(".js")) {
        parts.extend(module(&client, script, &page).await);
    }
    let mut bytes = 0;
    for part in &parts {
        let answer = client.request(reqwest::Method::GET, part).header("accept-encoding", "br").send().await?;
        let answer = answer.error_for_status().with_context(|| format!("{part} belongs to the first page"))?;
        bytes += answer.bytes().await?.len();
    }
    table.add("code and style of the first page, brotli", Unit::Kilobytes, kilobytes(bytes), 350.0, 1_145.0);
    // And the page itself.
    table.add("requests of the first page", Unit::Requests, parts.len() as f64 + 1.0, 8.0, 80.0);

    let seen = "catalogue rows visible in Chromium, cold cache";
    match rows_visible(&server, ADMINISTRATOR).await {
        Some(seconds) => table.add(seen, Unit::Seconds, seconds, 0.4, 2.3),
        None => table.leave_out(seen, "no chromium and chromedriver in PATH"),
    }
    Ok(())
}

fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

/// Scripts, styles and modules that a page names, each once.
fn parts(page: &str) -> BTreeSet<String> {
    let tags = page.match_indices('<').filter_map(|(at, _)| page[at + 1..].split('>').next());
    let named = tags.filter_map(|tag| match tag.split_whitespace().next()? {
        "script" => form::attribute(tag, "src"),
        "link" => {
            let relation = form::attribute(tag, "rel")?;
            let wanted = ["stylesheet", "modulepreload", "preload"].contains(&relation.as_str());
            form::attribute(tag, "href").filter(|_| wanted)
        }
        _ => None,
    });
    named.filter(|address| address.starts_with('/')).collect()
}

/// The module that a script loads, and that the page names in its start-up script, when neither is preloaded.
async fn module(client: &Client, script: &str, page: &str) -> Option<String> {
    let folder = &script[..=script.rfind('/')?];
    let text = client.page(script).await;
    let named = |text: &str| {
        let end = text.find(".wasm")? + ".wasm".len();
        let start = text[..end].rfind(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))? + 1;
        Some(format!("{folder}{}", &text[start..end]))
    };
    named(page).or_else(|| named(&text))
}

/// From the start of the navigation to the first paint of a page whose rows come with it, signed in, with an empty cache.
async fn rows_visible(server: &Server, person: Person) -> Option<f64> {
    needs::program(needs::CHROMIUM, "chromium").and(needs::program(needs::CHROMEDRIVER, "chromedriver"))?;
    let mut times = Vec::new();
    for _ in 0..5 {
        let browser = Browser::start(&server.url, Scripts::On).await;
        browser.sign_in(person).await;
        browser.forget_cache().await;
        browser.open("/catalog?kind=component").await;
        let script = "const paint = performance.getEntriesByName('first-contentful-paint')[0];
            return document.querySelectorAll('main tbody tr').length > 0 && paint ? paint.startTime / 1000 : null";
        times.extend(browser.script(script).await.as_f64());
        browser.close().await;
    }
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}
