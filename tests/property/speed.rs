//! What products cost on this machine, as `tests/bench/products.mjs` has it for the builds:
//! `cargo test --release --test property -- --ignored --nocapture speed`.

use std::time::Instant;

#[path = "../support/speed.rs"]
mod table;

#[test]
#[ignore = "it measures and proves nothing"]
fn speed_of_products() {
    let start = Instant::now();
    for threads in [1, 2] {
        println!("{threads} threads");
        println!("{}", table::table(threads, || start.elapsed().as_secs_f64()));
    }
}
