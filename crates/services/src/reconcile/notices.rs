//! Sends what subscribers are told, until it is taken or a day is over.

use super::{acquire, pool::Pool, release};
use crate::{Result, Slipway, errors::store, subscriptions::headers};
use slipway_domain::{
    ids::NoticeId,
    time::{DAY, HOUR, SECOND, Timestamp},
};
use slipway_ports::store::subscriptions::{Notice, NoticeState};
use std::sync::Arc;

/// How many notices one process sends at a time.
const AT_ONCE: usize = 16;
/// How long after it happened nobody waits for a notice any more, milliseconds.
const GIVE_UP: i64 = DAY;
/// The pause after the first failure, milliseconds; it doubles.
const FIRST_PAUSE: i64 = 10 * SECOND;
/// The longest pause, milliseconds.
const LONGEST_PAUSE: i64 = HOUR;

/// Tries every notice that is due.
pub(super) async fn pass(slipway: Arc<Slipway>) -> Result<u64> {
    let slipway = &*slipway;
    let due = || async {
        let mut tx = slipway.read().await?;
        tx.due_notices(slipway.clock.now(), 200).await.map_err(store)
    };
    Pool::new(&slipway.wake.notices, AT_ONCE).work_on_all(due, |id| send(slipway, id)).await
}

/// `false`: somebody else sends it.
async fn send(slipway: &Slipway, id: NoticeId) -> Result<bool> {
    let Some(lease) = acquire(slipway, &format!("notice:{id}")).await? else { return Ok(false) };
    let (notice, subscription) = {
        let mut tx = slipway.read().await?;
        let notice = tx.notice(id).await.map_err(store)?;
        let subscription = match &notice {
            Some(notice) => tx.subscription(notice.subscription).await.map_err(store)?,
            None => None,
        };
        (notice, subscription)
    };
    if let (Some(mut notice), Some(subscription)) = (notice, subscription)
        && notice.state == NoticeState::Waiting
    {
        let now = slipway.clock.now();
        let headers = headers(slipway, &notice, now)?;
        let answer = slipway.courier.post(&subscription.url, &headers, &notice.body).await;
        outcome(&mut notice, answer.err().map(|error| error.to_string()), now);
        if let Some(error) = &notice.error {
            tracing::warn!(subscription.name = %subscription.name, notice.id = %id, error.cause = %error, "a notice was not taken");
        }
        let mut tx = slipway.write().await?;
        tx.set_notice(&notice, now).await.map_err(store)?;
        tx.publish("source", &subscription.id.to_string(), now.as_millis(), now).await.map_err(store)?;
        tx.commit().await.map_err(store)?;
    }
    release(slipway, &lease).await?;
    Ok(true)
}

/// Writes down how a try ended.
fn outcome(notice: &mut Notice, error: Option<String>, now: Timestamp) {
    notice.attempts += 1;
    notice.error = error;
    if notice.error.is_none() {
        notice.state = NoticeState::Sent;
        return;
    }
    let doublings = u32::try_from(notice.attempts - 1).unwrap_or(u32::MAX).min(16);
    notice.due_at = now.plus((FIRST_PAUSE << doublings).min(LONGEST_PAUSE));
    if notice.due_at.since(notice.created_at) > GIVE_UP {
        notice.state = NoticeState::GivenUp;
    }
}
