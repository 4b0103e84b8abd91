//! SDK errors become the questions a reconciler has.

use aws_sdk_ecs::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use slipway_ports::runtime::RuntimeError;
use std::error::Error;

/// Reads an SDK error. `what` says what was tried: `create the ECS service checkout-dev`.
///
/// The errors of all operations of both services are told apart by the code that the API gives (the SDKs have one enum
/// per operation, with these same names).
pub(crate) fn read<E, R>(what: &str, error: SdkError<E, R>) -> RuntimeError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(answer) = error.as_service_error() else {
        let context = DisplayErrorContext(&error).to_string();
        return match error {
            // Nothing was sent: there are no credentials, no region, or the request cannot be built.
            SdkError::ConstructionFailure(_) => RuntimeError::Denied(format!("could not {what}: {context}")),
            SdkError::TimeoutError(_) => {
                RuntimeError::Unavailable(format!("could not {what}: AWS did not answer in time"))
            }
            _ => RuntimeError::Unavailable(format!("could not {what}: {context}")),
        };
    };
    let code = answer.code().unwrap_or("unknown error");
    let text = format!("could not {what}: {} ({code})", answer.message().unwrap_or("AWS gave no reason"));
    match code {
        "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "RequestLimitExceeded" | "SlowDown" => {
            RuntimeError::Throttled(text)
        }
        "AccessDeniedException"
        | "AccessDenied"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationTokenException"
        | "ExpiredTokenException"
        | "ExpiredToken"
        | "BlockedException" => RuntimeError::Denied(text),
        "LimitExceededException" | "ServiceQuotaExceededException" => RuntimeError::Quota(text),
        "InvalidStateException" | "ServiceNotActiveException" | "UpdateInProgressException" | "ConflictException" => {
            RuntimeError::Busy(text)
        }
        "ServerException"
        | "InternalServiceErrorException"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => RuntimeError::Unavailable(text),
        _ => match error.raw_status() {
            Some(status) if status >= 500 => RuntimeError::Unavailable(text),
            _ => RuntimeError::Invalid(text),
        },
    }
}

/// The HTTP status of an answer, whatever carries it.
trait RawStatus {
    fn raw_status(&self) -> Option<u16>;
}

impl<E, R: std::fmt::Debug + 'static> RawStatus for SdkError<E, R> {
    fn raw_status(&self) -> Option<u16> {
        let raw: &dyn std::any::Any = self.raw_response()?;
        raw.downcast_ref::<aws_sdk_ecs::config::http::HttpResponse>().map(|response| response.status().as_u16())
    }
}
