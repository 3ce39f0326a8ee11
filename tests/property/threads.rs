//! The pool: every task once, on every number of threads, and nothing but the tasks.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use shotglass::kernels::Pool;

const THREADS: [usize; 4] = [1, 2, 3, 8];

/// Miri takes a thousand times as long.
const ROUNDS: usize = if cfg!(miri) { 20 } else { 20_000 };

#[test]
fn every_task_is_done_once_before_run_returns() {
    for threads in THREADS {
        let pool = Pool::new(threads);
        assert_eq!(pool.threads(), threads);
        for count in [0, 1, 2, 3, 7, 64, 1000] {
            let done: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
            pool.run(count, &|i| {
                done[i].fetch_add(1, Ordering::Relaxed);
            });
            assert!(done.iter().all(|done| done.load(Ordering::Relaxed) == 1), "{threads} threads, {count}");
        }
    }
}

/// The work of one round must never be taken for that of another, also when threads are late.
#[test]
fn many_short_rounds_do_not_mix() {
    for threads in THREADS {
        let pool = Pool::new(threads);
        for round in 0..ROUNDS {
            let count = round % 5;
            let sum = AtomicUsize::new(0);
            pool.run(count, &|i| {
                sum.fetch_add(round + i, Ordering::Relaxed);
            });
            assert_eq!(sum.into_inner(), (0..count).map(|i| round + i).sum::<usize>(), "round {round}");
        }
    }
}

/// After a pause the threads sleep, and must wake.
#[test]
fn sleeping_threads_wake() {
    let pool = Pool::new(3);
    for _ in 0..5 {
        thread::sleep(std::time::Duration::from_millis(20));
        // Each task waits for the others, so that each has a thread of its own.
        let (together, seen) = (std::sync::Barrier::new(3), Mutex::new(HashSet::new()));
        pool.run(3, &|_| {
            together.wait();
            seen.lock().expect("no panic").insert(thread::current().id());
        });
        assert_eq!(seen.into_inner().expect("no panic").len(), 3);
    }
}

#[test]
fn stripes_are_disjoint_and_cover_the_matrix() {
    for threads in THREADS {
        let pool = Pool::new(threads);
        for (rows, columns, width) in [(0, 3, 2), (1, 1, 1), (1, 10, 4), (5, 7, 3), (4, 6, 100), (3, 8, 8)] {
            let mut matrix = vec![usize::MAX; rows * columns];
            pool.stripes(&mut matrix, columns, width, &|mut stripe| {
                assert_eq!(stripe.rows(), rows);
                let range = stripe.columns();
                for row in 0..rows {
                    assert_eq!(stripe.row(row).len(), range.len());
                    for (x, column) in stripe.row(row).iter_mut().zip(range.clone()) {
                        assert_eq!(*x, usize::MAX, "written twice");
                        *x = row * columns + column;
                    }
                }
            });
            assert!(matrix.into_iter().eq(0..rows * columns), "{rows} × {columns} in stripes of {width}");
        }
    }
}

#[test]
fn a_task_that_calls_works_alone() {
    let pool = Pool::new(3);
    let sum = AtomicUsize::new(0);
    pool.run(10, &|i| {
        pool.run(10, &|j| {
            sum.fetch_add(10 * i + j, Ordering::Relaxed);
        });
    });
    assert_eq!(sum.into_inner(), (0..100).sum::<usize>());
}

#[test]
fn two_callers_do_not_disturb_each_other() {
    let pool = Pool::new(3);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for round in 0..ROUNDS / 10 {
                    let sum = AtomicUsize::new(0);
                    pool.run(4, &|i| {
                        sum.fetch_add(round + i, Ordering::Relaxed);
                    });
                    assert_eq!(sum.into_inner(), 4 * round + 6);
                }
            });
        }
    });
}

#[test]
fn a_panic_is_the_callers_and_the_pool_lives_on() {
    let pool = Pool::new(3);
    for odd in [0, 5, 9] {
        let done = AtomicUsize::new(0);
        let work = || {
            pool.run(10, &|i| {
                assert_ne!(i, odd, "this one panics, which is written on the terminal");
                done.fetch_add(1, Ordering::Relaxed);
            });
        };
        catch_unwind(AssertUnwindSafe(work)).expect_err("a task panicked");
        assert_eq!(done.load(Ordering::Relaxed), 9, "the others were done");
    }
    let sum = AtomicUsize::new(0);
    pool.run(3, &|i| {
        sum.fetch_add(i, Ordering::Relaxed);
    });
    assert_eq!(sum.into_inner(), 3);
}

#[test]
fn what_cannot_be_is_said() {
    let pool = Pool::new(0);
    assert_eq!(pool.threads(), 1, "the caller's own");
    let ask = |columns, width| {
        catch_unwind(AssertUnwindSafe(|| pool.stripes(&mut [0; 4], columns, width, &|_| {})))
    };
    ask(2, 1).expect("a matrix of two rows");
    ask(0, 1).expect_err("no columns");
    ask(2, 0).expect_err("no width");
    let beyond = || pool.stripes(&mut [0; 4], 2, 1, &|mut stripe| stripe.row(2).fill(1));
    catch_unwind(AssertUnwindSafe(beyond)).expect_err("no such row");
}
