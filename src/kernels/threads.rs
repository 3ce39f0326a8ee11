//! A pool of threads that share one job at a time, such as the rows of a matrix or the heads of attention.
//!
//! Decoding a token takes hundreds of jobs within a few milliseconds, so distributing a job must cost very little.
//! Tasks are taken from one atomic number, a waiting thread polls this number for a while before it sleeps, and the
//! calling thread does tasks as well.
//!
//! Any number of threads gives the same bits, as long as the caller's split into tasks does not depend on that
//! number.

use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Condvar, Mutex, PoisonError, TryLockError};

/// How often a waiting thread polls before it sleeps. This takes about half a millisecond: longer than the time between two
/// jobs of a chunk, or of a step of training, and too short to matter. A core that has nothing to do wakes up late. A
/// native poll takes longer, because it contains a pause instruction, which WebAssembly does not have. Under Miri, threads
/// should also sleep and wake, so they poll less.
const SPINS: u32 = match (cfg!(miri), cfg!(target_arch = "wasm32")) {
    (true, _) => 20,
    (_, true) => 500_000,
    _ => 5_000,
};

/// A quarter of the range of 32 bits, because threads that look for tasks when none are left still add their share.
const MAX_TASKS: usize = 1 << 30;

/// Threads that share one job at a time. `Pool::new(1)` starts none.
///
/// Native threads belong to the pool and end with it. In WebAssembly the threads are workers, which JavaScript starts
/// and which call `work`. All pools of an instance share them.
pub struct Pool {
    shared: Arc<Shared>,
    threads: usize,
    #[cfg(not(target_arch = "wasm32"))]
    workers: Vec<std::thread::JoinHandle<()>>,
}

impl Pool {
    /// A pool of `threads` threads, including the caller's. It has fewer if the system refuses one; see
    /// [`Pool::threads`].
    pub fn new(threads: usize) -> Pool {
        #[cfg(not(target_arch = "wasm32"))]
        {
            let shared = Arc::new(Shared::default());
            let start = || {
                let shared = Arc::clone(&shared);
                std::thread::Builder::new().name("shotglass".into()).spawn(move || shared.work()).ok()
            };
            let workers: Vec<_> = (1..threads).map_while(|_| start()).collect();
            shared.threads.store(1 + workers.len(), SeqCst);
            Pool { shared, threads: 1 + workers.len(), workers }
        }
        #[cfg(target_arch = "wasm32")]
        {
            let threads = if cfg!(feature = "threads") { threads.max(1) } else { 1 };
            instance().threads.store(threads, SeqCst);
            Pool { shared: Arc::clone(instance()), threads }
        }
    }

    /// Number of threads, including the caller's.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Runs `task(i)` for every `i` in `0..count` on all threads, and returns when all tasks are done.
    ///
    /// # Panics
    /// If a task panicked, after all other tasks are done.
    pub fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        if self.threads == 1 || !(2..MAX_TASKS).contains(&count) || !self.shared.run(count, task) {
            (0..count).for_each(task);
        }
    }

    /// Divides `matrix`, `(rows, columns)`, into stripes of `width` columns, of which the last may be narrower, and
    /// runs `task` for each of them on all threads.
    ///
    /// If `columns` is the length of `matrix`, there is one row, and the stripes are chunks of a slice.
    ///
    /// # Panics
    /// If `columns` or `width` is zero, or if a task panicked.
    pub fn stripes<T: Send>(
        &self,
        matrix: &mut [T],
        columns: usize,
        width: usize,
        task: &(dyn Fn(Stripe<T>) + Sync),
    ) {
        assert!(columns > 0 && width > 0, "a matrix has columns, and a stripe too");
        let start = Start(matrix.as_mut_ptr());
        let rows = matrix.len() / columns;
        self.run(columns.div_ceil(width), &|i| {
            let first = i * width;
            let range = first..columns.min(first + width);
            task(Stripe { start: start.get(), rows, columns, range, matrix: PhantomData });
        });
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Pool").field("threads", &self.threads).finish_non_exhaustive()
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.is_over.store(true, SeqCst);
        self.shared.wake_up.ring();
        for worker in self.workers.drain(..) {
            // A worker catches the panics of its tasks, so this cannot fail.
            let _ = worker.join();
        }
    }
}

