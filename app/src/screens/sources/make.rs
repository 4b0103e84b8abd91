use leptos::prelude::*;

use crate::{
    api::MakeSource,
    components::{Button, Card, Checkbox, Choice, Select, TextArea, TextInput, Variant},
    screens::parts::{FormTrouble, error_of, field_error},
};

/// What is said of a new source. What most senders do not need is folded away.
pub(super) fn form(kinds: Vec<(String, String)>, any: bool, make: ServerAction<MakeSource>) -> AnyView {
    let kinds = kinds.into_iter().map(|(name, title)| Choice::new(name, title)).collect::<Vec<_>>();
    let error = error_of(make);
    let service = if any {
        "Leave it empty when each event names a repository or service that the catalog knows."
    } else {
        "One of your team's."
    };
    view! {
        <div class="reading">
            <Card title="Make a source">
                <p class="without-script">"This needs a script: the secret is shown in place, once, and is nowhere else."</p>
                <div class="needs-script">
                    <ActionForm action=make attr:class="form" attr:novalidate=true>
                        <FormTrouble error/>
                        <TextInput id="name" name="source[name]" label="Name" required=true max_length=80 autocomplete="off" placeholder="GitHub of acme" error=field_error(error, "name")/>
                        <Select id="kind" name="source[kind]" label="Who sends" choices=kinds value="github" required=true error=field_error(error, "kind")/>
                        <TextInput id="service" name="source[service]" label="Service" required=!any mono=true autocomplete="off" help=service error=field_error(error, "service")/>
                        <TextInput id="secret" name="source[secret]" label="Secret made by the sender" mono=true autocomplete="off" placeholder="env:PAGERDUTY" help="Leave it empty and Slipway makes one. PagerDuty and GitLab's signing token make their own: env:NAME is the environment variable SLIPWAY_SECRET_NAME, file:NAME a file in the folder of secrets." error=field_error(error, "secret")/>
                        <details class="more">
                            <summary>"What its events mean"</summary>
                            <div class="form">
                                <TextInput id="production" name="source[production]" label="Environments that are production" help="Separated by commas. Names like production, prod-eu or live are known." error=field_error(error, "production")/>
                                <TextArea id="names" name="source[names]" label="Their names for our services" help="One a line: their name = our service." error=field_error(error, "names")/>
                                <TextInput id="incident_labels" name="source[incident_labels]" label="Labels that make an issue an incident" placeholder="incident" error=field_error(error, "incident_labels")/>
                                <TextInput id="deploy_workflows" name="source[deploy_workflows]" label="Workflows that deploy" help="GitHub, for repositories that do not use deployments. Names or paths, separated by commas." error=field_error(error, "deploy_workflows")/>
                                <TextInput id="accounts" name="source[accounts]" label="AWS accounts" help="EventBridge: believe these only." error=field_error(error, "accounts")/>
                                <Checkbox name="source[releases_deploy]" value="yes" label="A published release is a deployment to production"/>
                            </div>
                        </details>
                        <div class="form-actions"><Button variant=Variant::Primary submit=true busy=make.pending()>"Make the source"</Button></div>
                    </ActionForm>
                </div>
            </Card>
        </div>
    }
    .into_any()
}
