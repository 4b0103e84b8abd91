//! The port, on a cluster.

use crate::{config::KubernetesConfig, error, manifest, rollout, view};
use async_trait::async_trait;
use k8s_openapi::{
    api::{
        apps::v1::Deployment,
        core::v1::{Event, Namespace, Pod, Service},
    },
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Api, Client, Config, Error, ResourceExt as _,
    api::{DeleteParams, ListParams, Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};
use slipway_domain::runtime::{Desired, Observed, RuntimeKind, Target};
use slipway_ports::{Clock, Runtime, runtime::RuntimeError};
use std::{fmt, sync::Arc, time::Duration};

/// Who owns the fields that Slipway sets.
const MANAGER: &str = "slipway";
/// How many pods and events are looked at.
const MOST: u32 = 200;

/// One namespace of one cluster.
#[derive(Clone)]
pub struct KubernetesRuntime {
    client: Client,
    config: Arc<KubernetesConfig>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for KubernetesRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubernetesRuntime").field("config", &self.config).finish_non_exhaustive()
    }
}

impl KubernetesRuntime {
    /// Reads the kubeconfig and makes the client; nothing is sent yet.
    pub async fn connect(config: KubernetesConfig, clock: Arc<dyn Clock>) -> Result<Self, RuntimeError> {
        let mut cluster = cluster(&config).await?;
        cluster.connect_timeout = Some(Duration::from_secs(3));
        cluster.read_timeout = Some(Duration::from_secs(10));
        cluster.write_timeout = Some(Duration::from_secs(10));
        let client = Client::try_from(cluster).map_err(|e| error::read("make a client of the cluster", &e))?;
        Ok(Self { client, config: Arc::new(config), clock })
    }

    /// Makes the configured namespace when it is not there. For emulators; in a cluster namespaces are made on purpose.
    pub async fn create_namespace(&self) -> Result<(), RuntimeError> {
        let name = &self.config.namespace;
        let manifest = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        self.apply(&Api::<Namespace>::all(self.client.clone()), name, "Namespace", &manifest).await?;
        Ok(())
    }

    fn deployments(&self) -> Api<Deployment> {
        Api::namespaced(self.client.clone(), &self.config.namespace)
    }

    fn services(&self) -> Api<Service> {
        Api::namespaced(self.client.clone(), &self.config.namespace)
    }

    async fn apply<K>(&self, api: &Api<K>, name: &str, kind: &str, manifest: &Value) -> Result<K, RuntimeError>
    where
        K: Clone + fmt::Debug + serde::de::DeserializeOwned,
    {
        let parameters = PatchParams::apply(MANAGER).force().validation_strict();
        let applied = api.patch(name, &parameters, &Patch::Apply(manifest)).await;
        applied.map_err(|e| error::read(&format!("apply the {kind} `{name}`"), &e))
    }

    /// The Deployment and the Service, which must be Slipway's where they are.
    async fn ours(&self, target: &Target) -> Result<(Option<Deployment>, Option<Service>), RuntimeError> {
        let (deployment, service) = self.both(target).await?;
        for (kind, metadata) in [
            ("Deployment", deployment.as_ref().map(|deployment| &deployment.metadata)),
            ("Service", service.as_ref().map(|service| &service.metadata)),
        ] {
            if let Some(ObjectMeta { labels, annotations, .. }) = metadata {
                manifest::check_ours(labels, annotations, target, kind)?;
            }
        }
        Ok((deployment, service))
    }

    async fn both(&self, target: &Target) -> Result<(Option<Deployment>, Option<Service>), RuntimeError> {
        let (name, deployments, services) = (target.resource_name(), self.deployments(), self.services());
        let (deployment, service) = tokio::join!(deployments.get_opt(&name), services.get_opt(&name));
        let read = |e: &Error| error::read(&format!("look at the Deployment and Service `{name}`"), e);
        Ok((deployment.map_err(|e| read(&e))?, service.map_err(|e| read(&e))?))
    }

    /// Makes the cluster want `desired`; nothing is written when it does already.
    async fn steer(&self, desired: &Desired) -> Result<(), RuntimeError> {
        let name = desired.target.resource_name();
        let (deployment, service) = self.ours(&desired.target).await?;
        let metadata = [deployment.as_ref().map(|d| &d.metadata), service.as_ref().map(|s| &s.metadata)];
        if metadata.iter().flatten().any(|metadata| metadata.deletion_timestamp.is_some()) {
            return Err(RuntimeError::Busy(format!("`{name}` is still being deleted")));
        }
        if deployment.is_some_and(|deployment| manifest::carries(&deployment.metadata.annotations, desired)) {
            return Ok(());
        }
        // The Deployment last: when it carries the deployment, all else is there.
        self.apply(&self.services(), &name, "Service", &manifest::service(desired)).await?;
        self.apply(&self.deployments(), &name, "Deployment", &manifest::deployment(desired, &self.config)).await?;
        Ok(())
    }

