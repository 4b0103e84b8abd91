use super::{catalog_check, client::Instance};
use serde_json::{Value, json};
use std::process::ExitCode;

/// `slipway catalog`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Register catalogue files. What is right is taken; what is wrong is told, and the exit status is 1.
    Register {
        #[command(flatten)]
        instance: Instance,
        /// URLs of Git repositories, or files and folders on the machine of the instance.
        #[arg(required = true, value_name = "PATH|URL")]
        targets: Vec<String>,
    },
    /// Check catalogue files here, without an instance, and say what is wrong where.
    Check(catalog_check::Options),
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let (instance, targets) = match self {
            Self::Register { instance, targets } => (instance, targets),
            Self::Check(options) => return options.run(),
        };
        let mut problems = false;
        for target in targets {
            let body = json!({ "target": absolute(&target) });
            match instance.post("/api/v1/catalog/locations", &body).await {
                Ok(report) => problems |= tell(&target, &report),
                Err(error) => {
                    eprintln!("{target}: {error:#}");
                    problems = true;
                }
            }
        }
        Ok(if problems { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// A path as the instance finds it; a URL as it is.
fn absolute(target: &str) -> String {
    if target.contains("://") {
        return target.to_owned();
    }
    // A path that is not here may be there.
    let path = std::fs::canonicalize(target).or_else(|_| std::path::absolute(target));
    path.map_or_else(|_| target.to_owned(), |path| path.to_string_lossy().into_owned())
}

/// Prints the report; `true` when it has problems.
fn tell(target: &str, report: &Value) -> bool {
    let list = |name: &str| report[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    for entity in list("registered") {
        println!("{target}: {}", text(entity, "reference"));
    }
    for problem in list("problems") {
        eprintln!(
            "{target}: {}, document {}, {}: {}",
            text(problem, "file"),
            problem["document"],
            Some(text(problem, "field")).filter(|field| !field.is_empty()).unwrap_or_else(|| "YAML".to_owned()),
            text(problem, "message")
        );
    }
    !list("problems").is_empty()
}
