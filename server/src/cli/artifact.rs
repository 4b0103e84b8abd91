use super::client::Instance;
use serde_json::json;
use std::process::ExitCode;

/// `slipway artifact`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Record a built image, as the last step of a pipeline. The same digest again changes nothing.
    Record {
        #[command(flatten)]
        instance: Instance,
        /// The service's name.
        #[arg(long)]
        service: String,
        /// The repository, without tag or digest: registry.example.com/shop/checkout
        #[arg(long)]
        image: String,
        /// The image's digest: sha256:…
        #[arg(long)]
        digest: String,
        /// The full commit SHA that it was built from.
        #[arg(long)]
        revision: String,
        /// A tag or version for people.
        #[arg(long)]
        version: Option<String>,
        /// When the build finished, RFC 3339; now, when left out.
        #[arg(long, value_name = "INSTANT")]
        built_at: Option<String>,
        /// Who reports it: github-actions
        #[arg(long, default_value = "cli")]
        source: String,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Record { instance, service, image, digest, revision, version, built_at, source } = self;
        let body = json!({
            "service": service, "image": image, "digest": digest, "revision": revision, "version": version, "built_at": built_at, "source": source,
        });
        let artifact = instance.post("/api/v1/artifacts", &body).await?;
        println!("{}", artifact["id"].as_str().unwrap_or_default());
        Ok(ExitCode::SUCCESS)
    }
}
