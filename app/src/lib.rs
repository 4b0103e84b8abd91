//! The pages of Slipway: rendered by the server (feature `ssr`), taken over in the browser (feature `hydrate`).
#![recursion_limit = "256"]

pub mod components;