/// Some columns of all rows of a matrix. Other stripes have the other columns.
#[derive(Debug)]
pub struct Stripe<'a, T> {
    start: *mut T,
    rows: usize,
    columns: usize,
    range: Range<usize>,
    matrix: PhantomData<&'a mut [T]>,
}

impl<T> Stripe<'_, T> {
    /// The range of these columns in the matrix.
    pub fn columns(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Number of rows of the matrix.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// These columns of one row.
    ///
    /// # Panics
    /// If the matrix has no such row.
    pub fn row(&mut self, row: usize) -> &mut [T] {
        assert!(row < self.rows, "row {row} of a matrix of {}", self.rows);
        // SAFETY: `stripes` made this from a matrix of at least `rows · columns` elements that stays borrowed
        // until all stripes are gone; `range` ends at `columns` at most. No other stripe has these columns,
        // and the `&mut self` keeps this one from giving out a row twice.
        unsafe {
            let first = self.start.add(row * self.columns + self.range.start);
            std::slice::from_raw_parts_mut(first, self.range.len())
        }
    }
}

/// The beginning of a matrix, for all threads.
struct Start<T>(*mut T);

impl<T> Start<T> {
    /// The pointer. A closure that uses the field instead of this method would capture the bare pointer.
    fn get(&self) -> *mut T {
        self.0
    }
}

// SAFETY: `Stripe::row` explains the use of the pointer. Elements change threads, so they are `Send`.
unsafe impl<T: Send> Sync for Start<T> {}

type Task<'a> = dyn Fn(usize) + Sync + 'a;

/// A value that shares its cache lines with no other value, so that a write to it does not slow down readers of
/// others.
#[repr(align(128))]
struct CachePadded<T>(T);

/// The state that the threads of a pool share.
struct Shared {
    /// Locked while a job runs.
    turn: Mutex<()>,
    /// `count << 32 | next`: the number of tasks, and the first one that is still free. Both are in one number, so
    /// that a thread that takes a task knows that it belongs to the current job and not to the last.
    tasks: CachePadded<AtomicU64>,
    /// The current job. A thread may read it when it has taken a task. It is written only when all tasks are done.
    work: UnsafeCell<Option<*const Task<'static>>>,
    /// Number of finished tasks.
    done: CachePadded<AtomicUsize>,
    /// Number of threads that share the tasks.
    threads: AtomicUsize,
    /// Whether a task panicked, or its thread trapped.
    has_failed: AtomicBool,
    /// Whether the threads should end.
    is_over: AtomicBool,
    wake_up: WakeUp,
}

// SAFETY: `work` is the only part that is not Sync by itself, and its comment says who may use it when. `take` reads
// it after the read-modify-write of `tasks` that follows the store in `run`, and before it adds to `done`. `run`
// waits for `done` before it returns, so it cannot be called again before that.
unsafe impl Sync for Shared {}
// SAFETY: as above. `work` points to a `Sync` function, which may be called from any thread.
unsafe impl Send for Shared {}

impl Default for Shared {
    fn default() -> Shared {
        Shared {
            turn: Mutex::new(()),
            tasks: CachePadded(AtomicU64::new(0)),
            work: UnsafeCell::new(None),
            done: CachePadded(AtomicUsize::new(0)),
            threads: AtomicUsize::new(1),
            has_failed: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            wake_up: WakeUp::default(),
        }
    }
}

