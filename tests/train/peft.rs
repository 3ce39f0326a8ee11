//! A run of the small model against PyTorch and PEFT.

use super::load;
use super::support::peft::compare;
use super::support::tiny::{Shape, model};

#[test]
fn a_run_is_that_of_pytorch_and_peft() {
    compare("tiny", &load(&model(&Shape::default()).bytes(), 1), 10);
}
