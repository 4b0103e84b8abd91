use serde_json::json;
use slipway_dora::Status;
use slipway_webhooks::Lookup;

use super::*;

fn envelope(kind: &str, resources: Value, detail: Value) -> Value {
    json!({"version": "0", "id": "01234567-0123-0123-0123-012345678901", "detail-type": kind, "source": "aws.any",
        "account": "123456789012", "time": "2025-05-06T10:00:00Z", "region": "eu-west-1", "resources": resources,
        "detail": detail})
}

fn told(body: &Value) -> Vec<Told> {
    read(Source::EventBridge, &[], body).told
}

fn pipeline(state: &str) -> Value {
    let detail = json!({"pipeline": "checkout", "execution-id": "12345678-1234-5678-abcd-12345678abcd",
        "start-time": "2025-05-06T09:45:00.123Z", "state": state, "version": 3.0, "pipeline-execution-attempt": 1.0,
        "execution-trigger": {"trigger-type": "StartPipelineExecution", "trigger-detail": "arn:aws:sts::1:user"}});
    envelope(
        "CodePipeline Pipeline Execution State Change",
        json!(["arn:aws:codepipeline:eu-west-1:1:checkout"]),
        detail,
    )
}

#[test]
fn a_pipelines_run_is_a_deployment_without_a_commit() {
    let delivery = read(Source::EventBridge, &[], &pipeline("SUCCEEDED"));
    assert_eq!(delivery.key, "01234567-0123-0123-0123-012345678901");
    let news = only(delivery);
    assert_eq!(news.key, "aws:codepipeline:12345678-1234-5678-abcd-12345678abcd");
    let record = deployment(&news);
    assert_eq!((record.status, record.revision.as_str()), (Status::Success, ""));
    assert_eq!(record.started_at, Some(at("2025-05-06T09:45:00.123Z")));
    assert_eq!(
        (news.subject.service.as_deref(), news.subject.account.as_deref()),
        (Some("checkout"), Some("123456789012"))
    );
    assert!(matches!(&news.lookups[..], [Lookup::PipelineRevision { pipeline, .. }] if pipeline == "checkout"));
    for (state, expected) in [
        ("STARTED", Status::InProgress),
        ("RESUMED", Status::InProgress),
        ("FAILED", Status::Failure),
        ("CANCELED", Status::Cancelled),
        ("SUPERSEDED", Status::Superseded),
    ] {
        assert_eq!(deployment(&told(&pipeline(state))[0]).status, expected, "{state}");
    }
    assert_eq!(told(&pipeline("STOPPING")), []);
    assert_eq!(wrong(Source::EventBridge, &[], &pipeline("DONE")), "detail.state");
    let mut rollback = pipeline("SUCCEEDED");
    rollback["detail"]["execution-trigger"]["trigger-type"] = json!("AutomatedRollback");
    assert!(deployment(&told(&rollback)[0]).rollback);
    // As an SNS notification.
    let mut notification = pipeline("FAILED");
    let kind = notification.as_object_mut().unwrap().remove("detail-type").unwrap();
    notification["detailType"] = kind;
    notification.as_object_mut().unwrap().remove("id");
    assert!(read(Source::EventBridge, &[], &notification).key.starts_with("sha256:"));
    assert_eq!(deployment(&told(&notification)[0]).status, Status::Failure);
}

#[test]
fn codedeploy_tells_states() {
    let detail = |state: &str| {
        let detail = json!({"region": "eu-west-1", "deploymentId": "d-123456789", "instanceGroupId": "9fd2fbef",
            "deploymentGroup": "production", "state": state, "application": "checkout"});
        envelope("CodeDeploy Deployment State-change Notification", json!([]), detail)
    };
    let news = told(&detail("FAILURE"));
    assert_eq!((news[0].key.as_str(), deployment(&news[0]).status), ("aws:codedeploy:d-123456789", Status::Failure));
    assert_eq!(news[0].subject.environment.as_deref(), Some("production"));
    assert_eq!(deployment(&told(&detail("START"))[0]).status, Status::InProgress);
    assert_eq!(news[0].lookups, [Lookup::CodeDeployDeployment { deployment: "d-123456789".to_owned() }]);
}

