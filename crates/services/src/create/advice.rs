//! Which runtime suits: what the wizard says of each.

use super::fit;
use crate::Slipway;
use slipway_api_types::create::RuntimeChoice;
use slipway_domain::{runtime::RuntimeKind, workload::Workload};

/// When a kind is right, and what one should know before.
const fn words(kind: RuntimeKind) -> (&'static str, Option<&'static str>) {
    match kind {
        RuntimeKind::Ecs => (
            "Right for most services: containers without servers to look after, gradual roll-outs, and a way back when one fails.",
            Some("CPU and memory come in fixed pairs."),
        ),
        RuntimeKind::AppRunner => (
            "The least to look after, for plain HTTP services of AWS accounts that use App Runner already.",
            Some(
                "Existing customers only: closed to new AWS customers since 30 April 2026. No WebSockets, and any response is cut \
                 off after 120 seconds.",
            ),
        ),
        RuntimeKind::Kubernetes => (
            "Right where a cluster and people who know it are there already: any size, and everything next to it in the same place.",
            Some("Somebody has to keep the cluster up to date and its nodes large enough."),
        ),
    }
}

/// Every configured runtime, by name; ECS is suggested where there is one. With a workload, what does not fit it says so.
pub(super) fn choices(slipway: &Slipway, workload: Option<&Workload>) -> Vec<RuntimeChoice> {
    let fits = |kind| workload.map_or(Ok(()), |workload| fit::check(kind, workload));
    let kinds: Vec<RuntimeKind> = slipway.runtimes.iter().map(|(_, runtime)| runtime.kind()).collect();
    let order = [RuntimeKind::Ecs, RuntimeKind::Kubernetes, RuntimeKind::AppRunner];
    let suggested = order.into_iter().find(|kind| kinds.contains(kind) && fits(*kind).is_ok());
    let mut suggestion = suggested;
    slipway
        .runtimes
        .iter()
        .map(|(name, runtime)| {
            let kind = runtime.kind();
            let (advice, caution) = words(kind);
            let caution = match (fits(kind), caution) {
                (Err(misfit), _) => Some(format!("Does not fit what you chose: {misfit}")),
                (Ok(()), caution) => caution.map(str::to_owned),
            };
            RuntimeChoice {
                name: name.to_owned(),
                kind,
                title: format!("{} ({name})", kind.title()),
                advice: advice.to_owned(),
                caution,
                // Of several of the suggested kind, the first.
                suggested: suggestion.take_if(|suggested| *suggested == kind).is_some(),
            }
        })
        .collect()
}
