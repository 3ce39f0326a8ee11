//! Threads that work together on one thing at a time: the rows of a matrix, the heads of attention.
//!
//! A token is decoded in a few milliseconds by hundreds of such pieces of work, so handing one out must cost
//! next to nothing: tasks are taken from one atomic number, whoever waits looks at it for a while before it
//! sleeps, and the thread that asks works as well.
//!
//! Who computes a task has no influence on what is computed: the same bits come out of any number of threads,
//! as long as the caller's split into tasks does not depend on that number.

use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Condvar, Mutex, PoisonError, TryLockError};

/// How often a waiting thread looks before it sleeps: about a tenth of a millisecond, which is more than lies
/// between two pieces of work of one chunk, and less than anyone could mind. Natively a look takes longer:
/// WebAssembly has no instruction to pause with. Miri interprets each look, and is to see threads sleep and wake.
const SPINS: u32 = match (cfg!(miri), cfg!(target_arch = "wasm32")) {
    (true, _) => 20,
    (_, true) => 100_000,
    _ => 5_000,
};

/// A quarter of what 32 bits hold: threads that look for tasks when there are none count on, each by a share.
const MAX_TASKS: usize = 1 << 30;

/// Threads that share one piece of work at a time. `Pool::new(1)` starts none.
///
/// Natively they are the pool's own and end with it. In WebAssembly they are workers, which JavaScript starts
/// and sends into `work`; all pools of an instance share them.
pub struct Pool {
    shared: Arc<Shared>,
    threads: usize,
    #[cfg(not(target_arch = "wasm32"))]
    workers: Vec<std::thread::JoinHandle<()>>,
}

impl Pool {
    /// A pool of `threads`, the caller's own among them. Where a thread cannot be had there are fewer:
    /// see [`Pool::threads`].
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

    /// How many threads there are, the caller's own among them.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Runs `task(i)` for every `i` in `0..count`, on all threads, and returns when all are done.
    ///
    /// # Panics
    /// Where a task did, after all the others are done.
    pub fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        if self.threads == 1 || !(2..MAX_TASKS).contains(&count) || !self.shared.run(count, task) {
            (0..count).for_each(task);
        }
    }

    /// Cuts `matrix`, `(rows, columns)`, into stripes of `width` columns, the last one perhaps narrower, and
    /// runs `task` for each, on all threads.
    ///
    /// With one row, as with `columns` equal to the length, they are the chunks of a slice.
    ///
    /// # Panics
    /// When `columns` or `width` is zero, or where a task did.
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
            // A worker catches what its tasks throw, so there is nothing to hear of.
            let _ = worker.join();
        }
    }
}

/// Some columns of all rows of a matrix that others have the other columns of.
#[derive(Debug)]
pub struct Stripe<'a, T> {
    start: *mut T,
    rows: usize,
    columns: usize,
    range: Range<usize>,
    matrix: PhantomData<&'a mut [T]>,
}

impl<T> Stripe<'_, T> {
    /// Which columns of the matrix these are.
    pub fn columns(&self) -> Range<usize> {
        self.range.clone()
    }

    /// How many rows the matrix has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// These columns of one row.
    ///
    /// # Panics
    /// When the matrix has no such row.
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

/// Where a matrix begins, for all threads.
struct Start<T>(*mut T);

impl<T> Start<T> {
    /// A method, because a closure that named the field would capture the bare pointer.
    fn get(&self) -> *mut T {
        self.0
    }
}

// SAFETY: what is done with the pointer is said at `Stripe::row`; elements change threads, so they are `Send`.
unsafe impl<T: Send> Sync for Start<T> {}

type Task<'a> = dyn Fn(usize) + Sync + 'a;

/// In a cache line, or two, of its own: writing it does not disturb who reads what lies beside it.
#[repr(align(128))]
struct CachePadded<T>(T);

