//! Several caches: whatever was run in whatever order, what is kept is right, is used, and is not too much.

use std::collections::HashMap;

use candle_core::quantized::GgmlDType;
use proptest::prelude::*;
use shotglass::cache::{Cache, Key, PAGE, Shape};
use shotglass::caches::Caches;

use super::support::noise::Noise;
use super::support::tiny::{Shape as Model, model};
use super::{bits, load, prompt};

/// A page of this shape has `PAGE` times five floats.
fn small() -> Shape {
    Shape::new([1].into_iter(), 2, 1)
}
const PAGE_BYTES: usize = 5 * 4 * PAGE;

fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// What stands in place of a hidden row: it depends on all tokens up to its own.
fn marks(ids: &[u32]) -> Vec<f32> {
    let mark = |mark: &mut u32, &id: &u32| {
        *mark = (mark.wrapping_mul(31) + id + 1) % 100_003;
        Some(*mark as f32)
    };
    ids.iter().scan(0, mark).collect()
}

/// Runs `ids` as far as `end`, or where they have come already.
fn run(caches: &mut Caches, ids: &[u32], end: usize) {
    let start = caches.active().len();
    let Some(rest) = ids.get(start..end.max(start)) else { return };
    caches.reserve(rest.len()).expect("there is memory");
    for (position, mark) in marks(ids).into_iter().enumerate().take(end).skip(start) {
        caches.active_mut().write_hidden(position, &[mark]);
        caches.active_mut().write(0, position, &[mark, -mark], &[-mark, mark]);
    }
    caches.active_mut().commit(rest);
}

fn check(cache: &Cache) {
    for (position, mark) in marks(cache.tokens()).into_iter().enumerate() {
        assert_eq!(cache.hidden(position), [mark], "hidden row {position}");
        let slots = cache.pages(0, 0, position + 1).last().expect("it has a page");
        let values = &slots.values[2 * (slots.count - 1)..][..2];
        assert_eq!(values, [-mark, mark], "values of {position}");
    }
}

/// A prompt of a small tree: few ways to go on, and long ways between the forks.
fn paths() -> impl Strategy<Value = Vec<u32>> {
    let part = (0u32..3, prop::sample::select(vec![1usize, 5, 30, 64, 90]));
    prop::collection::vec(part, 1..5)
        .prop_map(|parts| parts.into_iter().flat_map(|(id, len)| std::iter::repeat_n(id, len)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_kept_is_right_and_used_and_within_the_budget(
        steps in prop::collection::vec((paths(), 0usize..300), 1..40),
        pages in 0usize..20,
    ) {
        let budget = pages * PAGE_BYTES;
        let mut caches = Caches::new(small(), budget);
        for (ids, ran) in steps {
            let held = std::iter::once(caches.active()).chain(caches.idle());
            let best = held.map(|cache| common(cache.tokens(), &ids)).max().unwrap_or(0);
            prop_assert_eq!(caches.seek(&Key::new(&ids)), best, "the best of what is held is taken");
            prop_assert_eq!(caches.active().tokens(), &ids[..best]);
            // Some runs are stopped on their way.
            run(&mut caches, &ids, ran.min(ids.len()));

            prop_assert!(caches.idle_bytes() <= budget, "{} of {budget} bytes", caches.idle_bytes());
            check(caches.active());
            caches.idle().iter().for_each(check);
            for (i, cache) in caches.idle().iter().enumerate() {
                let twice = |other: &Cache| common(other.tokens(), cache.tokens()) == cache.len();
                let others = caches.idle().iter().enumerate().filter(|&(j, _)| i != j);
                prop_assert!(!others.map(|(_, other)| other).any(twice), "none is a part of another");
            }
        }
    }
}

#[test]
fn the_budget_counts_shared_pages_once() {
    let mut caches = Caches::new(small(), usize::MAX);
    let trunk = vec![0; 2 * PAGE];
    let branch = |id: u32| [&trunk[..], &[id]].concat();
    for id in 1..=4 {
        caches.seek(&Key::new(&branch(id)));
        run(&mut caches, &branch(id), trunk.len() + 1);
    }
    assert_eq!(caches.idle().len(), 3);
    assert_eq!(caches.idle_bytes(), 3 * PAGE_BYTES, "the trunk is the active cache's too");
    caches.seek(&Key::new(&[9]));
    assert_eq!(caches.idle_bytes(), 6 * PAGE_BYTES, "two pages of the trunk, and one for each branch");
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let mut caches = Caches::new(small(), 2 * PAGE_BYTES);
    let mut cached = |id: u32| {
        let cached = caches.seek(&Key::new(&[id; 10]));
        run(&mut caches, &[id; 10], 10);
        cached
    };
    assert_eq!([1, 2, 3].map(&mut cached), [0, 0, 0]);
    assert_eq!(cached(1), 10, "one active and two at rest are held");
    assert_eq!(cached(4), 0, "2 goes");
    assert_eq!([1, 3, 4].map(&mut cached), [10, 10, 10]);
    assert_eq!(cached(2), 0);
}

#[test]
fn going_back_and_forth_copies_nothing_and_keeps_one_of_each() {
    let mut caches = Caches::new(small(), usize::MAX);
    let long = vec![7; 200];
    caches.seek(&Key::new(&long));
    run(&mut caches, &long, 200);
    for len in [100, 30, 199, 1, 200, 64] {
        assert_eq!(caches.seek(&Key::new(&long[..len])), len);
        assert!(caches.idle().len() <= 1, "the whole rests, or is active");
    }
    assert_eq!(caches.seek(&Key::new(&long)), 200);
    assert!(caches.idle().is_empty(), "a part of what is active is not kept beside it");
}

#[test]
fn any_order_of_prompts_gives_the_bits_of_a_fresh_session() {
    // Floats make a large file, so that several prompts may rest.
    let bytes = model(&Model::of(GgmlDType::F32, true)).bytes();
    let loaded = load(&bytes);
    let mut noise = Noise::new(5);
    // A tree of prompts: each goes on from some token of another.
    let mut prompts = vec![prompt(70, 50)];
    for seed in 51..75 {
        let from = &prompts[noise.below(prompts.len())];
        let keep = noise.below(from.len());
        prompts.push([&from[..keep], &prompt(1 + noise.below(40), seed)].concat());
    }

    let mut fresh: HashMap<usize, Vec<u32>> = HashMap::new();
    let mut session = loaded.fork().expect("it forks");
    let (mut returned, mut evicted) = (0, 0);
    for _ in 0..300 {
        let index = noise.below(prompts.len());
        let ids = &prompts[index];
        let caches = session.caches();
        let held = std::iter::once(caches.active()).chain(caches.idle());
        let best = held.map(|cache| common(cache.tokens(), ids)).max().unwrap_or(0);
        returned += usize::from(best > common(caches.active().tokens(), ids));
        evicted += usize::from(best < ids.len() && fresh.contains_key(&index));

        assert_eq!(session.run(ids).expect("the prompt runs"), best);
        let expected = fresh.entry(index).or_insert_with(|| {
            let mut session = loaded.fork().expect("it forks");
            session.run(ids).expect("the prompt runs");
            bits(&session)
        });
        assert_eq!(&bits(&session), expected, "prompt {index}");
        assert!(session.caches().idle_bytes() <= bytes.len(), "no more rests than the weights take");
    }
    assert!(returned > 50 && evicted > 10, "{returned} times from rest, {evicted} times too late");
}
