//! `slipway:service:create`: the service with a placement in every environment. The first build follows from its first push.

use super::{Action, ActionContext, ActionError, SCORE_FILE, SERVICE_CREATE, planned, text};
use crate::{
    create::{fit, render::read_workload},
    fleet::{Gone, take_away},
    repositories::record_push,
};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::{
    access::Permission,
    catalog::EntityRef,
    deployment::Placement,
    health::Health,
    ids::{PlacementId, ServiceId},
    workload::Workload,
};
use slipway_ports::{
    StoreError,
    store::{repositories::Repository, services::Service},
};
use slipway_scaffold::ActionSpec;

pub(super) struct ServiceCreate;

#[async_trait]
impl Action for ServiceCreate {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: SERVICE_CREATE.to_owned(),
            description: "Makes a component a service with every environment on the chosen runtime.".to_owned(),
            input_schema: json!({
                "type": "object",
                "required": ["entityRef"],
                "properties": {"entityRef": {"type": "string", "minLength": 1}, "workload": {"type": "string"}},
            }),
            output_schema: json!({
                "type": "object",
                "required": ["service"],
                "properties": {"service": {"type": "string"}, "environments": {"type": "array", "items": {"type": "string"}}},
            }),
            has_undo: true,
        }
    }

    async fn plan(&self, ctx: &ActionContext<'_>, _input: &Value) -> Result<Value, ActionError> {
        Ok(json!({"service": ServiceId::from_uuid(ctx.slipway.entropy.uuid())}))
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, plan: &Value) -> Result<Value, ActionError> {
        let reference = text(input, "entityRef");
        let entity: EntityRef = reference.parse().map_err(|error| ActionError::refused(format!("{error}."), ""))?;
        let (repository, owner) = origin(ctx, &entity).await?;
        ctx.person.require(Permission::Create, Some(&owner))?;
        require_name(entity.name())?;
        let path = input["workload"].as_str().filter(|path| !path.is_empty()).unwrap_or(SCORE_FILE);
        let workload = size(ctx, path, &ctx.file(&repository, path).await?)?;
        let service = Service {
            id: planned(plan, "service")?,
            name: entity.name().to_owned(),
            entity,
            owner,
            repository: Some(repository.id),
            created_at: ctx.slipway.clock.now(),
            demo: false,
        };
        let environments = add(ctx, &service, &workload).await?;
        // From here on a push is a build, and the first commit is the first push.
        record_push(ctx.slipway, &repository, ctx.person.login()).await?;
        ctx.say(format!("{} will run on {} in {}", service.name, ctx.run.runtime, environments.join(", ")));
        Ok(json!({"service": service.name, "environments": environments}))
    }

    fn left(&self, _plan: &Value) -> String {
        "The service with its environments".to_owned()
    }

    async fn undo(&self, ctx: &ActionContext<'_>, plan: &Value) -> Result<(), ActionError> {
        let id: ServiceId = planned(plan, "service")?;
        let why = "The run that made the service is being undone";
        let Some(Gone { mut tx, service }) = take_away(ctx.slipway, id, why).await? else { return Ok(()) };
        ctx.hold(&mut *tx).await?;
        tx.commit().await?;
        ctx.say(format!("Removed {} and everything that ran of it", service.name));
        Ok(())
    }
}

/// The repository an entity comes from, and its owner.
async fn origin(ctx: &ActionContext<'_>, reference: &EntityRef) -> Result<(Repository, String), ActionError> {
    let mut tx = ctx.read().await?;
    let missing =
        || ActionError::refused(format!("{reference} is not in the catalogue."), "Register it in an earlier step.");
    let entity = tx.entity(reference).await?.ok_or_else(missing)?;
    let location = tx.location(entity.location).await?.ok_or_else(missing)?;
    let repository = ctx.repository_at(&mut *tx, &location.target).await?;
    let owner = entity.entity.owner().map_or_else(|| repository.owner.clone(), |owner| owner.to_string());
    Ok((repository, owner))
}

/// Names that every runtime and every host name takes.
fn require_name(name: &str) -> Result<(), ActionError> {
    let fine = name.len() <= 63
        && name.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let mend = "Use lower-case letters, digits and dashes, beginning with a letter.";
    if fine { Ok(()) } else { Err(ActionError::refused(format!("`{name}` cannot be the name of a service."), mend)) }
}

/// The workload of a Score file, when the run's runtime offers it.
fn size(ctx: &ActionContext<'_>, path: &str, bytes: &[u8]) -> Result<Workload, ActionError> {
    let workload =
        read_workload(path, bytes).map_err(|why| ActionError::refused(format!("{why}."), "Mend the template."))?;
    let runtime = &ctx.run.runtime;
    let kind = ctx.slipway.runtimes.get(runtime).map(|runtime| runtime.kind());
    let gone = || {
        ActionError::refused(
            format!("The runtime `{runtime}` is not configured any more."),
            "Configure it, then try again.",
        )
    };
    let fits = fit::check(kind.ok_or_else(gone)?, &workload);
    fits.map_err(|message| ActionError::refused(message, ""))?;
    Ok(workload)
}

/// Adds the service and its placements in one transaction, once. Gives the environments.
async fn add(ctx: &ActionContext<'_>, service: &Service, workload: &Workload) -> Result<Vec<String>, ActionError> {
    let now = service.created_at;
    let mut tx = ctx.write().await?;
    let environments: Vec<String> = tx.environments().await?.into_iter().map(|environment| environment.name).collect();
    if environments.is_empty() {
        return Err(ActionError::refused(
            "There is no environment to run in.",
            "An administrator can define one; then try again.",
        ));
    }
    if tx.service(service.id).await?.is_some() {
        return Ok(environments);
    }
    match tx.add_service(service).await {
        Ok(()) => {}
        Err(StoreError::Conflict(_)) => {
            let mend = "Undo this run and start again with another name.";
            return Err(ActionError::refused(format!("There is a service named {} already.", service.name), mend));
        }
        Err(error) => return Err(error.into()),
    }
    for environment in &environments {
        let placement = Placement {
            id: PlacementId::from_uuid(ctx.slipway.entropy.uuid()),
            service: service.id,
            environment: environment.clone(),
            runtime: ctx.run.runtime.clone(),
            workload: workload.clone(),
            current: None,
            observed: None,
            health: Health::default(),
            observe_at: now,
            version: 1,
        };
        tx.add_placement(&placement).await?;
    }
    let detail = json!({"run": ctx.run.id, "runtime": ctx.run.runtime, "environments": environments});
    let line =
        ctx.person.audit(&*ctx.slipway.entropy, now, "service.create", &service.name, Some(&service.owner), detail);
    tx.add_audit(&line).await?;
    tx.publish("service", &service.name, 1, now).await?;
    tx.commit().await?;
    Ok(environments)
}
