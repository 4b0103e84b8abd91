//! The entry of the WebAssembly module: takes over the page that the server rendered.
#![cfg(target_arch = "wasm32")]
#![warn(clippy::expect_used, clippy::unwrap_used)]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the loader that the page contains, once the module is there.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_lazy(slipway_app::App);
}
