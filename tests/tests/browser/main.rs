//! What a person does and sees, in a real browser.

mod flow;
mod live;
mod pages;
mod steps;
mod undo;

use slipway_tests::{browser, needs};

/// Whether there is a browser and a server. Says aloud what is left out when not.
fn possible(what: &str) -> bool {
    needs::met(what, &browser::NEEDS)
}
