use leptos::prelude::*;

use super::time;

/// The present, in epoch milliseconds: what the server said when it rendered, then ticking in the browser.
#[derive(Clone, Copy)]
pub struct Now(pub RwSignal<i64>);

impl Now {
    /// Puts the present in context and lets it tick after hydration. The browser's own clock is not asked for
    /// the time of day, only for how long the page has lived, so a wrong clock makes no wrong ages.
    pub fn provide(server_now: i64) -> Self {
        let now = Self(RwSignal::new(server_now));
        provide_context(now);
        #[cfg(feature = "hydrate")]
        Effect::new(move || now.tick(server_now));
        now
    }

    #[cfg(feature = "hydrate")]
    fn tick(self, server_now: i64) {
        let every = std::time::Duration::from_secs(5);
        let handle = set_interval_with_handle(
            move || {
                let lived = window().performance().map_or(0.0, |clock| clock.now());
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds a page has lived fit i64")]
                self.0.set(server_now + lived as i64);
            },
            every,
        );
        if let Ok(handle) = handle {
            on_cleanup(move || handle.clear());
        }
    }
}

/// "3 min ago", with the absolute time in the title. Without a `Now` in context it shows the absolute time.
#[component]
pub fn RelativeTime(
    /// Epoch milliseconds.
    at: i64,
) -> impl IntoView {
    let now = use_context::<Now>();
    view! {
        <time datetime=time::rfc3339(at) title=time::absolute(at)>
            {move || now.map_or_else(|| time::absolute(at), |now| time::relative(now.0.get(), at))}
        </time>
    }
}
