//! Which cpu and memory Fargate offers together, and how task definitions write them.

use serde_json::Value;

use crate::aws::AwsError;

/// CPU units: lowest MiB, highest MiB, step.
const SIZES: &[(u32, u32, u32, u32)] = &[
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
];

/// Checks the pair and returns it in CPU units and MiB.
pub(super) fn size(cpu: &Value, memory: &Value) -> Result<(u32, u32), AwsError> {
    let client = |message: &str| AwsError::new("ClientException", message);
    let Some(cpu) = amount(cpu, "vcpu") else {
        return Err(client("Fargate requires that 'cpu' be defined at the task level."));
    };
    let Some(memory) = amount(memory, "gb") else {
        return Err(client("Fargate requires that 'memory' be defined at the task level."));
    };
    if cpu != 256 && !SIZES.iter().any(|size| size.0 == cpu) {
        return Err(client("Invalid 'cpu' setting for task."));
    }
    let offered = match SIZES.iter().find(|size| size.0 == cpu) {
        Some((_, lowest, highest, step)) => (*lowest..=*highest).contains(&memory) && (memory - lowest) % step == 0,
        None => [512, 1024, 2048].contains(&memory),
    };
    if offered { Ok((cpu, memory)) } else { Err(client("No Fargate configuration exists for given values.")) }
}

/// `"512"`, `"0.5 vCPU"`, `"1GB"`.
fn amount(value: &Value, unit: &str) -> Option<u32> {
    let text = value.as_str()?.trim().to_ascii_lowercase();
    if let Some(number) = text.strip_suffix(unit) {
        let number: f64 = number.trim().parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float-to-int cast saturates, and no size is that large"
        )]
        return Some((number * 1024.0).round() as u32);
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_are_the_ones_on_offer() {
        for (cpu, memory) in
            [("256", "512"), ("0.5 vCPU", "4GB"), ("1024", "8192"), ("4096", "30720"), ("16384", "122880")]
        {
            assert!(size(&json!(cpu), &json!(memory)).is_ok(), "{cpu}/{memory}");
        }
        for (cpu, memory, message) in [
            ("300", "512", "Invalid 'cpu' setting for task."),
            ("256", "8192", "No Fargate configuration exists for given values."),
            ("8192", "18432", "No Fargate configuration exists for given values."),
        ] {
            assert_eq!(size(&json!(cpu), &json!(memory)).expect_err("no such size").message, message);
        }
    }
}
