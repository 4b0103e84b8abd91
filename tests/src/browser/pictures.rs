//! Sizes, themes and screenshots.

use super::Browser;
use crate::needs;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use std::fs;

/// A window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// A usual desktop.
pub const DESKTOP: Size = Size { width: 1440, height: 900 };
/// A small phone.
pub const PHONE: Size = Size { width: 390, height: 844 };
/// Both themes, as the cookie `theme` names them.
pub const THEMES: [&str; 2] = ["light", "dark"];

/// The longest picture that is taken of a page.
const TALLEST: u64 = 8_000;

impl Browser {
    /// Makes the page's window this large. Not the browser's own window: that cannot be as narrow as a phone.
    pub async fn resize(&self, size: Size) {
        let metrics = json!({"width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": false});
        self.driver.chrome("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Chooses a theme for the pages that are opened from now on.
    pub async fn choose_theme(&self, theme: &str) {
        let cookie = json!({"url": self.base, "name": "theme", "value": theme, "path": "/", "sameSite": "Lax"});
        self.driver.chrome("Network.setCookie", cookie).await;
    }

    /// Takes a picture of the whole open page, named `<name>-<width>-<theme>.png`, when the environment names a folder.
    ///
    /// # Panics
    /// When the picture cannot be written.
    pub async fn picture(&self, name: &str, size: Size, theme: &str) {
        let Some(folder) = needs::path(needs::SCREENSHOTS) else { return };
        let height = self.script("return document.documentElement.scrollHeight").await.as_u64().unwrap_or(0);
        let height = u32::try_from(height.min(TALLEST)).unwrap_or(size.height);
        self.resize(Size { height: height.max(size.height), ..size }).await;
        let taken = self.driver.chrome("Page.captureScreenshot", json!({"format": "png"})).await;
        self.resize(size).await;
        let png = STANDARD.decode(taken["data"].as_str().unwrap_or_default()).expect("a picture");
        fs::create_dir_all(&folder).expect("the folder for screenshots can be made");
        let file = folder.join(format!("{name}-{}-{theme}.png", size.width));
        fs::write(&file, png).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
