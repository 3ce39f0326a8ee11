//! The work between two chances to stop, for published sizes; `tests/wasm` asks the same of 32-bit code.

use crate::{budget_of, shapes};

#[test]
fn a_caller_can_stop_soon_whatever_the_sizes() {
    for config in shapes::published() {
        budget_of::check(&config).expect("within the budget");
    }
}
