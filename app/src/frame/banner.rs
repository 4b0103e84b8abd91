use leptos::prelude::*;

use crate::{
    components::{Glyph, Icon},
    live::{Connection, Live},
};

/// Says when what is shown may be old, and since when. Its place is always there, so that a screen reader hears it.
#[component]
pub fn LiveBanner() -> impl IntoView {
    let live = use_context::<Live>();
    let words = move || match live.map(|live| live.connection.get()) {
        Some(Connection::Lost { since }) => {
            let words = ["Connection lost at ", &local_clock(since), "; what you see may be old."].concat();
            Some(view! { <Icon glyph=Glyph::Alert/><span>{words}</span> })
        }
        Some(Connection::Idle | Connection::Open) | None => None,
    };
    view! { <div class="live-banner" role="status">{words}</div> }
}

/// "12:04" by the browser's own zone. A connection is only ever lost in a browser.
fn local_clock(at: f64) -> String {
    let date = js_sys::Date::new(&at.into());
    let two = |number: u32| if number < 10 { String::from("0") + &number.to_string() } else { number.to_string() };
    [two(date.get_hours()), two(date.get_minutes())].join(":")
}
