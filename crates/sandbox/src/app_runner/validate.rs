//! The rules of App Runner's API model for what goes into a service, and the defaults for what is left out.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use crate::aws::AwsError;

/// The model's `\w` is ASCII; the engine's is not, and a long repetition of it does not compile: so it is written out.
fn pattern(text: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and a test compiles every one of them")]
    Regex::new(&format!("^(?:{text})$")).expect("a valid pattern")
}

static NAME: LazyLock<Regex> = LazyLock::new(|| pattern("[A-Za-z0-9][A-Za-z0-9-_]{3,39}"));
static ARN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"arn:aws(-[A-Za-z0-9_]+)*:[a-z0-9\-\.]{0,63}:[a-z0-9\-\.]{0,63}:[0-9]{12}:[A-Za-z0-9_/-]{1,1011}")
});
static ECR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[0-9]{12}.dkr.ecr.[a-z\-]+-[0-9]{1}.amazonaws.com/",
        r"((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(:([A-Za-z0-9_+\-=.:/@])+|@([A-Za-z0-9_:]+))?"
    ))
});
static ECR_PUBLIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"public\.ecr\.aws/.+/((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(:([A-Za-z0-9_+\-=.:/@])+|@([A-Za-z0-9_:]+))?",
    )
});
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"arn:(aws|aws-us-gov|aws-cn|aws-iso|aws-iso-b):iam::[0-9]{12}:(role|role/service-role)/[A-Za-z0-9_+=,.@\-/]{1,1000}",
    )
});
static CPU: LazyLock<Regex> = LazyLock::new(|| pattern(r"256|512|1024|2048|4096|(0\.25|0\.5|1|2|4) vCPU"));
static MEMORY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"512|1024|2048|3072|4096|6144|8192|10240|12288|(0\.5|1|2|3|4|6|8|10|12) GB"));
static TAG_KEY: LazyLock<Regex> = LazyLock::new(|| pattern("(?s).{1,128}"));

/// vCPU units and the MiB of memory that go with them.
const PAIRS: &[(u32, &[u32])] = &[
    (256, &[512, 1024]),
    (512, &[1024]),
    (1024, &[2048, 3072, 4096]),
    (2048, &[4096, 6144]),
    (4096, &[8192, 10240, 12288]),
];

pub(super) fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidRequestException", message)
}

fn matching(value: &str, field: &str, rule: &Regex) -> Result<(), AwsError> {
    if rule.is_match(value) {
        return Ok(());
    }
    let text = rule.as_str().trim_start_matches("^(?:").trim_end_matches(")$");
    Err(invalid(format!(
        "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must satisfy regular expression pattern: {text}"
    )))
}

pub(super) fn name(name: &str) -> Result<(), AwsError> {
    matching(name, "serviceName", &NAME)
}

pub(super) fn arn(arn: &str) -> Result<(), AwsError> {
    matching(arn, "serviceArn", &ARN)
}

pub(super) fn tag(key: &str, value: &str) -> Result<(), AwsError> {
    matching(key, "tags.key", &TAG_KEY)?;
    if key.starts_with("aws:") {
        return Err(invalid("Tag keys that begin with aws: are reserved."));
    }
    if value.chars().count() > 256 {
        return Err(invalid(format!("The value of tag {key} is longer than 256 characters.")));
    }
    Ok(())
}

/// Checks a `SourceConfiguration` and fills in its defaults.
pub(super) fn source(given: &Value) -> Result<Value, AwsError> {
    if given["CodeRepository"].is_object() {
        return Err(invalid("The sandbox runs images; a CodeRepository is not emulated."));
    }
    let repository = &given["ImageRepository"];
    if !repository.is_object() {
        return Err(invalid(
            "Exactly one of CodeRepository or ImageRepository must be specified in SourceConfiguration.",
        ));
    }
    let image = repository["ImageIdentifier"].as_str().unwrap_or_default();
    let kind = repository["ImageRepositoryType"].as_str().unwrap_or_default();
    match kind {
        "ECR" => {
            matching(image, "sourceConfiguration.imageRepository.imageIdentifier", &ECR)?;
            let Some(role) = given["AuthenticationConfiguration"]["AccessRoleArn"].as_str() else {
                return Err(invalid("Authentication configuration is invalid."));
            };
            matching(role, "sourceConfiguration.authenticationConfiguration.accessRoleArn", &ROLE)?;
        }
        "ECR_PUBLIC" => matching(image, "sourceConfiguration.imageRepository.imageIdentifier", &ECR_PUBLIC)?,
        other => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'sourceConfiguration.imageRepository.imageRepositoryType' failed to satisfy constraint: Member must satisfy enum value set: [ECR, ECR_PUBLIC]"
            )));
        }
    }
    let mut full = given.clone();
    if full["AutoDeploymentsEnabled"].is_null() {
        full["AutoDeploymentsEnabled"] = json!(kind == "ECR");
    }
    let configuration = &mut full["ImageRepository"]["ImageConfiguration"];
    if configuration["Port"].is_null() {
        configuration["Port"] = json!("8080");
    }
    let port = configuration["Port"].as_str().unwrap_or_default();
    if port.parse::<u16>().unwrap_or_default() == 0 {
        return Err(invalid(format!("Port '{port}' is not a valid port.")));
    }
    if let Some(names) = configuration["RuntimeEnvironmentVariables"].as_object()
        && let Some(name) = names.keys().find(|name| name.starts_with("AWSAPPRUNNER"))
    {
        return Err(invalid(format!("Environment variable {name}: the prefix AWSAPPRUNNER is reserved.")));
    }
    Ok(full)
}

