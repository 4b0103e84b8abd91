//! Whether a kind of runtime offers the size that a workload asks for. Known before anything is made, so that nobody learns
//! of it from a failed roll-out.

use slipway_domain::{runtime::RuntimeKind, workload::Workload};

/// Every number of CPU units that is sold anywhere.
const CPUS: [u32; 7] = [256, 512, 1_024, 2_048, 4_096, 8_192, 16_384];

/// MiB in a GB as AWS counts it.
const GB: u32 = 1_024;

/// Memory sizes that AWS Fargate offers for a number of CPU units, MiB. Empty: no such CPU size.
/// (Amazon ECS Developer Guide, "Task size"; the same as cfn-lint's rule E3047.)
fn fargate(cpu: u32) -> Vec<u32> {
    let steps = |lowest: u32, highest: u32, step: u32| (lowest..=highest).step_by(step as usize).collect();
    match cpu {
        256 => vec![GB / 2, GB, 2 * GB],
        512 => steps(GB, 4 * GB, GB),
        1_024 => steps(2 * GB, 8 * GB, GB),
        2_048 => steps(4 * GB, 16 * GB, GB),
        4_096 => steps(8 * GB, 30 * GB, GB),
        8_192 => steps(16 * GB, 60 * GB, 4 * GB),
        16_384 => steps(32 * GB, 120 * GB, 8 * GB),
        _ => Vec::new(),
    }
}

/// The same for AWS App Runner (App Runner API reference, `InstanceConfiguration`).
fn app_runner(cpu: u32) -> Vec<u32> {
    match cpu {
        256 => vec![GB / 2, GB],
        512 => vec![GB],
        1_024 => vec![2 * GB, 3 * GB, 4 * GB],
        2_048 => vec![4 * GB, 6 * GB],
        4_096 => vec![8 * GB, 10 * GB, 12 * GB],
        _ => Vec::new(),
    }
}

/// App Runner's greatest number of instances (its quota for one service).
const APP_RUNNER_INSTANCES: u32 = 25;

/// Says in a sentence why `workload` cannot run on this kind, and what could.
pub(crate) fn check(kind: RuntimeKind, workload: &Workload) -> Result<(), String> {
    let offered = match kind {
        RuntimeKind::Ecs => fargate as fn(u32) -> Vec<u32>,
        RuntimeKind::AppRunner => app_runner,
        RuntimeKind::Kubernetes => return Ok(()),
    };
    let product = if kind == RuntimeKind::Ecs { "AWS Fargate" } else { "AWS App Runner" };
    let memory = offered(workload.cpu);
    if memory.is_empty() {
        let sizes: Vec<String> = CPUS.iter().filter(|cpu| !offered(**cpu).is_empty()).map(|cpu| vcpu(*cpu)).collect();
        return Err(format!("{product} has no size of {} vCPU; use {}.", vcpu(workload.cpu), sizes.join(", ")));
    }
    if !memory.contains(&workload.memory) {
        return Err(format!(
            "{product} offers {} vCPU with {}; this asks for {}. Change one of the two.",
            vcpu(workload.cpu),
            in_words(&memory),
            amount(workload.memory)
        ));
    }
    if kind == RuntimeKind::AppRunner && workload.replicas > APP_RUNNER_INSTANCES {
        let asked = workload.replicas;
        return Err(format!(
            "{product} runs at most {APP_RUNNER_INSTANCES} instances of a service; this asks for {asked}."
        ));
    }
    Ok(())
}

/// `256` as `0.25`.
fn vcpu(units: u32) -> String {
    (f64::from(units) / 1_024.0).to_string()
}

fn amount(mebibytes: u32) -> String {
    if mebibytes >= GB && mebibytes.is_multiple_of(GB) {
        format!("{} GB", mebibytes / GB)
    } else {
        format!("{mebibytes} MB")
    }
}

fn in_words(memory: &[u32]) -> String {
    match memory {
        [] => String::new(),
        [one] => amount(*one),
        [few @ .., last] if few.len() < 4 => {
            format!("{} or {}", few.iter().map(|m| amount(*m)).collect::<Vec<_>>().join(", "), amount(*last))
        }
        [first, .., before, last] => {
            format!("{} to {} in steps of {}", amount(*first), amount(*last), amount(last - before))
        }
        [first, last] => format!("{} or {}", amount(*first), amount(*last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(kind: RuntimeKind, cpu: u32, memory: u32) -> Result<(), String> {
        check(kind, &Workload { cpu, memory, ..Workload::default() })
    }

    #[test]
    fn fargate_sells_pairs() {
        for (cpu, memory) in
            [(256, 512), (256, 2_048), (512, 4_096), (4_096, 30_720), (8_192, 20_480), (16_384, 122_880)]
        {
            assert_eq!(fits(RuntimeKind::Ecs, cpu, memory), Ok(()), "{cpu}/{memory}");
        }
        assert_eq!(
            fits(RuntimeKind::Ecs, 256, 4_096).unwrap_err(),
            "AWS Fargate offers 0.25 vCPU with 512 MB, 1 GB or 2 GB; this asks for 4 GB. Change one of the two."
        );
        assert_eq!(
            fits(RuntimeKind::Ecs, 1_024, 512).unwrap_err(),
            "AWS Fargate offers 1 vCPU with 2 GB to 8 GB in steps of 1 GB; this asks for 512 MB. Change one of the two."
        );
        assert!(fits(RuntimeKind::Ecs, 300, 512).unwrap_err().starts_with("AWS Fargate has no size of"));
        assert!(fits(RuntimeKind::Ecs, 8_192, 18_432).is_err());
    }

    #[test]
    fn app_runner_sells_fewer() {
        assert_eq!(fits(RuntimeKind::AppRunner, 512, 1_024), Ok(()));
        assert!(fits(RuntimeKind::AppRunner, 256, 2_048).is_err());
        assert!(fits(RuntimeKind::AppRunner, 8_192, 16_384).is_err());
        let many = Workload { replicas: 26, ..Workload::default() };
        assert!(check(RuntimeKind::AppRunner, &many).unwrap_err().contains("at most 25"));
    }

    #[test]
    fn kubernetes_takes_any_size() {
        assert_eq!(fits(RuntimeKind::Kubernetes, 300, 700), Ok(()));
    }
}
