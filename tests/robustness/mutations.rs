//! Files bent at random and cut everywhere. What comes of them is not known beforehand, only what must not.

use super::feed::{Chunks, Fate, feed};
use super::sound;
use super::support::noise::Noise;

#[test]
fn the_sound_file_loads_however_it_comes() {
    let bytes = sound().bytes();
    let whole = feed(&bytes, true, Chunks::Whole);
    assert!(matches!(whole, Fate::Loaded(Ok(_))), "{whole:?}");
    for announced in [true, false] {
        for chunks in [Chunks::Whole, Chunks::Single, Chunks::Random(1), Chunks::Random(2)] {
            assert!(feed(&bytes, announced, chunks) == whole, "announced: {announced}, in {chunks:?}");
        }
    }
}

#[test]
fn a_file_cut_at_any_boundary_is_truncated() {
    let file = sound().file();
    let mut noise = Noise::new(1);
    let at_random = (0..100).map(|_| noise.below(file.bytes.len()));
    // Before, at and after every boundary.
    let around = file.boundaries.iter().flat_map(|&at| [at.saturating_sub(1), at, at + 1]);
    let mut cuts: Vec<usize> = around.chain(at_random).filter(|&cut| cut < file.bytes.len()).collect();
    cuts.sort_unstable();
    cuts.dedup();
    // All that follows the last tensor is padding, which nobody misses.
    let needed = file.boundaries[file.boundaries.len() - 1];
    assert!(cuts.len() > 300, "only {} cuts", cuts.len());
    for cut in cuts.into_iter().filter(|&cut| cut < needed) {
        for announced in [true, false] {
            for chunks in [Chunks::Whole, Chunks::Random(cut as u64)] {
                let fate = feed(&file.bytes[..cut], announced, chunks);
                assert_eq!(fate.code(), "truncated", "cut at {cut} of {}: {fate:?}", file.bytes.len());
            }
        }
    }
}

/// Applies `bend` with 400 seeds, and feeds what comes of it in three ways, which must agree.
fn bend(name: &str, bend: impl Fn(&mut Noise, &mut Vec<u8>)) {
    let file = sound().file();
    let mut loaded = 0;
    for seed in 0..400 {
        let mut noise = Noise::new(seed);
        let mut bytes = file.bytes.clone();
        bend(&mut noise, &mut bytes);
        let announced = seed % 2 == 0;
        let whole = feed(&bytes, announced, Chunks::Whole);
        let pieces = feed(&bytes, announced, Chunks::Random(seed));
        assert!(whole == pieces, "{name} {seed}: {} whole, {} in pieces", whole.code(), pieces.code());
        if seed % 20 == 0 {
            let singly = feed(&bytes, announced, Chunks::Single);
            assert!(whole == singly, "{name} {seed}: {} whole, {} byte by byte", whole.code(), singly.code());
        }
        loaded += usize::from(matches!(whole, Fate::Loaded(_)));
    }
    println!("{name}: {loaded} of 400 load");
}

/// Where the head (metadata and directory) ends.
fn head() -> usize {
    sound().file().data
}

#[test]
fn flipped_bits_in_the_head() {
    let head = head();
    bend("flipped bits in the head", |noise, bytes| {
        for _ in 0..=noise.below(4) {
            let at = noise.below(head);
            bytes[at] ^= 1 << noise.below(8);
        }
    });
}

#[test]
fn flipped_bits_in_the_tensors() {
    let head = head();
    bend("flipped bits in the tensors", |noise, bytes| {
        for _ in 0..100 {
            let at = head + noise.below(bytes.len() - head);
            bytes[at] ^= 1 << noise.below(8);
        }
    });
}

#[test]
fn extreme_numbers_in_the_head() {
    let head = head();
    bend("extreme numbers in the head", |noise, bytes| {
        let extremes = [0, 1, u64::MAX, u64::MAX / 2, 1 << 31, 1 << 32, 1 << 40, (1 << 16) + 1, 0x7fff_ffff];
        let extreme = extremes[noise.below(extremes.len())].to_le_bytes();
        let len = [1, 2, 4, 8][noise.below(4)];
        let at = noise.below(head - len);
        bytes[at..at + len].copy_from_slice(&extreme[..len]);
    });
}

#[test]
fn extreme_numbers_at_boundaries() {
    let boundaries = sound().file().boundaries;
    let head = head();
    bend("extreme numbers at boundaries", |noise, bytes| {
        let extremes = [0, u64::MAX, u64::MAX - 7, 1 << 63, 1 << 32, 1 << 24, 1 << 16];
        let extreme = extremes[noise.below(extremes.len())].to_le_bytes();
        let at = boundaries[noise.below(boundaries.len())].min(head - 8);
        bytes[at..at + 8].copy_from_slice(&extreme);
    });
}

#[test]
fn bytes_taken_out_or_put_in() {
    let head = head();
    bend("bytes taken out or put in", |noise, bytes| {
        let (at, len) = (noise.below(head), 1 + noise.below(40));
        if noise.below(2) == 0 {
            bytes.drain(at..at + len);
        } else {
            let more: Vec<u8> = (0..len).map(|_| noise.next() as u8).collect();
            bytes.splice(at..at, more);
        }
    });
}

#[test]
fn pieces_in_another_place() {
    bend("pieces in another place", |noise, bytes| {
        let len = 1 + noise.below(2000);
        let (from, to) = (noise.below(bytes.len() - len), noise.below(bytes.len() - len));
        bytes.copy_within(from..from + len, to);
    });
}

#[test]
fn noise_behind_a_good_beginning() {
    bend("noise behind a good beginning", |noise, bytes| {
        let keep = 24 + noise.below(bytes.len() - 24);
        bytes[keep..].iter_mut().for_each(|byte| *byte = noise.next() as u8);
    });
}
