//! `/upgrades/waves`: a campaign that is about to begin, what it is over, and what the new version asks.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::upgrades::{CampaignForm, NewCampaign};

use super::{
    parts::{FormTrouble, error_of, field_error, load, page_data, query},
    wizard::{field::alone, parameters::PREFIX},
};
use crate::{
    api::{StartCampaign, read_campaign_form},
    components::{Button, Card, Checkbox, Crumb, PageHeader, Shape, TextInput, Variant},
};

#[component]
pub fn Waves() -> impl IntoView {
    let (template, owner) = (query("template"), query("owner"));
    let start = ServerAction::<StartCampaign>::new();
    let data = page_data(move || {
        read_campaign_form(NewCampaign { template: template.get(), owner: owner.get(), ..NewCampaign::default() })
    });
    load(data, Shape::Text, move |page| content(page, start))
}

fn content(page: CampaignForm, start: ServerAction<StartCampaign>) -> AnyView {
    let error = error_of(start);
    let title = ["Upgrade to ", &page.template.title, " ", &page.version].concat();
    let crumbs = vec![Crumb::link("Upgrades", "/upgrades"), Crumb::here("In waves")];
    let sub = match page.services {
        1 => "One service is behind.".to_owned(),
        many => many.to_string() + " services are behind.",
    };
    let asks = page.asks.into_iter().map(|(mut field, why)| {
        if field.help.is_empty() {
            field.help = why.message;
        }
        alone(field, String::new(), error, start.version().into())
    });
    let asks = asks.collect::<Vec<_>>();
    let asked = (!asks.is_empty()).then(|| {
        view! {
            <h3>"The new version asks"</h3>
            <p class="muted">"For every service that does not say it itself."</p>
        }
    });
    view! {
        <Title text=title.clone()/>
        <PageHeader title crumbs sub/>
        <div class="reading">
            <Card title="Waves">
                <ActionForm action=start attr:class="form" attr:novalidate=true>
                    <FormTrouble error prefix=PREFIX/>
                    <input type="hidden" name="order[template]" value=page.order.template/>
                    <input type="hidden" name="order[owner]" value=page.order.owner/>
                    <TextInput id="waves" name="order[waves]" label="Waves" value="1, 25%, rest" autocomplete="off" help="Services in each wave, or shares of all. The next begins when everything of the one before is merged, built and deployed; the first failure stops them." error=field_error(error, "waves")/>
                    <Checkbox name="order[merges]" value="yes" label="Merge by itself what has no conflict"/>
                    {asked}
                    {asks}
                    <div class="form-actions"><Button variant=Variant::Primary submit=true busy=start.pending()>"Begin the first wave"</Button></div>
                </ActionForm>
            </Card>
        </div>
    }
    .into_any()
}
