//! The pool on workers: as `tests/property/threads.rs` has it for threads.

use std::sync::atomic::{AtomicU32, Ordering};

use shotglass::kernels::Pool;

const COLUMNS: usize = 37;

pub fn check(threads: usize, rounds: u32) -> Result<(), String> {
    let pool = Pool::new(threads);
    if pool.threads() != threads {
        return Err(format!("{} threads where {threads} were asked for", pool.threads()));
    }
    for round in 0..rounds {
        let (count, sum) = (round % 7, AtomicU32::new(0));
        pool.run(count as usize, &|i| {
            sum.fetch_add(round + i as u32, Ordering::Relaxed);
        });
        if sum.into_inner() != (0..count).map(|i| round + i).sum::<u32>() {
            return Err(format!("round {round}: not every task was done once"));
        }
    }
    let mut matrix = [0; 5 * COLUMNS];
    for round in 0..rounds / 100 {
        pool.stripes(&mut matrix, COLUMNS, 4, &|mut stripe| {
            for row in 0..stripe.rows() {
                stripe.row(row).iter_mut().for_each(|x| *x += 1);
            }
        });
        if matrix.iter().any(|&x| x != round + 1) {
            return Err(format!("round {round}: a stripe was not written once"));
        }
    }
    Ok(())
}
