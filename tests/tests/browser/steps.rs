//! What several of these tests do on the way.

use serde_json::json;
use slipway_tests::{Browser, Client, Dice};

/// What is created.
pub struct NewService<'a> {
    pub name: &'a str,
    pub owner: &'a str,
    /// A configured runtime.
    pub runtime: &'a str,
}

/// From the shelf through every step of the wizard to the run's end; gives the run's page.
pub async fn create(browser: &Browser, service: &NewService<'_>) -> String {
    browser.open("/create").await;
    browser.press("HTTP service in Rust").await;
    browser.arrives("/create/default/rust-axum-service").await;
    // A page that is sent too early says what it misses, and keeps what was typed.
    browser.fill("values[description]", "Takes what a test sends it.").await;
    browser.press("Continue").await;
    browser.says("main", "another look").await;
    browser.fill("values[name]", service.name).await;
    browser.fill("values[owner]", service.owner).await;
    browser.press("Continue").await;
    browser.find("[name='values[port]']").await;
    browser.press("Continue").await;
    browser.click(&format!("label:has(input[name=runtime][value='{}'])", service.runtime)).await;
    browser.press("Continue").await;
    browser.says("main", "Nothing has been made yet").await;
    browser.says("main", "Dockerfile").await;
    browser.press(&format!("Create {}", service.name)).await;
    browser.arrives("/runs/").await
}

/// Records an image that the cloud cannot keep running; gives its digest.
pub async fn record_bad_image(machine: &Client, service: &str) -> String {
    let mut dice = Dice::announced("a bad image");
    let digest = format!("sha256:{:016x}{:016x}{:016x}{:016x}", dice.throw(), dice.throw(), dice.throw(), dice.throw());
    let artifact = json!({
        "service": service, "image": format!("registry.example/crash/{service}"), "digest": digest,
        "revision": "0123456789abcdef0123456789abcdef01234567", "version": "broken", "source": "test",
    });
    machine.post("/api/v1/artifacts", &artifact).await;
    digest
}
