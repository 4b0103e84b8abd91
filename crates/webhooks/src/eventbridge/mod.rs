//! Amazon EventBridge by API destination or queue. Fields from `awsdocs` and the EventBridge reference. There is no
//! signature: a token per connection, and the account is checked. Delivered at least once; `id` is the key.

mod alarm;
mod apprunner;
mod codedeploy;
mod codepipeline;
mod ecs;

use slipway_dora::Instant;

use crate::fields::At;
use crate::{Delivery, Invalid, Options, Request, Subject, body, signature};

/// What every event has.
struct Envelope<'v> {
    id: String,
    account: Option<&'v str>,
    at: Instant,
    resource: Option<&'v str>,
    detail: At<'v>,
}

pub(crate) fn read(options: &Options, request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    // Notifications through SNS spell it `detailType`.
    let kind = root.get("detail-type").maybe_text().or_else(|| root.get("detailType").maybe_text());
    let kind = kind.ok_or_else(|| root.get("detail-type").wrong("missing; a text is needed"))?;
    let account = root.get("account").maybe_text();
    if !options.accounts.is_empty() && !account.is_some_and(|account| options.accounts.iter().any(|a| a == account)) {
        return Err(root.get("account").wrong("is none of the accounts of this source"));
    }
    let envelope = Envelope {
        // Notifications through SNS have none.
        id: root.get("id").maybe_id().unwrap_or_else(|| signature::digest(request.body)),
        account,
        at: root.get("time").instant()?,
        resource: root.get("resources").items().next().and_then(|arn| arn.value().as_str()),
        detail: root.get("detail"),
    };
    let told = match kind {
        "CodePipeline Pipeline Execution State Change" => codepipeline::read(&envelope)?,
        "CodeDeploy Deployment State-change Notification" => codedeploy::read(&envelope)?,
        "ECS Deployment State Change" => ecs::read(&envelope)?,
        "AppRunner Service Operation Status Change" => apprunner::read(&envelope)?,
        "CloudWatch Alarm State Change" => alarm::read(&envelope)?,
        // Builds deploy nothing, and a service's status says nothing of an operation.
        _ => None,
    };
    Ok(Delivery { key: envelope.id, event: kind.to_owned(), told: told.into_iter().collect() })
}

impl Envelope<'_> {
    fn subject(&self, service: &str) -> Subject {
        Subject { service: Some(service.to_owned()), account: self.account.map(str::to_owned), ..Subject::default() }
    }

    /// The resource that it is about.
    fn arn(&self) -> Result<&str, Invalid> {
        self.resource.ok_or_else(|| Invalid::new("resources[0]", "missing; an ARN is needed"))
    }
}
