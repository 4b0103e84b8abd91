//! What every store must do. One list of tests, expanded to named tests for each engine by [`crate::store_contract!`].
//!
//! Each test gets an empty, migrated store of its own.

pub mod accounts;
pub mod approvals;
pub mod catalog;
pub mod delivery;
pub mod deployments;
pub mod digests;
pub mod feed;
pub mod incidents;
pub mod leases;
pub mod make;
pub mod notes;
pub mod repositories;
pub mod rollups;
pub mod runs;
pub mod search;
pub mod services;
pub mod sources;
pub mod subscriptions;
pub mod transactions;
pub mod upgrades;

/// Writes in a transaction of its own and commits.
macro_rules! write {
    ($store:expr, $tx:ident => $body:expr) => {{
        let mut $tx = $store.begin_write().await.unwrap();
        let out = $body;
        $tx.commit().await.unwrap();
        out
    }};
}
/// Reads in a transaction of its own.
macro_rules! read {
    ($store:expr, $tx:ident => $body:expr) => {{
        let mut $tx = $store.begin_read().await.unwrap();
        $body
    }};
}
/// Reads every page of a list, `limit` at a time, and gives the items.
macro_rules! walk {
    ($cursor:ident => $page:expr) => {{
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let $cursor = cursor.as_deref();
            let page = $page;
            items.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => break items,
            }
        }
    }};
}
/// Asserts that a result is an error of a kind.
macro_rules! refused {
    ($result:expr, $pattern:pat) => {{
        let result = $result;
        assert!(matches!(result, Err($pattern)), "{result:?}");
    }};
}
pub(crate) use {read, refused, walk, write};

/// Cursors that no list ever gave out.
pub(crate) const NO_CURSORS: [&str; 6] = ["", "*", "e30", "WzEsMl0", "' OR 1=1 --", "\0"];

/// Expands to one named test for each part of the contract. `$with` is an async function that takes a test's name and the test,
/// makes a store and runs the test with it.
#[macro_export]
macro_rules! store_contract {
    ($with:path) => {
        $crate::store_contract! { @each $with;
            accounts: people, sessions, setup_link, failed_sign_ins, tokens, audit;
            approvals: approvals;
            catalog: locations, locations_are_due, entities, entities_count_changes, batches, relations, filters, pages, facets, cascade;
            delivery: appends_once, order, texts, deployments, version, count, concurrent_writers;
            deployments: numbers, concurrent_numbers, life, imports, filters, pages, active, latest, at_placements, labels, timeline;
            digests: digests;
            feed: order, head, concurrent_writers_skip_nothing, watchers_wake;
            incidents: incidents, known_as, pages, verdicts;
            leases: one_holder, renewal, expiry, fencing, tokens_never_go_back, release, contention;
            notes: notes;
            repositories: repositories, recorded_head, concurrent_pushes, builds, active_builds;
            rollups: marks_follow_the_log, turns, deletion_marks, days, standing, judgements, blame;
            runs: drafts, runs, pages, log, concurrent_log, workspace;
            search: words, follows_changes, is_never_syntax, with_filters, many_matches, names_first;
            services: services, list, pages, environments, placements, due, artifacts, deletion;
            sources: sources, deliveries, due_and_trimmed, annotated;
            subscriptions: subscriptions, notices;
            upgrades: versions, locks, standing, upgrades, campaigns;
            transactions: roll_back_on_drop, snapshots, readers_cannot_write, failures_poison, describes_itself;
        }
    };
    (@each $with:path; $($module:ident: $($test:ident),+;)+) => {
        $(mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let name = concat!(stringify!($module), "_", stringify!($test));
                    $with(name, $crate::store_contract::$module::$test).await;
                }
            )+
        })+
    };
}