#[test]
fn ecs_says_in_its_reason_that_it_goes_back() {
    let body = |name: &str, reason: &str| {
        let detail = json!({"eventType": "INFO", "eventName": name, "deploymentId": "ecs-svc/123",
            "updatedAt": "2025-05-06T09:58:00Z", "reason": reason});
        envelope("ECS Deployment State Change", json!(["arn:aws:ecs:eu-west-1:1:service/shop/checkout"]), detail)
    };
    let done = told(&body("SERVICE_DEPLOYMENT_COMPLETED", "ECS deployment deploymentID completed."));
    assert_eq!(done[0].key, "aws:ecs:arn:aws:ecs:eu-west-1:1:service/shop/checkout:ecs-svc/123");
    let record = deployment(&done[0]);
    assert_eq!(
        (record.status, record.finished_at, record.rollback),
        (Status::Success, Some(at("2025-05-06T09:58:00Z")), false)
    );
    assert_eq!(done[0].subject.service.as_deref(), Some("checkout"));
    let reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/122.";
    assert!(deployment(&told(&body("SERVICE_DEPLOYMENT_IN_PROGRESS", reason))[0]).rollback);
    let failed = told(&body("SERVICE_DEPLOYMENT_FAILED", reason));
    assert_eq!((deployment(&failed[0]).status, deployment(&failed[0]).rollback), (Status::Failure, false));
    let mut nowhere = body("SERVICE_DEPLOYMENT_COMPLETED", "");
    nowhere["resources"] = json!([]);
    assert_eq!(wrong(Source::EventBridge, &[], &nowhere), "resources[0]");
}

#[test]
fn app_runner_keys_are_read_in_any_case() {
    let arn = json!(["arn:aws:apprunner:eu-west-1:1:service/checkout/8fe1"]);
    let kind = "AppRunner Service Operation Status Change";
    let documented = json!({"OperationStatus": "DeploymentFailed", "ServiceName": "checkout", "ServiceId": "8fe1",
        "Message": "Deployment failed", "Severity": "ERROR"});
    let real = json!({"operationStatus": "UpdateServiceCompletedSuccessfully", "serviceName": "checkout"});
    assert_eq!(deployment(&told(&envelope(kind, arn.clone(), documented))[0]).status, Status::Failure);
    let news = told(&envelope(kind, arn.clone(), real));
    assert_eq!((deployment(&news[0]).status, news[0].subject.service.as_deref()), (Status::Success, Some("checkout")));
    let paused = json!({"operationStatus": "PauseServiceCompletedSuccessfully", "serviceName": "checkout"});
    assert_eq!(told(&envelope(kind, arn.clone(), paused)), []);
    let status = json!({"PreviousStatus": "OPERATION_IN_PROGRESS", "CurrentStatus": "RUNNING"});
    assert_eq!(told(&envelope("AppRunner Service Status Change", arn, status)), []);
}

#[test]
fn an_alarm_is_one_incident_from_alarm_to_ok() {
    let body = |value: &str, at: &str, before: &str, before_at: &str| {
        let detail = json!({"alarmName": "checkout-5xx", "alarmTags": {"Service": "checkout"},
            "configuration": {"description": "5xx above 1 %", "metrics": []},
            "state": {"value": value, "timestamp": at, "reason": "Threshold crossed", "reasonData": "{\"version\":\"1.0\"}"},
            "previousState": {"value": before, "timestamp": before_at, "reason": ""}});
        let arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx";
        envelope("CloudWatch Alarm State Change", json!([arn]), detail)
    };
    let (onset, end) = ("2025-05-06T10:20:40.985+0000", "2025-05-06T11:05:00.000+0000");
    let opened = told(&body("ALARM", onset, "OK", "2025-05-01T00:00:00.000+0000"));
    let closed = told(&body("OK", end, "ALARM", onset));
    assert_eq!(opened[0].key, closed[0].key);
    assert_eq!(incident(&opened[0]).detected_at, at("2025-05-06T10:20:40.985Z"));
    assert_eq!(
        (incident(&opened[0]).resolved_at, incident(&closed[0]).resolved_at),
        (None, Some(at("2025-05-06T11:05:00Z")))
    );
    assert_eq!(opened[0].subject.service.as_deref(), Some("checkout"));
    assert_eq!(told(&body("INSUFFICIENT_DATA", end, "ALARM", onset)), []);
    assert_eq!(title(&opened[0]), Some("5xx above 1 %"));
    // It may have been in ALARM before it had too little data: whatever is open of it ends.
    let after = told(&body("OK", end, "INSUFFICIENT_DATA", onset)).remove(0);
    assert!(after.key.ends_with(':') && opened[0].key.starts_with(&after.key), "{}", after.key);
    assert_eq!((after.fact, after.at), (Fact::Resolved, at("2025-05-06T11:05:00Z")));
}

#[test]
fn only_known_accounts_are_believed() {
    let options = |account: &str| Options { accounts: vec![account.to_owned()], ..Options::default() };
    let read = |account: &str| try_read(Source::EventBridge, &options(account), &[], &pipeline("SUCCEEDED"));
    assert_eq!(read("123456789012").unwrap().len(), 1);
    assert_eq!(read("999999999999").unwrap_err().field, "account");
    assert_eq!(told(&envelope("CodeBuild Build State Change", json!([]), json!({"build-status": "FAILED"}))), []);
    assert_eq!(wrong(Source::EventBridge, &[], &json!({})), "detail-type");
}
