//! Why a roll-out failed: what its stopped tasks say, then what the service says.

use aws_sdk_ecs::types::{ServiceEvent, Task};
use slipway_domain::runtime::Cause;

/// Looks for the reason. `said` is what ECS says of the roll-out as a whole, which is seldom more than that it failed.
pub(super) fn find(definition: &str, tasks: &[Task], events: &[ServiceEvent], said: Option<&str>) -> Cause {
    let ours = tasks.iter().filter(|task| task.task_definition_arn() == Some(definition));
    let mut stopped: Vec<&Task> =
        ours.filter(|task| task.stopped_reason().is_some_and(|reason| !reason.is_empty())).collect();
    stopped.sort_by_key(|task| std::cmp::Reverse(task.stopping_at().or(task.stopped_at()).copied()));
    if let Some(cause) = stopped.iter().find_map(|task| of_task(task)) {
        return cause;
    }
    if let Some(message) = events.iter().take(20).filter_map(ServiceEvent::message).find(|text| is_quota(text)) {
        return quota(message);
    }
    let said = said.unwrap_or("ECS ended the roll-out and gave no reason.");
    let mend = "Look at the service's events and at the log of the new version, then deploy again.";
    cause("other", stopped.first().and_then(|task| task.stopped_reason()).unwrap_or(said), mend)
}

/// What a stopped task says, when it is the task's own fault.
fn of_task(task: &Task) -> Option<Cause> {
    let reason = task.stopped_reason().unwrap_or_default();
    let container = task.containers().iter().find_map(|container| container.reason());
    let exit = task.containers().iter().find_map(|container| container.exit_code());
    let text = container.filter(|text| !reason.contains(text)).map_or(reason.to_owned(), |c| format!("{reason}: {c}"));
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["CannotPull", "ImageNotFound", "pull image"]) {
        let mend = "Check that the image was pushed under this digest, and that the execution role may pull it.";
        return Some(cause("image-not-found", &text, mend));
    }
    if has(&["OutOfMemory"]) {
        return Some(cause("crash", &text, "Give the workload more memory, or find out why it needs that much."));
    }
    if has(&["health check"]) {
        let mend = "Check that the service listens on the workload's port and that its health path answers 2xx.";
        return Some(cause("unhealthy", &text, mend));
    }
    if has(&["ResourceInitializationError", "AccessDenied", "unable to pull secrets"]) {
        let mend = "Check that the secrets exist and that the execution role may read them.";
        return Some(cause("denied", &text, mend));
    }
    if is_quota(&text) {
        return Some(quota(&text));
    }
    if has(&["Essential container", "EssentialContainerExited"]) || exit.is_some_and(|code| code != 0) {
        let code = exit.map(|code| format!(" with code {code}")).unwrap_or_default();
        let mend = "Read the log of the new version: it ended by itself right after it started.";
        return Some(cause("crash", &format!("{text}: the container exited{code}."), mend));
    }
    None
}

fn is_quota(text: &str) -> bool {
    ["reached the limit", "limit on the number", "Capacity is unavailable", "insufficient", "quota"]
        .iter()
        .any(|word| text.contains(word))
}

fn quota(message: &str) -> Cause {
    cause("quota", message, "Raise the account's Fargate quota or remove what is not needed, then deploy again.")
}

fn cause(code: &str, message: &str, mend: &str) -> Cause {
    Cause { code: code.to_owned(), message: message.to_owned(), mend: mend.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::Container;

    fn stopped(reason: &str, exit: Option<i32>) -> Task {
        let container = Container::builder().set_exit_code(exit).build();
        Task::builder().task_definition_arn("arn:new").stopped_reason(reason).containers(container).build()
    }

    #[test]
    fn the_reason_of_a_task_becomes_a_cause() {
        for (task, code) in [
            (
                stopped("CannotPullContainerError: pull image manifest has been retried 1 time(s)", None),
                "image-not-found",
            ),
            (stopped("Essential container in task exited", Some(3)), "crash"),
            (stopped("OutOfMemoryError: container killed due to memory usage", Some(137)), "crash"),
            (stopped("Task failed container health checks", Some(137)), "unhealthy"),
            (stopped("Task failed ELB health checks in (target-group x)", None), "unhealthy"),
            (stopped("ResourceInitializationError: unable to pull secrets or registry auth", None), "denied"),
            (stopped("You've reached the limit on the number of vCPUs you can run concurrently", None), "quota"),
            (stopped("Scaling activity initiated by (deployment ecs-svc/1)", None), "other"),
        ] {
            let found = find("arn:new", &[task], &[], None);
            assert_eq!(found.code, code, "{found:?}");
        }
    }

    #[test]
    fn tasks_of_another_version_do_not_count() {
        let found = find("arn:old", &[stopped("Essential container in task exited", Some(1))], &[], Some("It failed."));
        assert_eq!((found.code.as_str(), found.message.as_str()), ("other", "It failed."));
    }
}