    /// The pods of all versions.
    async fn pods(&self, name: &str) -> Result<Vec<Pod>, RuntimeError> {
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &self.config.namespace);
        let parameters = ListParams::default().labels(&format!("{}={name}", manifest::NAME)).limit(MOST);
        let pods = api.list(&parameters).await;
        Ok(pods.map_err(|e| error::read(&format!("list the pods of `{name}`"), &e))?.items)
    }

    /// What was said of these objects.
    async fn events(&self, objects: &[String]) -> Result<Vec<Event>, RuntimeError> {
        let api: Api<Event> = Api::namespaced(self.client.clone(), &self.config.namespace);
        let mut events = Vec::new();
        for object in objects {
            let parameters = ListParams::default().fields(&format!("involvedObject.name={object}")).limit(MOST);
            let found = api.list(&parameters).await;
            events.extend(found.map_err(|e| error::read(&format!("list the events of `{object}`"), &e))?.items);
        }
        Ok(events)
    }
}

/// Where the cluster is and how it is spoken to.
async fn cluster(config: &KubernetesConfig) -> Result<Config, RuntimeError> {
    if let Some(endpoint) = &config.endpoint {
        let url = endpoint.parse();
        let url = url.map_err(|e| RuntimeError::Invalid(format!("`{endpoint}` is not the URL of an API: {e}")))?;
        let mut cluster = Config::new(url);
        cluster.auth_info.token = Some("sandbox".to_owned().into());
        return Ok(cluster);
    }
    let options = KubeConfigOptions { context: config.context.clone(), ..KubeConfigOptions::default() };
    let denied = |e: &dyn fmt::Display| RuntimeError::Denied(format!("the kubeconfig could not be used: {e}"));
    match (&config.kubeconfig, &config.context) {
        (Some(path), _) => {
            let file = Kubeconfig::read_from(path).map_err(|e| denied(&e))?;
            Config::from_custom_kubeconfig(file, &options).await.map_err(|e| denied(&e))
        }
        (None, Some(_)) => Config::from_kubeconfig(&options).await.map_err(|e| denied(&e)),
        (None, None) => Config::infer().await.map_err(|e| denied(&e)),
    }
}

#[async_trait]
impl Runtime for KubernetesRuntime {
    fn kind(&self) -> RuntimeKind {
        RuntimeKind::Kubernetes
    }

    async fn check(&self) -> Result<(), RuntimeError> {
        let namespace = &self.config.namespace;
        let found = self.deployments().list(&ListParams::default().limit(1)).await;
        found.map_err(|e| error::read(&format!("list the Deployments of the namespace `{namespace}`"), &e))?;
        Ok(())
    }

    async fn ensure(&self, desired: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        self.steer(desired).await?;
        self.observe(&desired.target, handle).await
    }

    async fn observe(&self, target: &Target, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        let (name, now) = (target.resource_name(), self.clock.now());
        let (deployment, service) = self.both(target).await?;
        let Some(deployment) = deployment.filter(|deployment| deployment.metadata.deletion_timestamp.is_none()) else {
            return Ok(Observed::absent(now));
        };
        // After the Deployment, so that they are never older than its status: what is said to be done is done.
        let pods = self.pods(&name).await?;
        let stuck = rollout::newest_unready(&deployment, &pods).map(|pod| pod.name_any());
        let events = self.events(&std::iter::once(name).chain(stuck).collect::<Vec<_>>()).await?;
        let rollout = rollout::judge(&deployment, &pods, &events);
        Ok(view::observed(view::Seen {
            deployment: &deployment,
            service: service.as_ref(),
            pods: &pods,
            events: &events,
            rollout,
            handle,
            target,
            config: &self.config,
            now,
        }))
    }

    async fn roll_back(&self, previous: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        self.steer(previous).await?;
        self.observe(&previous.target, handle).await
    }

    async fn remove(&self, target: &Target) -> Result<bool, RuntimeError> {
        let name = target.resource_name();
        let (deployment, service) = self.ours(target).await?;
        let read = |e: &Error| error::read(&format!("delete `{name}`"), e);
        let absent = |e: &Error| matches!(e, Error::Api(status) if status.is_not_found());
        if deployment.as_ref().is_some_and(|deployment| deployment.metadata.deletion_timestamp.is_none()) {
            // In the foreground: it stays until its pods are gone.
            let gone = self.deployments().delete(&name, &DeleteParams::foreground()).await;
            gone.map(drop).or_else(|e| if absent(&e) { Ok(()) } else { Err(read(&e)) })?;
        }
        if service.as_ref().is_some_and(|service| service.metadata.deletion_timestamp.is_none()) {
            let gone = self.services().delete(&name, &DeleteParams::foreground()).await;
            gone.map(drop).or_else(|e| if absent(&e) { Ok(()) } else { Err(read(&e)) })?;
        }
        Ok(deployment.is_none() && service.is_none())
    }
}
