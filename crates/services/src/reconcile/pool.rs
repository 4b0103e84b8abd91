//! Many rows worked on side by side, so that one that takes long holds up no other.

use crate::Result;
use futures::stream::{FuturesUnordered, StreamExt as _};
use slipway_api_types::AppError;
use std::{collections::BTreeSet, fmt::Display, future::Future, pin::pin, time::Duration};
use tokio::sync::Notify;

/// How often the list of what is due is read again while something is worked on: for what other replicas were asked, and for rows whose
/// worker died.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How rows are worked on.
#[derive(Clone, Copy)]
pub(super) struct Pool<'a> {
    /// Rings when something became due.
    bell: &'a Notify,
    /// How many rows are in hand at a time.
    at_once: usize,
    /// See [`LOOK_AGAIN`].
    look_again: Duration,
}

impl<'a> Pool<'a> {
    pub(super) fn new(bell: &'a Notify, at_once: usize) -> Self {
        Self { bell, at_once, look_again: LOOK_AGAIN }
    }

    /// Works on everything that `due` names until nothing is left. What becomes due meanwhile is taken up when the bell rings, or within
    /// a second. `work` gives `false` when somebody else works on the row.
    ///
    /// # Errors
    /// That of the last row that failed, when everything has ended; each is also logged when it happens.
    pub(super) async fn work_on_all<Id, Due, Ids, Work, Worked>(self, due: Due, work: Work) -> Result<u64>
    where
        Id: Copy + Ord + Display,
        Due: Fn() -> Ids,
        Ids: Future<Output = Result<Vec<Id>>>,
        Work: Fn(Id) -> Worked,
        Worked: Future<Output = Result<bool>>,
    {
        let mut working = FuturesUnordered::new();
        let mut done = Done { count: 0, failure: None, passed_over: BTreeSet::new() };
        let mut in_hand = BTreeSet::new();
        loop {
            // What is worked on goes on while the list is read: it may hold the connections that the list waits for. What ends meanwhile
            // may stand in the list as it was before.
            let mut ended_meanwhile = BTreeSet::new();
            let mut listing = pin!(due());
            let listed = loop {
                tokio::select! {
                    listed = &mut listing => break listed?,
                    Some((id, ended)) = working.next() => {
                        in_hand.remove(&id);
                        ended_meanwhile.insert(id);
                        done.note(id, ended);
                    }
                }
            };
            for id in listed {
                let settled = done.passed_over.contains(&id) || ended_meanwhile.contains(&id);
                if in_hand.len() < self.at_once && !settled && in_hand.insert(id) {
                    let work = work(id);
                    working.push(async move { (id, work.await) });
                }
            }
            if !ended_meanwhile.is_empty() {
                continue;
            }
            tokio::select! {
                ended = working.next() => match ended {
                    Some((id, ended)) => {
                        in_hand.remove(&id);
                        done.note(id, ended);
                    }
                    None => return done.failure.map_or(Ok(done.count), Err),
                },
                () = self.bell.notified(), if !working.is_empty() => {}
                () = tokio::time::sleep(self.look_again), if !working.is_empty() => done.passed_over.clear(),
            }
        }
    }
}

/// What came of the work so far.
struct Done<Id> {
    count: u64,
    failure: Option<AppError>,
    /// Rows that somebody else works on, or that failed: not taken up again at once.
    passed_over: BTreeSet<Id>,
}

impl<Id: Copy + Ord + Display> Done<Id> {
    fn note(&mut self, id: Id, ended: Result<bool>) {
        match ended {
            Ok(true) => self.count += 1,
            Ok(false) => {
                self.passed_over.insert(id);
            }
            Err(error) => {
                tracing::warn!(work.id = %id, error.cause = %error, "a row could not be worked on; it is tried again");
                self.passed_over.insert(id);
                self.failure = Some(error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::Semaphore;

    /// Rows that are due until they are done.
    struct Rows {
        due: Mutex<Vec<i32>>,
        done: Mutex<Vec<i32>>,
    }

    impl Rows {
        fn due(ids: &[i32]) -> Self {
            Self { due: Mutex::new(ids.to_vec()), done: Mutex::default() }
        }

        fn ask_for(&self, id: i32) {
            self.due.lock().unwrap().push(id);
        }

        fn end(&self, id: i32) {
            self.due.lock().unwrap().retain(|other| *other != id);
            self.done.lock().unwrap().push(id);
        }
    }

    #[tokio::test]
    async fn what_is_asked_for_meanwhile_does_not_wait_for_what_takes_long() {
        let (bell, rows, second) = (Notify::new(), Rows::due(&[1]), Notify::new());
        let work = async |id: i32| {
            if id == 1 {
                // Takes until the other one is done.
                rows.ask_for(2);
                bell.notify_one();
                second.notified().await;
            } else {
                second.notify_one();
            }
            rows.end(id);
            Ok(true)
        };
        let due = || async { Ok(rows.due.lock().unwrap().clone()) };
        let count = Pool { look_again: Duration::from_secs(600), ..Pool::new(&bell, 4) }.work_on_all(due, work).await;
        assert_eq!((count.unwrap(), rows.done.into_inner().unwrap()), (2, vec![2, 1]));
    }

    #[tokio::test]
    async fn a_list_that_waits_for_what_the_work_holds_gets_it() {
        let (bell, rows, connection) = (Notify::new(), Rows::due(&[1]), Semaphore::new(1));
        let work = async |id: i32| {
            // The list is read again while this waits for its own turn.
            bell.notify_one();
            let held = connection.acquire().await;
            tokio::task::yield_now().await;
            drop(held);
            rows.end(id);
            Ok(true)
        };
        let due = || async {
            tokio::task::yield_now().await;
            let _held = connection.acquire().await;
            Ok(rows.due.lock().unwrap().clone())
        };
        assert_eq!(Pool::new(&bell, 4).work_on_all(due, work).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_ended_while_the_list_was_read_is_not_done_again() {
        let (bell, rows, lists) = (Notify::new(), Rows::due(&[1]), Mutex::new(0));
        let (begun, ended) = (Notify::new(), Notify::new());
        let due = || async {
            let listed = rows.due.lock().unwrap().clone();
            *lists.lock().unwrap() += 1;
            if *lists.lock().unwrap() == 2 {
                // Read before the work ended, known after it.
                begun.notify_one();
                ended.notified().await;
            }
            Ok(listed)
        };
        let work = async |id: i32| {
            bell.notify_one();
            begun.notified().await;
            rows.end(id);
            ended.notify_one();
            Ok(true)
        };
        assert_eq!(Pool::new(&bell, 4).work_on_all(due, work).await.unwrap(), 1);
        assert_eq!(*lists.lock().unwrap(), 3, "the list is read once more");
    }

    #[tokio::test]
    async fn what_somebody_else_held_is_tried_again() {
        let (bell, rows, tries, free) = (Notify::new(), Rows::due(&[1, 2]), Mutex::new(0), Notify::new());
        let work = async |id: i32| {
            if id == 1 {
                // As long as another's lease outlasts its worker.
                *tries.lock().unwrap() += 1;
                if *tries.lock().unwrap() < 3 {
                    return Ok(false);
                }
                free.notify_one();
            } else {
                free.notified().await;
            }
            rows.end(id);
            Ok(true)
        };
        let due = || async { Ok(rows.due.lock().unwrap().clone()) };
        let count = Pool { look_again: Duration::from_millis(1), ..Pool::new(&bell, 4) }.work_on_all(due, work).await;
        assert_eq!(count.unwrap(), 2);
    }
}
