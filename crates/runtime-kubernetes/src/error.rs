//! Client errors become the questions a reconciler has.

use kube::Error;
use slipway_ports::runtime::RuntimeError;

/// Reads an error. `what` says what was tried: `apply the Deployment checkout-dev`.
pub(crate) fn read(what: &str, error: &Error) -> RuntimeError {
    let status = match error {
        Error::Api(status) => status,
        Error::Auth(_) => return RuntimeError::Denied(format!("could not {what}: {error}")),
        _ => return RuntimeError::Unavailable(format!("could not {what}: {}", chain(error))),
    };
    let text = format!("could not {what}: {}", status.message);
    match status.code {
        // Admission by a ResourceQuota is a 403 as well; only its words tell it apart.
        403 if status.message.contains("exceeded quota") => RuntimeError::Quota(text),
        401 | 403 => RuntimeError::Denied(text),
        409 => RuntimeError::Busy(text),
        429 => RuntimeError::Throttled(text),
        500.. => RuntimeError::Unavailable(text),
        _ => RuntimeError::Invalid(text),
    }
}

/// The error with what is behind it: the outermost one seldom says more than that the request failed.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    #[test]
    fn statuses_answer_the_reconcilers_questions() {
        let read = |code: u16, message: &str| {
            read("apply it", &Error::Api(Status::failure(message, "Reason").with_code(code).boxed()))
        };
        assert!(matches!(read(403, "pods is forbidden: exceeded quota: compute"), RuntimeError::Quota(_)));
        assert!(matches!(read(403, "deployments is forbidden: User cannot patch"), RuntimeError::Denied(_)));
        assert!(matches!(read(422, "spec.replicas: Invalid value"), RuntimeError::Invalid(_)));
        assert!(matches!(read(404, "namespaces \"apps\" not found"), RuntimeError::Invalid(_)));
        for (code, message) in [(409, "Conflict"), (429, "Too many requests"), (503, "etcd is away")] {
            assert!(read(code, message).is_transient(), "{code}");
        }
    }
}
