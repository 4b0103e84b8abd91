use super::{client::Instance, print};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// `slipway upgrade`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Say what bringing a service to the latest version of its template would change. Nothing is written.
    Plan {
        #[command(flatten)]
        instance: Instance,
        /// The service's name.
        service: String,
        /// Print the instance's answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Open an upgrade: a branch with one commit, to be reviewed. Prints its id.
    Open {
        #[command(flatten)]
        instance: Instance,
        /// The service's name.
        service: String,
        /// An answer to what the plan asks.
        #[arg(long = "value", value_name = "NAME=VALUE", value_parser = pair)]
        values: Vec<(String, String)>,
    },
    /// Merge an open upgrade into the default branch.
    Merge {
        #[command(flatten)]
        instance: Instance,
        /// The upgrade's id.
        id: String,
    },
    /// Close an open upgrade without merging it.
    Close {
        #[command(flatten)]
        instance: Instance,
        /// The upgrade's id.
        id: String,
    },
    /// Say that a service's repository, made elsewhere, is on a template: a branch with the lock file. Prints the upgrade's id.
    Adopt {
        #[command(flatten)]
        instance: Instance,
        /// The service's name.
        service: String,
        /// The template's entity reference: template:default/rust-axum-service
        #[arg(long)]
        template: String,
        /// The version's whole hash; the latest when left out.
        #[arg(long, default_value = "")]
        version: String,
        /// One of the template's inputs.
        #[arg(long = "value", value_name = "NAME=VALUE", value_parser = pair)]
        values: Vec<(String, String)>,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Plan { instance, service, json } => {
                let plan = instance.get("/api/v1/upgrades/plan", &[("service", &service)]).await?;
                if json {
                    print(&serde_json::to_string_pretty(&plan)?);
                } else {
                    words(&plan).iter().for_each(|line| print(line));
                }
            }
            Self::Open { instance, service, values } => {
                let body = json!({ "service": service, "values": object(values) });
                let opened = instance.post("/api/v1/upgrades", &body).await?;
                print(opened["id"].as_str().unwrap_or_default());
            }
            Self::Merge { instance, id } => {
                instance.post(&format!("/api/v1/upgrades/{id}/merge"), &json!({})).await?;
            }
            Self::Close { instance, id } => {
                instance.post(&format!("/api/v1/upgrades/{id}/close"), &json!({})).await?;
            }
            Self::Adopt { instance, service, template, version, values } => {
                let body =
                    json!({ "service": service, "template": template, "version": version, "values": object(values) });
                let opened = instance.post("/api/v1/upgrades/adopt", &body).await?;
                print(opened["id"].as_str().unwrap_or_default());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`"))?;
    Ok((name.to_owned(), value.to_owned()))
}

fn object(values: Vec<(String, String)>) -> Map<String, Value> {
    values.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
}

/// A plan for people: one line a file, then what a person has to decide and to answer.
fn words(plan: &Value) -> Vec<String> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| plan[name].as_array().cloned().unwrap_or_default();
    let mut lines = vec![format!(
        "{} is on {} {}; the latest is {}",
        text(plan, "service"),
        text(plan, "template"),
        text(plan, "from"),
        text(plan, "to")
    )];
    if plan["nothing"].as_bool() == Some(true) {
        lines.push("There is nothing to do.".to_owned());
    }
    for file in list("files") {
        let (added, removed) = (&file["added"], &file["removed"]);
        lines.push(format!("{:8} {} (+{added} -{removed})", text(&file, "change"), text(&file, "path")));
    }
    for conflict in list("conflicts") {
        lines.push(format!("conflict {}: {}", text(&conflict, "path"), text(&conflict, "message")));
    }
    for asked in list("asks") {
        lines.push(format!("asks     {}: {}", text(&asked, "name"), text(&asked, "message")));
    }
    if let Some(open) = plan["open"].as_str() {
        lines.push(format!("An upgrade is open: {open}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_line_by_line() {
        let plan = json!({
            "service": "checkout", "template": "rust-axum-service", "from": "aaaa", "to": "bbbb", "nothing": false,
            "files": [{"path": "Dockerfile", "change": "changed", "added": 2, "removed": 1, "conflict": true}],
            "conflicts": [{"path": "Dockerfile", "message": "both changed it"}],
            "asks": [{"name": "region", "message": "Is needed."}], "open": "/upgrades/1",
        });
        assert_eq!(
            words(&plan),
            [
                "checkout is on rust-axum-service aaaa; the latest is bbbb",
                "changed  Dockerfile (+2 -1)",
                "conflict Dockerfile: both changed it",
                "asks     region: Is needed.",
                "An upgrade is open: /upgrades/1",
            ]
        );
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("a").is_err());
    }
}
