//! `slipway:approval`: the run waits until a person with the right role has decided. See `create::approvals` for the decision.

use super::{Action, ActionContext, ActionError, planned, text};
use crate::{
    create::approvals::who,
    subscriptions::{self, Deed},
};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::{
    access::Role,
    catalog::EntityRef,
    ids::ApprovalId,
    scaffold::{self, LogLine},
    time::MINUTE,
};
use slipway_scaffold::ActionSpec;

/// The longest that a run waits, minutes: 30 days.
const LONGEST: i64 = 43_200;

pub(super) struct Approval;

#[async_trait]
impl Action for Approval {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: "slipway:approval".to_owned(),
            description: "Waits until a person with the right role has approved; a refusal fails the step.".to_owned(),
            input_schema: json!({
                "type": "object",
                "properties": {
                    "message": {"type": "string", "maxLength": 500},
                    "role": {"enum": ["developer", "team-lead", "administrator"]},
                    "team": {"type": "string", "minLength": 1},
                    "otherPerson": {"type": "boolean"},
                    "timeoutMinutes": {"type": "integer", "minimum": 1, "maximum": LONGEST},
                },
                "additionalProperties": false,
            }),
            output_schema: json!({
                "type": "object",
                "required": ["approvedBy"],
                "properties": {"approvedBy": {"type": "string"}, "reason": {"type": "string"}},
            }),
            has_undo: true,
        }
    }

    async fn plan(&self, ctx: &ActionContext<'_>, _input: &Value) -> Result<Value, ActionError> {
        Ok(json!({"approval": ApprovalId::from_uuid(ctx.slipway.entropy.uuid())}))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let id: ApprovalId = planned(plan, "approval")?;
        let now = ctx.slipway.clock.now();
        let asked = match ctx.read().await?.approval(id).await? {
            Some(asked) => asked,
            None => {
                let asked = asked(ctx, input, id)?;
                let mut tx = ctx.write().await?;
                tx.add_approval(&asked).await?;
                // With the question itself: whoever finds it there does not say this again.
                let message = format!("Waiting for approval by {}", who(&asked));
                let line = LogLine { seq: 0, at: now, step: Some(asked.step.clone()), message, warning: false };
                tx.add_log(ctx.run.id, &[line]).await?;
                tx.publish("run", &ctx.run.id.to_string(), ctx.run.version, now).await?;
                tx.commit().await?;
                asked
            }
        };
        let waited_for = who(&asked);
        let asked = if asked.approved.is_none() && !asked.is_open(now) { expired(ctx, asked).await? } else { asked };
        match (asked.approved, asked.decided_by) {
            (None, _) => Err(ActionError::Waits),
            (Some(true), by) => Ok(json!({"approvedBy": by.unwrap_or_default(), "reason": asked.reason})),
            // Whoever refuses says why; only who takes their own question back does not.
            (Some(false), Some(by)) if asked.reason.is_empty() => Err(ActionError::refused(
                format!("{by} withdrew the question."),
                "Trying again asks once more; undoing takes back what was made.",
            )),
            (Some(false), Some(by)) => Err(ActionError::refused(
                format!("{by} refused: {}", asked.reason),
                "Trying again asks once more; undoing takes back what was made.",
            )),
            (Some(false), None) => Err(ActionError::refused(
                format!("Nobody decided in time; it waited for {waited_for}."),
                "Trying again asks once more.",
            )),
        }
    }

    fn left(&self, _plan: &Value) -> String {
        "The question for approval".to_owned()
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let mut tx = ctx.write().await?;
        tx.delete_approval(planned(plan, "approval")?).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The question as its time being over left it: closed by nobody, and subscribers are told once. Who spoke in this moment is heard.
async fn expired(ctx: &ActionContext<'_>, mut asked: scaffold::Approval) -> Result<scaffold::Approval, ActionError> {
    let mut tx = ctx.write().await?;
    let id = asked.id;
    (asked.approved, asked.decided_at) = (Some(false), Some(ctx.slipway.clock.now()));
    if !tx.decide_approval(&asked).await? {
        return Ok(tx.approval(id).await?.unwrap_or(asked));
    }
    let told = Deed::Unanswered { approval: Box::new(asked.clone()) };
    subscriptions::announce(ctx.slipway, &mut *tx, &told).await?;
    tx.commit().await?;
    ctx.slipway.wake.notices.notify_one();
    Ok(asked)
}

/// What is asked of whom.
fn asked(ctx: &ActionContext<'_>, input: &Value, id: ApprovalId) -> Result<scaffold::Approval, ActionError> {
    let role = input["role"].as_str().map_or(Ok(Role::TeamLead), str::parse);
    let role = role.map_err(|why| ActionError::refused(format!("role: {why}."), "Mend the template."))?;
    let team = input["team"].as_str().unwrap_or(&ctx.run.owner);
    let team = EntityRef::parse(team, Some("group"), "default").ok().map(|team| team.to_string());
    let now = ctx.slipway.clock.now();
    Ok(scaffold::Approval {
        id,
        run: ctx.run.id,
        title: ctx.run.title.clone(),
        user: ctx.run.user,
        step: ctx.step.to_owned(),
        message: text(input, "message").to_owned(),
        // Administrators are those of the whole organisation.
        team: team.filter(|_| role != Role::Administrator),
        role,
        other_person: input["otherPerson"] == true,
        asked_at: now,
        expires_at: input["timeoutMinutes"].as_i64().map(|minutes| now.plus(minutes.clamp(1, LONGEST) * MINUTE)),
        approved: None,
        decided_by: None,
        reason: String::new(),
        decided_at: None,
    })
}