impl Shared {
    /// Runs `count` tasks, or returns false if another job is running. In that case the caller is a second thread, or
    /// a task of that job.
    fn run(&self, count: usize, task: &Task<'_>) -> bool {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        // SAFETY: only the lifetime changes. The pointer is used only for tasks that were taken and are not done yet,
        // and this function does not return before all tasks are done.
        let work: *const Task<'static> =
            unsafe { std::mem::transmute::<&Task<'_>, &'static Task<'static>>(task) };
        // SAFETY: no other thread reads it now, because all tasks of the last job were done before its `run`
        // returned.
        unsafe { *self.work.get() = Some(work) };
        self.done.0.store(0, SeqCst);
        self.tasks.0.store((count as u64) << 32, SeqCst);
        self.wake_up.ring();

        self.take();
        let is_done = || self.done.0.load(SeqCst) == count;
        // A WebAssembly thread that traps does not finish its task. Then this thread traps as well, below.
        let is_lost = || cfg!(target_arch = "wasm32") && self.has_failed.load(SeqCst);
        self.wake_up.wait_until(|| is_done() || is_lost());
        assert!(!self.has_failed.swap(false, SeqCst), "a task that was shared among threads panicked");
        true
    }

    /// Does tasks until none is left to take.
    ///
    /// A number that two threads write travels between their cores, which takes as long as a small task. So a thread
    /// takes several tasks at once, and fewer towards the end (guided self-scheduling, Polychronopoulos and Kuck
    /// 1987). It reports how many it has done only when none are left.
    fn take(&self) {
        let parts = 2 * self.threads.load(SeqCst) as u32;
        let (mut done, mut count) = (0, 0);
        loop {
            let tasks = self.tasks.0.load(SeqCst);
            if !has_more(tasks) {
                break;
            }
            let share = (((tasks >> 32) as u32 - tasks as u32) / parts).max(1);
            let taken = self.tasks.0.fetch_add(u64::from(share), SeqCst);
            if !has_more(taken) {
                break; // Another thread was faster.
            }
            // SAFETY: a task was taken, so the job exists until this task is counted as done.
            let work = unsafe { (*self.work.get()).map(|work| &*work) };
            count = (taken >> 32) as u32;
            let first = taken as u32;
            for i in first..count.min(first + share) {
                let task = || work.map(|work| work(i as usize));
                if catch_unwind(AssertUnwindSafe(task)).is_err() {
                    self.has_failed.store(true, SeqCst);
                }
                done += 1;
            }
        }
        if done > 0 && self.done.0.fetch_add(done, SeqCst) + done == count as usize {
            self.wake_up.ring();
        }
    }

    /// The main loop of a thread: does tasks until the pool ends.
    fn work(&self) {
        while !self.is_over.load(SeqCst) {
            self.take();
            self.wake_up.wait_until(|| has_more(self.tasks.0.load(SeqCst)) || self.is_over.load(SeqCst));
        }
    }
}

fn has_more(tasks: u64) -> bool {
    (tasks as u32) < (tasks >> 32) as u32
}

/// A way to wait for another thread: by polling at first, and then asleep until that thread rings.
#[derive(Default)]
struct WakeUp {
    sleepers: AtomicUsize,
    lock: Mutex<()>,
    rung: Condvar,
}

impl WakeUp {
    fn wait_until(&self, is_so: impl Fn() -> bool) {
        for _ in 0..SPINS {
            if is_so() {
                return;
            }
            std::hint::spin_loop();
        }
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // This thread first counts itself and then checks the condition again. The other thread first makes it true
        // and then reads `sleepers`. So at least one of the two sees the other.
        self.sleepers.fetch_add(1, SeqCst);
        while !is_so() {
            guard = self.rung.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.sleepers.fetch_sub(1, SeqCst);
    }

    /// Wakes the waiting threads. Must be called after each change that a thread may wait for.
    fn ring(&self) {
        if self.sleepers.load(SeqCst) > 0 {
            // A thread that has counted itself holds the lock until it sleeps.
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.rung.notify_all();
        }
    }
}

/// The state of the threads of all WebAssembly instances that share this memory.
#[cfg(target_arch = "wasm32")]
fn instance() -> &'static Arc<Shared> {
    static SHARED: std::sync::OnceLock<Arc<Shared>> = std::sync::OnceLock::new();
    SHARED.get_or_init(Arc::default)
}

/// Makes the calling thread one of the pool's. It never returns, because a worker ends by being terminated.
#[cfg(target_arch = "wasm32")]
pub fn work() {
    instance().work();
}

/// Reports that this thread has trapped. Its task is lost, so the thread that waits for it traps too, and the page
/// receives that error.
#[cfg(target_arch = "wasm32")]
pub fn fail() {
    instance().has_failed.store(true, SeqCst);
    instance().wake_up.ring();
}
