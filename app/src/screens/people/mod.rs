//! `/settings/people`: who is here, with which roles.

use leptos::prelude::*;
use leptos_meta::Title;
use slipway_api_types::settings::PeoplePage;
use slipway_domain::access::Role;

use super::{
    parts::{FormTrouble, error_of, field_error, load, page_data},
    settings::SettingsTabs,
};
use crate::{
    api::{AddPerson, read_people},
    components::{
        Avatar, Badge, Button, Card, Cell, Choice, Column, PageHeader, Row, Select, Shape, Table, TextInput, Variant,
    },
};

#[component]
pub fn People() -> impl IntoView {
    let add = ServerAction::<AddPerson>::new();
    let data = page_data(move || {
        add.version().track();
        read_people()
    });
    view! { <Title text="People"/>{load(data, Shape::Rows, move |page| content(page, add))} }
}

fn content(page: PeoplePage, add: ServerAction<AddPerson>) -> AnyView {
    let rows = page
        .people
        .into_iter()
        .map(|person| {
            let roles = person.roles.into_iter().map(|role| view! { <Badge>{role}</Badge> }).collect_view();
            view! {
                <Row>
                    <th scope="row"><span class="owner"><Avatar name=person.display_name.clone()/><span class="table__name">{person.display_name}</span></span></th>
                    <Cell label="Login"><span class="mono">{person.login}</span></Cell>
                    <Cell label="Roles"><span class="cluster">{roles}</span></Cell>
                </Row>
            }
        })
        .collect_view();
    let columns = ["Name", "Login", "Roles"].map(Column::new).to_vec();
    let roles = [Role::Viewer, Role::Developer, Role::TeamLead, Role::Administrator];
    let roles = roles.map(|role| Choice::new(role.as_str(), role.title())).to_vec();
    let mut teams = vec![Choice::new("", "The whole organisation")];
    teams.extend(page.teams.into_iter().map(|(reference, title)| Choice::new(reference, title)));
    let error = error_of(add);
    let form = page.may_add.then(|| {
        view! {
            <div class="reading">
                <Card title="Add a person" sub="They can sign in at once">
                    <ActionForm action=add attr:class="form" attr:novalidate=true>
                        <FormTrouble error/>
                        <TextInput id="login" name="person[login]" label="Login" required=true autocomplete="off" mono=true error=field_error(error, "login")/>
                        <TextInput id="display_name" name="person[display_name]" label="Name" required=true autocomplete="off" error=field_error(error, "display_name")/>
                        <TextInput id="password" name="person[password]" label="First password" kind="password" required=true autocomplete="new-password" help="Tell it to them in person." error=field_error(error, "password")/>
                        <Select id="role" name="person[role]" label="Role" choices=roles value="developer" required=true error=field_error(error, "role")/>
                        <Select id="team" name="person[team]" label="Team" choices=teams required=true error=field_error(error, "team")/>
                        <div class="form-actions"><Button variant=Variant::Primary submit=true busy=add.pending()>"Add the person"</Button></div>
                    </ActionForm>
                </Card>
            </div>
        }
    });
    view! {
        <PageHeader title="People" sub="Who can sign in, and what they may do where."/>
        <SettingsTabs here="/settings/people"/>
        <div class="stack stack--page">
            <Card title="People" flush=true><Table caption="People and their roles" columns>{rows}</Table></Card>
            {form}
        </div>
    }
    .into_any()
}
