//! Counts what the current thread allocates, and can refuse more.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use candle_core::quantized::GgmlDType;
use shotglass::gguf::{Metadata, Reader, Sink, TensorInfo};
use shotglass::kernels::{matrix, packed_bytes};
use shotglass::{Error, Loader};

use super::sound;
use super::support::blocks::QUANTIZED;
use super::support::tiny::{Shape, model};

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
    static LIMIT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// What is smaller is never refused: the limit is for code that asks whether there is memory, and whoever asks for a few
/// bytes does not.
const LARGE: usize = 4096;

fn refused(bytes: usize) -> bool {
    bytes >= LARGE && LIVE.get().saturating_add(bytes) > LIMIT.get()
}

fn allocated(bytes: usize) {
    // Another thread may free what this one allocated, so that differences wrap; tests here use one thread each.
    let live = LIVE.get().wrapping_add(bytes);
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
}

// SAFETY: every call goes to the system's allocator unchanged, or is refused as the contract allows; the counters are plain cells that allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if refused(layout.size()) {
            return std::ptr::null_mut();
        }
        allocated(layout.size());
        // SAFETY: the caller keeps to the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if refused(layout.size()) {
            return std::ptr::null_mut();
        }
        allocated(layout.size());
        // SAFETY: the caller keeps to the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get().wrapping_sub(layout.size()));
        // SAFETY: the caller keeps to the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if refused(size) {
            return std::ptr::null_mut();
        }
        // Both at once for a moment, as when it moves.
        allocated(size);
        LIVE.set(LIVE.get().wrapping_sub(layout.size()));
        // SAFETY: the caller keeps to the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// What `work` returns, and the most bytes that it held at once.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.get();
    PEAK.set(before);
    let result = work();
    (result, PEAK.get().saturating_sub(before))
}

/// What `work` returns where at most `bytes` more than now may be held at once. It must not panic: to tell of that takes
/// memory too.
pub fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let before = LIMIT.replace(LIVE.get().saturating_add(bytes));
    let result = work();
    LIMIT.set(before);
    result
}

/// A server that never ends its metadata once took gigabytes before the module trapped.
#[test]
fn metadata_without_end_is_refused_before_it_takes_much_memory() {
    let header = |kind: u32, items: u64| {
        let mut bytes = b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0".to_vec();
        bytes.extend(1u64.to_le_bytes());
        bytes.extend(b"x\x09\0\0\0");
        bytes.extend(kind.to_le_bytes());
        bytes.extend(items.to_le_bytes());
        bytes
    };
    // Bytes, numbers, and texts that are empty.
    for kind in [0, 5, 10, 6, 8] {
        let (error, peak) = peak(|| {
            let mut loader = Loader::new(None);
            loader.push(&header(kind, 1 << 40)).expect("a header");
            (0..1100).find_map(|_| loader.push(&[0; 1 << 16]).err()).expect("it is refused soon after 64 MB")
        });
        assert_eq!(error.code(), "corrupt", "{error}");
        assert!(error.to_string().contains("its metadata has more than"), "{error}");
        // A text takes 24 bytes beside its own on this machine and 12 in WebAssembly, for 8 in the file; and while a
        // list grows, the old one and one of twice its size are there.
        assert!(peak < 10 << 26, "items of type {kind} took {peak} bytes");
    }
}

/// What is said of a matrix beforehand is what it takes.
#[test]
fn packed_bytes_are_those_that_are_allocated() {
    for (dtype, _) in QUANTIZED {
        let (columns, bytes) = dtype.block();
        let blocks = vec![0; 33 * 2 * bytes];
        let said = packed_bytes(dtype, 33, 2 * columns) as usize;
        for at_once in [true, false] {
            let (_, peak) = peak(|| {
                let mut packed = matrix(dtype, 33, 2 * columns, at_once).expect("there is memory");
                packed.push(&blocks).expect("there is memory");
                packed
            });
            // The box of the matrix, beside its weights.
            assert!(
                (said..said + 256).contains(&peak),
                "{dtype:?}: {said} bytes were said, {peak} were taken"
            );
        }
    }
}

/// The reader passes the rows of a tensor on as they come, and holds at most one.
#[test]
fn the_bytes_of_a_large_tensor_are_not_held() {
    let mut file = sound();
    let rows = 300_000;
    let tensor = file.tensor("token_embd.weight");
    let large = tensor.bytes.len() / 299 * rows;
    (tensor.dims[1], tensor.bytes) = (rows as u64, vec![0; large]);
    let bytes = file.bytes();
    for announced in [Some(bytes.len() as u64), None] {
        let mut reader = Reader::new(announced);
        let (read, peak) =
            peak(|| bytes.chunks(1 << 16).try_for_each(|chunk| reader.push(chunk, &mut Ignored)));
        read.expect("it is sound");
        assert!(peak < 1 << 18, "{large} bytes took {peak}");
    }
}

/// A model whose weights are large beside everything else. Its largest tensor has 655,360 bytes.
fn large() -> Vec<u8> {
    let shape = Shape { width: 256, feed_forward: 4096, ..Shape::of(GgmlDType::Q4_1, false) };
    model(&shape).bytes()
}

fn push(loader: &mut Loader, bytes: &[u8]) -> Result<(), Error> {
    bytes.chunks(1 << 16).try_for_each(|chunk| loader.push(chunk))
}

/// A load takes the packed weights and little more, also where a matrix gets its memory as its rows come.
#[test]
fn a_load_takes_no_tensor_beside_the_packed_weights() {
    let bytes = large();
    for announced in [true, false] {
        let mut loader = Loader::new(announced.then_some(bytes.len() as u64));
        let (pushed, peak) = peak(|| push(&mut loader, &bytes));
        pushed.expect("it is sound");
        let weights = loader.finish(None).expect("it is whole").info().memory as usize;
        assert!((weights..weights + (1 << 18)).contains(&peak), "{weights} bytes of weights took {peak}");
    }
}

/// Wherever memory ends, the load says so, and the loader takes the file again when there is some.
#[test]
fn a_load_that_memory_is_refused_says_so() {
    let bytes = large();
    for (announced, megabytes) in [(true, 1), (true, 3), (false, 1), (false, 3)] {
        let total = announced.then_some(bytes.len() as u64);
        let mut loader = Loader::new(total);
        let refused = within(megabytes << 20, || push(&mut loader, &bytes).map_err(|error| error.code()));
        assert_eq!(refused, Err("out-of-memory"), "{megabytes} MB");
        loader.begin(total);
        push(&mut loader, &bytes).expect("there is memory");
        let parameters = loader.finish(None).expect("it is whole").info().parameters;
        assert_eq!(parameters, 2 * 299 * 256 + 5 * 256 + 2 * 256 * (256 + 128 + 128 + 256 + 3 * 4096));
    }
}

/// Who receives tensors and does nothing.
struct Ignored;

impl Sink for Ignored {
    fn metadata(&mut self, _: &Metadata, _: usize) -> Result<(), Error> {
        Ok(())
    }

    fn directory(&mut self, _: &[TensorInfo]) -> Result<(), Error> {
        Ok(())
    }

    fn rows(&mut self, _: &TensorInfo, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}
