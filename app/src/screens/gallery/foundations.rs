use leptos::prelude::*;

use super::Part;
use crate::components::{
    Avatar, Badge, Code, CodeBlock, Glyph, Icon, KeyValue, KeyValueList, OwnerLink, RelativeTime, Tone,
};

const SWATCHES: [(&str, &str); 17] = [
    ("neutral-1", "--ink: var(--neutral-1)"),
    ("neutral-3", "--ink: var(--neutral-3)"),
    ("neutral-5", "--ink: var(--neutral-5)"),
    ("neutral-7", "--ink: var(--neutral-7)"),
    ("neutral-8", "--ink: var(--neutral-8)"),
    ("neutral-11", "--ink: var(--neutral-11)"),
    ("neutral-12", "--ink: var(--neutral-12)"),
    ("accent-solid", "--ink: var(--accent-solid)"),
    ("accent-soft", "--ink: var(--accent-soft)"),
    ("success-solid", "--ink: var(--success-solid)"),
    ("success-soft", "--ink: var(--success-soft)"),
    ("warning-solid", "--ink: var(--warning-solid)"),
    ("warning-soft", "--ink: var(--warning-soft)"),
    ("danger-solid", "--ink: var(--danger-solid)"),
    ("danger-soft", "--ink: var(--danger-soft)"),
    ("info-solid", "--ink: var(--info-solid)"),
    ("info-soft", "--ink: var(--info-soft)"),
];

const GLYPHS: [Glyph; 24] = [
    Glyph::Home,
    Glyph::Plus,
    Glyph::Box,
    Glyph::Rocket,
    Glyph::Chart,
    Glyph::Book,
    Glyph::Gear,
    Glyph::Search,
    Glyph::CheckCircle,
    Glyph::Alert,
    Glyph::CrossCircle,
    Glyph::Question,
    Glyph::Turning,
    Glyph::Undo,
    Glyph::Clock,
    Glyph::Server,
    Glyph::Commit,
    Glyph::Pulse,
    Glyph::Team,
    Glyph::Shield,
    Glyph::Flame,
    Glyph::Drift,
    Glyph::Template,
    Glyph::External,
];

const MANIFEST: &str =
    "apiVersion: score.dev/v1b1\nmetadata:\n  name: payments-api\nservice:\n  ports:\n    www:\n      port: 8080";

#[component]
pub fn Foundations() -> impl IntoView {
    let swatches = SWATCHES
        .into_iter()
        .map(|(name, ink)| view! { <span class="gallery__swatch" style=ink>{name}</span> })
        .collect_view();
    view! {
        <Part title="Foundations" words="Colours come from tokens, in both themes at once; a test holds every pair to WCAG 2.2 AA. Words carry meaning, colour supports it.">
            <div class="gallery__swatches">{swatches}</div>
            <div class="cluster">{GLYPHS.into_iter().map(|glyph| view! { <Icon glyph large=true/> }).collect_view()}</div>
            <div class="cluster">
                <Badge>"rolling"</Badge>
                <Badge tone=Tone::Accent>"Recommended"</Badge>
                <Badge tone=Tone::Success glyph=Glyph::Shield>"Approved"</Badge>
                <Badge tone=Tone::Warning>"Hotfix"</Badge>
                <Badge tone=Tone::Danger>"Freeze"</Badge>
                <Badge tone=Tone::Info>"Canary 20 %"</Badge>
                <Badge tone=Tone::Unknown>"Never seen"</Badge>
                <Badge outline=true>"demo data"</Badge>
            </div>
            <div class="grid">
                <KeyValueList>
                    <KeyValue key="Owner"><OwnerLink name="payments" href="/catalog/group/default/payments" team=true/></KeyValue>
                    <KeyValue key="Artifact"><Code>"sha256:9f2c41be7d05"</Code></KeyValue>
                    <KeyValue key="Runtime">"Amazon ECS Express Mode, eu-central-1"</KeyValue>
                    <KeyValue key="First seen"><RelativeTime at=1_767_225_600_000/></KeyValue>
                    <KeyValue key="Approved by"><span class="cluster"><Avatar name="Ada Lovelace"/>"Ada Lovelace"</span></KeyValue>
                </KeyValueList>
                <CodeBlock text=MANIFEST name="score.yaml"/>
            </div>
        </Part>
    }
}
