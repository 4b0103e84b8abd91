use leptos::prelude::*;

use super::{
    button::ButtonLink,
    icon::{Glyph, Icon},
    relative_time::RelativeTime,
};

/// What could not be done, said so that a person can go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// "Metrics of payments-api could not be reached".
    pub what: String,
    /// Since when, epoch milliseconds.
    pub since: Option<i64>,
    /// "Deployments and logs still work."
    pub still_works: Option<String>,
    /// One thing to try: its words and its address.
    pub try_this: Option<(String, String)>,
    /// To find it in the server's log.
    pub reference: Option<String>,
}

/// A part of a page, or all of it, that could not be shown.
#[component]
pub fn ErrorState(trouble: Trouble) -> impl IntoView {
    let Trouble { what, since, still_works, try_this, reference } = trouble;
    view! {
        <section class="error-state" role="alert">
            <h2 class="error-state__title"><Icon glyph=Glyph::CrossCircle/><span>{what}</span></h2>
            <div class="error-state__facts">
                {since.map(|at| view! { <p>"Since "<RelativeTime at/>"."</p> })}
                {still_works.map(|works| view! { <p>{works}</p> })}
            </div>
            {try_this.map(|(words, href)| view! { <div class="error-state__try"><ButtonLink href>{words}</ButtonLink></div> })}
            {reference.map(|reference| view! { <p class="error-state__reference">"Reference "<code>{reference}</code></p> })}
        </section>
    }
}
