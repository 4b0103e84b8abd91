//! Which of our services something of theirs is.
//!
//! In this order, and the first that says anything decides:
//!
//! 1. the service that the source is set up for;
//! 2. the source's own list of names (`their name = our service`);
//! 3. the repository: one that Slipway hosts, or the annotation `github.com/project-slug`, `gitlab.com/project-slug` or
//!    `backstage.io/source-location` of a component;
//! 4. the name: a service's, or the annotation `argocd/app-name`, `pagerduty.com/service-id` or `slipway.dev/known-as`.

use crate::{Result, Slipway, errors::store, sources::setup::Setup};
use slipway_domain::ids::ServiceId;
use slipway_ports::{Tx, store::services::Service};
use slipway_webhooks::Subject;

/// Annotations whose value is `owner/name`.
const SLUGS: [&str; 2] = ["github.com/project-slug", "gitlab.com/project-slug"];
/// The annotation whose value is a URL with `url:` before it.
const LOCATION: &str = "backstage.io/source-location";
/// Annotations whose value is what others call the component.
const NAMES: [&str; 3] = ["argocd/app-name", "pagerduty.com/service-id", "slipway.dev/known-as"];

/// The services that a subject may be: several for a repository that holds several. Empty: none is known. `fixed`: the one that its source is
/// set up for.
pub(crate) async fn services_of(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    fixed: Option<ServiceId>,
    setup: &Setup,
    subject: &Subject,
) -> Result<Vec<Service>> {
    if let Some(id) = fixed {
        return Ok(tx.service(id).await.map_err(store)?.into_iter().collect());
    }
    let named = [&subject.service, &subject.repository].into_iter().flatten().find_map(|name| setup.names.get(name));
    if let Some(name) = named {
        return Ok(tx.service_by_name(name).await.map_err(store)?.into_iter().collect());
    }
    let mut found = match &subject.repository {
        Some(repository) => of_repository(slipway, tx, repository).await?,
        None => Vec::new(),
    };
    if let (Some(name), true) = (&subject.service, found.len() != 1) {
        let by_name = of_name(tx, name).await?;
        // Of several in one repository, the one that is named; a name alone does where no repository is known.
        if found.is_empty() {
            found = by_name;
        } else if let Some(one) = found.iter().find(|service| by_name.iter().any(|named| named.id == service.id)) {
            found = vec![one.clone()];
        }
    }
    Ok(found)
}

async fn of_repository(slipway: &Slipway, tx: &mut dyn Tx, repository: &str) -> Result<Vec<Service>> {
    let place = Place::read(repository);
    let hosted = match &place.url {
        Some(url) => url.strip_prefix(&format!("{}/git/", slipway.settings.public_url)),
        None => Some(place.slug.as_str()),
    };
    if let Some(name) = hosted
        && let Some(repository) = tx.repository_by_name(name).await.map_err(store)?
        && let Some(service) = tx.service_by_repository(repository.id).await.map_err(store)?
    {
        return Ok(vec![service]);
    }
    for annotation in SLUGS {
        let found = tx.services_annotated(annotation, &place.slug).await.map_err(store)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let urls = match &place.url {
        Some(url) => vec![url.clone()],
        None => ["github.com", "gitlab.com"].map(|host| format!("https://{host}/{}", place.slug)).to_vec(),
    };
    for url in urls {
        let found = tx.services_annotated(LOCATION, &format!("url:{url}")).await.map_err(store)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

async fn of_name(tx: &mut dyn Tx, name: &str) -> Result<Vec<Service>> {
    if let Some(service) = tx.service_by_name(name).await.map_err(store)? {
        return Ok(vec![service]);
    }
    for annotation in NAMES {
        let found = tx.services_annotated(annotation, name).await.map_err(store)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// What would have to be said for a subject to be matched.
pub(super) fn hint(subject: &Subject) -> String {
    match (&subject.repository, &subject.service) {
        (Some(repository), _) => {
            let slug = Place::read(repository).slug;
            format!("No service is of the repository {repository}: annotate its component with {}: {slug}.", SLUGS[0])
        }
        (None, Some(name)) => {
            format!("No service is known as {name}: annotate its component with {}: {name}.", NAMES[2])
        }
        (None, None) => "It names neither a repository nor a service: set the source up for one service.".to_owned(),
    }
}

/// A repository as others write it.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// `https://github.com/acme/shop`; `None` when only the name was given.
    url: Option<String>,
    /// `acme/shop`.
    slug: String,
}

impl Place {
    fn read(text: &str) -> Self {
        let text = text.trim().trim_end_matches('/');
        let text = text.strip_suffix(".git").unwrap_or(text);
        // git@github.com:acme/shop
        let scp = || text.split_once('@').and_then(|(_, rest)| rest.split_once(':'));
        let (host, slug) = match text.split_once("://") {
            Some((_, rest)) => {
                let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
                rest.split_once('/').unwrap_or((rest, ""))
            }
            None => match scp() {
                Some(parts) => parts,
                None => return Self { url: None, slug: text.to_owned() },
            },
        };
        let scheme = if text.starts_with("http://") { "http" } else { "https" };
        Self { url: Some(format!("{scheme}://{host}/{slug}")), slug: slug.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_many_spellings() {
        let place = Place { url: Some("https://github.com/acme/shop".to_owned()), slug: "acme/shop".to_owned() };
        for text in [
            "https://github.com/acme/shop.git",
            "https://token@github.com/acme/shop/",
            "ssh://git@github.com/acme/shop.git",
            "git@github.com:acme/shop.git",
        ] {
            assert_eq!(Place::read(text), place, "{text}");
        }
        assert_eq!(Place::read("acme/shop"), Place { url: None, slug: "acme/shop".to_owned() });
    }
}
