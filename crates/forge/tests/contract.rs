//! The contract of git hosting, on the embedded forge.

use slipway_forge::EmbeddedForge;
use slipway_testkit::forge_contract;

forge_contract!(async {
    let folder = tempfile::tempdir().unwrap();
    let forge = EmbeddedForge::new(folder.path().to_owned()).unwrap();
    (folder, forge)
});