/// Checks an `InstanceConfiguration` and fills in its defaults.
pub(super) fn instance(given: &Value) -> Result<Value, AwsError> {
    let cpu = given["Cpu"].as_str().unwrap_or("1024");
    let memory = given["Memory"].as_str().unwrap_or("2048");
    matching(cpu, "instanceConfiguration.cpu", &CPU)?;
    matching(memory, "instanceConfiguration.memory", &MEMORY)?;
    let (units, mebibytes) = (thousandths(cpu, " vCPU"), thousandths(memory, " GB"));
    if !PAIRS.iter().any(|(of, with)| *of == units && with.contains(&mebibytes)) {
        return Err(invalid(format!("Invalid combination of Cpu {cpu} and Memory {memory}.")));
    }
    if let Some(role) = given["InstanceRoleArn"].as_str() {
        matching(role, "instanceConfiguration.instanceRoleArn", &ROLE)?;
    }
    let mut full = given.clone();
    full["Cpu"] = json!(units.to_string());
    full["Memory"] = json!(mebibytes.to_string());
    Ok(full)
}

/// `0.25 vCPU` and `256` alike as 256; the patterns have been checked.
fn thousandths(text: &str, unit: &str) -> u32 {
    let (number, factor) = text.strip_suffix(unit).map_or((text, 1.0), |number| (number, 1024.0));
    let amount = number.parse::<f64>().unwrap_or_default() * factor;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the pattern allows a handful of small numbers"
    )]
    let whole = amount as u32;
    whole
}

/// Checks a `HealthCheckConfiguration` and fills in its defaults.
pub(super) fn health(given: &Value) -> Result<Value, AwsError> {
    let mut full = json!({ "Protocol": "TCP", "Path": "/", "Interval": 5, "Timeout": 2, "HealthyThreshold": 1, "UnhealthyThreshold": 5 });
    for (field, value) in given.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        full[field] = value.clone();
    }
    for field in ["Interval", "Timeout", "HealthyThreshold", "UnhealthyThreshold"] {
        if !full[field].as_i64().is_some_and(|number| (1..=20).contains(&number)) {
            return Err(invalid(format!("HealthCheckConfiguration.{field} must be between 1 and 20.")));
        }
    }
    if !matches!(full["Protocol"].as_str(), Some("TCP" | "HTTP")) {
        return Err(invalid("HealthCheckConfiguration.Protocol must be TCP or HTTP."));
    }
    if !full["Path"].as_str().is_some_and(|path| path.starts_with('/')) {
        return Err(invalid("HealthCheckConfiguration.Path must begin with a slash."));
    }
    Ok(full)
}

/// Fills in the defaults of a `NetworkConfiguration`.
pub(super) fn network(given: &Value) -> Result<Value, AwsError> {
    let egress = given["EgressConfiguration"]["EgressType"].as_str().unwrap_or("DEFAULT");
    let connector = given["EgressConfiguration"]["VpcConnectorArn"].as_str();
    match (egress, connector) {
        ("DEFAULT", None) | ("VPC", Some(_)) => {}
        ("VPC", None) => return Err(invalid("VpcConnectorArn is required when EgressType is VPC.")),
        _ => return Err(invalid("EgressType must be DEFAULT, or VPC with a VpcConnectorArn.")),
    }
    let public = given["IngressConfiguration"]["IsPubliclyAccessible"].as_bool().unwrap_or(true);
    let mut egress_configuration = json!({ "EgressType": egress });
    if let Some(connector) = connector {
        egress_configuration["VpcConnectorArn"] = json!(connector);
    }
    Ok(json!({
        "EgressConfiguration": egress_configuration,
        "IngressConfiguration": { "IsPubliclyAccessible": public },
        "IpAddressType": given["IpAddressType"].as_str().unwrap_or("IPV4"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_tells_good_from_bad() {
        for (rule, good, bad) in [
            (&NAME, "orders-api", "abc"),
            (&ARN, "arn:aws:apprunner:eu-west-1:123456789012:service/web/0123", "arn:aws:apprunner"),
            (&ECR, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web@sha256:00ff", "docker.io/library/nginx:1"),
            (&ECR_PUBLIC, "public.ecr.aws/team/web:v1", "public.ecr.aws/web"),
            (&ROLE, "arn:aws:iam::123456789012:role/access", "arn:aws:iam::1:role/access"),
            (&CPU, "0.25 vCPU", "3 vCPU"),
            (&MEMORY, "12 GB", "5 GB"),
            (&TAG_KEY, "team", ""),
        ] {
            assert!(rule.is_match(good), "{good}");
            assert!(!rule.is_match(bad), "{bad}");
        }
    }

    #[test]
    fn cpu_and_memory_go_in_pairs() {
        assert_eq!(instance(&json!({ "Cpu": "0.25 vCPU", "Memory": "0.5 GB" })).expect("a pair")["Cpu"], "256");
        assert!(instance(&json!({ "Cpu": "256", "Memory": "2048" })).is_err());
    }
}
