use leptos::prelude::*;
use slipway_api_types::insights::InsightsQuery;

use crate::components::{Button, Glyph, Icon};

/// Names of zones that are offered; any other can be typed.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Australia/Sydney",
];

/// Days of one's own choosing and the zone they are counted in. A plain form: everything it says stands in the address.
pub(super) fn form(asked: &InsightsQuery, zone: &str) -> AnyView {
    let open = !(asked.from.is_empty() && asked.to.is_empty() && asked.zone.is_empty());
    let kept = [("owner", &asked.owner), ("service", &asked.service), ("compare", &asked.compare)];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value.clone()/> })
        .collect_view();
    let zones = ZONES.map(|zone| view! { <option value=zone></option> }).into_iter().collect_view();
    let InsightsQuery { from, to, zone: typed, days, .. } = asked.clone();
    let days = (!days.is_empty()).then(|| view! { <input type="hidden" name="days" value=days/> });
    let placeholder = zone.to_owned();
    view! {
        <details class="days" open=open>
            <summary><Icon glyph=Glyph::ChevronRight/>"Other days or time zone"</summary>
            <form class="days__form" method="get" action="/insights">
                {kept}
                {days}
                <label class="days__field"><span>"From"</span><input class="control" type="date" name="from" value=from/></label>
                <label class="days__field"><span>"Up to, not included"</span><input class="control" type="date" name="to" value=to/></label>
                <label class="days__field"><span>"Time zone"</span><input class="control" name="zone" list="zones" value=typed placeholder=placeholder autocomplete="off"/></label>
                <datalist id="zones">{zones}</datalist>
                <Button submit=true>"Show these days"</Button>
            </form>
        </details>
    }
    .into_any()
}