/// What the threads of a pool have in common.
struct Shared {
    /// Held while there is work.
    turn: Mutex<()>,
    /// `count << 32 | next`: how many tasks there are, and the first that nobody has taken. One number, so
    /// that whoever takes a task knows that it is one of this work and not of the last.
    tasks: CachePadded<AtomicU64>,
    /// The work. Read by whoever has taken a task, and written when all are done.
    work: UnsafeCell<Option<*const Task<'static>>>,
    /// How many tasks are done.
    done: CachePadded<AtomicUsize>,
    /// Among how many threads they are shared.
    threads: AtomicUsize,
    /// Whether one of them panicked, or took its thread down.
    has_failed: AtomicBool,
    /// Whether the threads should end.
    is_over: AtomicBool,
    wake_up: WakeUp,
}

// SAFETY: `work` is the only part that is not Sync by itself, and its comment says who may touch it when:
// `take` reads it after the read-modify-write of `tasks` that follows the store in `run`, and before it adds
// to `done`, which `run` waits for before it returns and could be called again.
unsafe impl Sync for Shared {}
// SAFETY: as above; what `work` points to is `Sync`, so it may be called from any thread.
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
    /// Has `task` done `count` times, or returns false where other work is under way: this is then a second
    /// caller, or a task that calls.
    fn run(&self, count: usize, task: &Task<'_>) -> bool {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        // SAFETY: only the lifetime changes. The pointer is followed only for tasks that were taken and are not
        // yet done, and this function does not return before all are.
        let work: *const Task<'static> =
            unsafe { std::mem::transmute::<&Task<'_>, &'static Task<'static>>(task) };
        // SAFETY: no other thread reads it now: all tasks of the last work were done before its `run` returned.
        unsafe { *self.work.get() = Some(work) };
        self.done.0.store(0, SeqCst);
        self.tasks.0.store((count as u64) << 32, SeqCst);
        self.wake_up.ring();

        self.take();
        let is_done = || self.done.0.load(SeqCst) == count;
        // A WebAssembly thread that traps does not finish its task; this one then traps as well, below.
        let is_lost = || cfg!(target_arch = "wasm32") && self.has_failed.load(SeqCst);
        self.wake_up.wait_until(|| is_done() || is_lost());
        assert!(!self.has_failed.swap(false, SeqCst), "a task that was shared among threads panicked");
        true
    }

    /// Does tasks until none is left to take.
    ///
    /// Each number that two threads write costs both a trip between their cores, as long as a small task. So a thread
    /// takes several at once, fewer and fewer towards the end (Polychronopoulos and Kuck's guided self-scheduling,
    /// 1987), and counts what it has done when there is nothing left.
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
            // SAFETY: a task was taken, so that the work is there until it is counted as done.
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

    /// What a thread does: tasks, until it is over.
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

/// Waiting for what another thread does: with open eyes at first, then asleep until it rings.
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
        // First this, then another look; the other side first makes it so and then reads `sleepers`. Thus at
        // least one of the two sees the other.
        self.sleepers.fetch_add(1, SeqCst);
        while !is_so() {
            guard = self.rung.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.sleepers.fetch_sub(1, SeqCst);
    }

    /// To be called after each change that somebody may wait for.
    fn ring(&self) {
        if self.sleepers.load(SeqCst) > 0 {
            // Whoever has counted itself holds the lock until it sleeps.
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.rung.notify_all();
        }
    }
}

/// The threads of this WebAssembly instance, and those of all instances that share its memory.
#[cfg(target_arch = "wasm32")]
fn instance() -> &'static Arc<Shared> {
    static SHARED: std::sync::OnceLock<Arc<Shared>> = std::sync::OnceLock::new();
    SHARED.get_or_init(Arc::default)
}

/// Makes the calling thread one of the pool's. It does not return: a worker ends when it is terminated.
#[cfg(target_arch = "wasm32")]
pub fn work() {
    instance().work();
}

/// Tells whoever waits for this thread that it has trapped. What it worked on is lost, so that the caller
/// traps too, which is what the page hears of.
#[cfg(target_arch = "wasm32")]
pub fn fail() {
    instance().has_failed.store(true, SeqCst);
    instance().wake_up.ring();
}
