use leptos::prelude::*;

use super::Part;
use crate::components::{
    Button, ButtonLink, EmptyState, ErrorState, Notice, Shape, Skeleton, Status, StatusKind, Tone, Trouble, Variant,
};

const KINDS: [StatusKind; 11] = [
    StatusKind::Healthy,
    StatusKind::Degraded,
    StatusKind::Failing,
    StatusKind::Unknown,
    StatusKind::Pending,
    StatusKind::RollingOut,
    StatusKind::Verifying,
    StatusKind::Succeeded,
    StatusKind::Failed,
    StatusKind::RolledBack,
    StatusKind::Cancelled,
];

#[component]
pub fn States(now: i64) -> impl IntoView {
    let statuses = KINDS.into_iter().map(|kind| view! { <Status kind seen_at=Some(now - 12_000)/> }).collect_view();
    let trouble = Trouble {
        what: "Metrics of payments-api could not be read".to_owned(),
        since: Some(now - 7 * 60_000),
        still_works: Some("Deployments, logs and health still work; they come from elsewhere.".to_owned()),
        try_this: Some(("Check the CloudWatch permissions".to_owned(), "/design".to_owned())),
        reference: Some("0192f5c1-7d0e".to_owned()),
    };
    let approve = ViewFnOnce::from(|| {
        view! {
            <Button small=true variant=Variant::Primary>"Approve v43"</Button>
            <Button small=true variant=Variant::Ghost>"Look at the changes"</Button>
        }
    });
    view! {
        <Part title="States" words="Quiet where nothing is wrong, unmistakable where something is. Empty says what would be here; loading has the shape of what comes; an error says what still works.">
            <div class="cluster gallery__statuses">{statuses}</div>
            <Notice tone=Tone::Warning title="Production is frozen until 2 Jan, 08:00 UTC">"A hotfix may still go out with two approvals."</Notice>
            <Notice tone=Tone::Accent title="payments-api v43 waits for you" actions=approve>"Grace Hopper asked 8 min ago; 12 changes, all checks passed."</Notice>
            <div class="grid gallery__pair">
                <EmptyState text="Deployments of this service would be here. There has been none yet.">
                    <ButtonLink href="/design" variant=Variant::Primary>"Deploy the first version"</ButtonLink>
                </EmptyState>
                <ErrorState trouble/>
            </div>
            <div class="grid gallery__pair">
                <Skeleton shape=Shape::Rows count=3/>
                <Skeleton shape=Shape::Text count=4/>
            </div>
        </Part>
    }
}
