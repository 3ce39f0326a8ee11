//! Runs that train adapters on the default model: against PyTorch and PEFT, and for the package to repeat.

use serde_json::json;
use sha2::{Digest, Sha256};
use shotglass::Session;
use shotglass::adapter_file::{Numbers, write as write_adapter};
use shotglass::kernels::{Compute, Precision};

use super::files::{load, write};
use super::support::golden_folder;
use super::support::peft::{compare, record, step, trainer};

fn session() -> Session {
    load(Compute { precision: Precision::Sixteen, ..Compute::default() })
}

#[test]
fn a_run_is_that_of_pytorch_and_peft() {
    compare("default", &session(), 4);
}

/// Leaves three steps of the last layers in `target/golden/train/real.json` for `tests/package`, where each bit must be the
/// same.
#[test]
fn a_run_is_recorded_for_the_package() {
    let session = session();
    let layers = session.model().config().layers;
    let mut trainer = trainer(&record("default"), &session, layers - 4..layers);
    let losses: Vec<f64> = (0..3).map(|_| step(&mut trainer).loss).collect();
    let file = write_adapter(trainer.adapter(), Numbers::F32, session.model()).expect("it has numbers");
    let hash: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::create_dir_all(golden_folder().join("train")).expect("target is writable");
    let run = json!({ "layers": 4, "losses": losses, "adapter": hash });
    write("train/real.json", run.to_string().as_bytes());
}
