//! Deciding on what a run waits for.

use crate::{
    Caller, Result, Slipway,
    errors::store,
    subscriptions::{self, Deed, Word},
};
use serde_json::json;
use slipway_api_types::{
    AppError,
    create::{ApprovalView, WaitingRun},
};
use slipway_domain::{
    access::Role,
    catalog::EntityRef,
    ids::ApprovalId,
    scaffold::{Approval, LogLine, Run},
    time::Timestamp,
};
use slipway_ports::Tx;

/// The longest reason, characters.
const REASON: usize = 500;
/// How many runs that wait are looked at for one person.
const LOOKED_AT: u32 = 50;
/// How many of them are shown.
const SHOWN: usize = 5;

/// Who may decide, in words: "a team lead of payments".
pub(super) fn who(approval: &Approval) -> String {
    let role = match approval.role {
        Role::Viewer | Role::Developer => "a developer",
        Role::TeamLead => "a team lead",
        Role::Administrator => "an administrator",
    };
    let team = approval.team.as_deref().and_then(|team| team.parse::<EntityRef>().ok());
    let team = team.map(|team| format!(" of {}", team.name())).unwrap_or_default();
    let other = if approval.other_person { ", not by whoever started the run" } else { "" };
    format!("{role}{team}{other}")
}

fn may_decide(caller: &Caller, approval: &Approval) -> Result<()> {
    caller.require(approval.permission(), approval.team.as_deref())?;
    if approval.other_person && approval.user == caller.user {
        return Err(AppError::forbidden("You started this run; somebody else has to decide."));
    }
    Ok(())
}

/// What a run waits for now, as the viewer sees it.
pub(super) async fn view(tx: &mut dyn Tx, caller: &Caller, run: &Run, now: Timestamp) -> Result<Option<ApprovalView>> {
    let open = tx.approvals_of(run.id).await.map_err(store)?.into_iter().find(|approval| approval.is_open(now));
    Ok(open.map(|approval| ApprovalView {
        id: approval.id.to_string(),
        waits_for: format!("Waiting for approval by {}", who(&approval)),
        expires_at: approval.expires_at.map(Timestamp::as_millis),
        may_decide: may_decide(caller, &approval).is_ok(),
        may_withdraw: approval.user == caller.user,
        message: approval.message,
    }))
}

/// Runs that wait for the caller's word, oldest first. One query.
pub(crate) async fn waiting(tx: &mut dyn Tx, caller: &Caller, now: Timestamp) -> Result<Vec<WaitingRun>> {
    let open = tx.open_approvals(now, LOOKED_AT).await.map_err(store)?;
    let row = |approval: Approval| WaitingRun {
        href: format!("/runs/{}", approval.run),
        title: approval.title,
        message: approval.message,
        asked_at: approval.asked_at.as_millis(),
    };
    Ok(open.into_iter().filter(|approval| may_decide(caller, approval).is_ok()).take(SHOWN).map(row).collect())
}

/// Decides on what a run waits for: `approve` or `refuse`, with a reason. The first word stands.
pub async fn decide(slipway: &Slipway, caller: &Caller, id: &str, verdict: &str, reason: &str) -> Result<()> {
    let missing = || AppError::not_found(format!("approval with the id `{id}`"));
    let id: ApprovalId = id.parse().map_err(|_| missing())?;
    let mut tx = slipway.write().await?;
    let mut approval = tx.approval(id).await.map_err(store)?.ok_or_else(missing)?;
    let run = tx.run(approval.run).await.map_err(store)?.ok_or_else(missing)?;
    may_decide(caller, &approval)?;
    let word = match verdict {
        "approve" => Word::Approved,
        "refuse" => Word::Refused,
        other => return Err(AppError::invalid("verdict", format!("`{other}` is neither approve nor refuse."))),
    };
    let reason = reason.trim();
    if reason.chars().count() > REASON || (reason.is_empty() && word == Word::Refused) {
        return Err(AppError::invalid("reason", "Say why in 1 to 500 characters; the run's log keeps it."));
    }
    approval.reason = reason.to_owned();
    settle(slipway, tx, caller, &run, approval, word).await
}

/// Takes back one's own question; the run fails at it and can be undone.
pub async fn withdraw(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    let missing = || AppError::not_found(format!("approval with the id `{id}`"));
    let id: ApprovalId = id.parse().map_err(|_| missing())?;
    let mut tx = slipway.write().await?;
    let approval = tx.approval(id).await.map_err(store)?.ok_or_else(missing)?;
    let run = tx.run(approval.run).await.map_err(store)?.ok_or_else(missing)?;
    if approval.user != caller.user {
        return Err(AppError::forbidden("Only whoever started the run can withdraw this; others can refuse it."));
    }
    settle(slipway, tx, caller, &run, approval, Word::Withdrawn).await
}

/// Writes the word of somebody who may say it, if it is the first.
async fn settle(
    slipway: &Slipway,
    mut tx: Box<dyn Tx>,
    caller: &Caller,
    run: &Run,
    mut approval: Approval,
    word: Word,
) -> Result<()> {
    let (deed, action) = match word {
        Word::Approved => ("approved", "run.approve"),
        Word::Refused => ("refused", "run.refuse"),
        Word::Withdrawn => ("withdrew it", "run.withdraw"),
    };
    let approved = word == Word::Approved;
    let now = slipway.clock.now();
    if let (Some(_), Some(by)) = (approval.approved, &approval.decided_by) {
        return Err(AppError::conflict(format!("{by} has decided already.")));
    }
    if !approval.is_open(now) {
        return Err(AppError::conflict("The time for this is over; whoever started the run can try it again."));
    }
    approval.approved = Some(approved);
    approval.decided_by = Some(caller.login.clone());
    approval.decided_at = Some(now);
    if !tx.decide_approval(&approval).await.map_err(store)? {
        return Err(AppError::conflict("Somebody else has decided in this moment; look at the run again."));
    }
    let reason = approval.reason.as_str();
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let message = format!("{} {deed}{because}", caller.display_name);
    let step = Some(approval.step.clone());
    tx.add_log(run.id, &[LogLine { seq: 0, at: now, step, message, warning: !approved }]).await.map_err(store)?;
    let detail = json!({"title": run.title, "step": approval.step, "reason": reason});
    let team = approval.team.as_deref();
    let line = caller.audit(&*slipway.entropy, now, action, run.id.to_string(), team, detail);
    tx.add_audit(&line).await.map_err(store)?;
    let told = Deed::Decided { word, approval: Box::new(approval) };
    subscriptions::announce(slipway, &mut *tx, &told).await.map_err(store)?;
    tx.publish("run", &run.id.to_string(), run.version, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    slipway.wake.runs.notify_one();
    slipway.wake.notices.notify_one();
    Ok(())
}
