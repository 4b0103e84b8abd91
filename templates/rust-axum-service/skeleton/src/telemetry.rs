//! Logs as JSON lines on standard output, and traces over OTLP/HTTP when there is a collector to send them to.

use std::{io, panic};

use opentelemetry::{
    global,
    trace::{SpanId, TraceId, TracerProvider},
};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{IdGenerator, RandomIdGenerator, SdkTracerProvider},
};
use tracing_subscriber::{filter::LevelFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Config;

/// Holds what must be flushed before the process ends.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Installs the process's logger and tracer. Call once, before the async runtime starts: the exporter has a thread and
    /// a blocking client of its own, so that a slow collector never holds up a request.
    pub fn start(config: &Config) -> Result<Self, ExporterBuildError> {
        let provider = match &config.collector {
            Some(_) => Some(tracer_provider(&config.name)?),
            None => None,
        };
        let traces = provider.as_ref().map(|provider| {
            global::set_text_map_propagator(TraceContextPropagator::new());
            tracing_opentelemetry::layer().with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
        });
        let logs = fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(io::stdout);
        tracing_subscriber::registry()
            .with(LevelFilter::from_level(config.log_level))
            .with(traces)
            .with(logs)
            .init();
        panic::set_hook(Box::new(|panic| {
            tracing::error!(panic = %panic, "panicked");
        }));
        Ok(Self(provider))
    }

    /// Sends what has not been sent yet. Call when the async runtime has ended.
    pub fn stop(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// The exporter reads the `OTEL_EXPORTER_OTLP_*` variables, the provider `OTEL_TRACES_SAMPLER` and
/// `OTEL_RESOURCE_ATTRIBUTES`, as the OpenTelemetry specification names them.
fn tracer_provider(name: &str) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder().with_http().build()?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_id_generator(TimedIds::default())
        .with_resource(
            Resource::builder()
                .with_service_name(name.to_owned())
                .build(),
        )
        .build())
}

/// Random ids whose first 32 bits are the second they were made in, as AWS X-Ray's own ids have it: every version of
/// X-Ray takes them, and other tools see an ordinary trace id.
/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids>
#[derive(Debug, Default)]
struct TimedIds(RandomIdGenerator);

impl IdGenerator for TimedIds {
    fn new_trace_id(&self) -> TraceId {
        let seconds = std::time::UNIX_EPOCH
            .elapsed()
            .map_or(0, |since| since.as_secs());
        timed(self.0.new_trace_id(), seconds)
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

fn timed(random: TraceId, seconds: u64) -> TraceId {
    let mut bytes = random.to_bytes();
    // The low 32 bits: X-Ray's format has room for no more.
    bytes[..4].copy_from_slice(&seconds.to_be_bytes()[4..]);
    TraceId::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_begins_with_the_second_it_was_made_in() {
        let random = TraceId::from_bytes([0xab; 16]);
        assert_eq!(
            timed(random, 0x5759_e988).to_string(),
            "5759e988abababababababababababab"
        );
    }
}
