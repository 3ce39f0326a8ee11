//! Cached = uncached: whatever was run before, the same prompt gives the same logits, bit for bit.

use candle_core::quantized::GgmlDType;
use shotglass::model::CHUNK;

use super::support::tiny::{Shape, model};
use super::{bits, load, prompt};

/// Crosses a page of the cache (64 positions) and several chunks of prefill.
const LENGTH: usize = 83;

fn fresh(bytes: &[u8], ids: &[u32]) -> Vec<u32> {
    let mut session = load(bytes);
    assert_eq!(session.run(ids).expect("the prompt runs"), 0, "nothing is cached at first");
    bits(&session)
}

/// One type for each way in which weights are packed: floats, blocks of 32 with and without a minimum, k-quants.
fn models() -> impl Iterator<Item = (GgmlDType, Vec<u8>)> {
    use GgmlDType::{F16, F32, Q2K, Q4_0, Q4_1, Q6K, Q8_0};
    [F32, F16, Q4_0, Q4_1, Q8_0, Q2K, Q6K]
        .into_iter()
        .map(|dtype| (dtype, model(&Shape::of(dtype, true)).bytes()))
}

#[test]
fn every_split_gives_the_same_bits() {
    for (dtype, bytes) in models() {
        let ids = prompt(LENGTH, 11);
        let expected = fresh(&bytes, &ids);
        let loaded = load(&bytes);
        for split in 1..=LENGTH {
            let mut session = loaded.fork().expect("it forks");
            assert_eq!(session.run(&ids[..split]).expect("the prefix runs"), 0);
            assert_eq!(session.run(&ids).expect("the whole runs"), split, "{dtype:?}: the prefix is cached");
            assert_eq!(bits(&session), expected, "{dtype:?} split at {split}");
        }
    }
}

#[test]
fn every_number_of_steps_gives_the_same_bits() {
    for (dtype, bytes) in models() {
        let ids = prompt(LENGTH, 12);
        let expected = fresh(&bytes, &ids);
        for step in [1, 2, 3, 5, 7, 13, 16, 17, 31, 64, 65] {
            let mut session = load(&bytes);
            for end in (step..LENGTH).step_by(step).chain([LENGTH]) {
                session.run(&ids[..end]).expect("the prompt grows");
            }
            assert_eq!(bits(&session), expected, "{dtype:?} in steps of {step}");
        }
    }
}

#[test]
fn a_changed_ending_leaves_no_trace() {
    for (dtype, bytes) in models() {
        let ids = prompt(LENGTH, 13);
        let expected = fresh(&bytes, &ids);
        let loaded = load(&bytes);
        for keep in (1..LENGTH).step_by(3) {
            let mut session = loaded.fork().expect("it forks");
            let mut other = ids[..keep].to_vec();
            other.push(ids[keep] ^ 1);
            other.extend(prompt(LENGTH + 20 - keep, keep as u64));
            session.run(&other).expect("the other prompt runs");
            assert_eq!(
                session.run(&ids).expect("the prompt runs"),
                keep,
                "{dtype:?}: what is common is cached"
            );
            assert_eq!(bits(&session), expected, "{dtype:?} after another ending from {keep}");
        }
    }
}

#[test]
fn an_interrupted_prefill_leaves_no_trace() {
    for (dtype, bytes) in models() {
        let ids = prompt(LENGTH, 14);
        let expected = fresh(&bytes, &ids);
        let loaded = load(&bytes);
        for chunks in 0..2 {
            let mut session = loaded.fork().expect("it forks");
            let longer = [&ids[..60], &prompt(50, 15)].concat();
            session.begin(&longer).expect("the longer prompt is fine");
            for _ in 0..chunks {
                session.advance().expect("a chunk runs");
            }
            let ran = session.caches().active().len();
            assert_eq!(ran, longer.len().min(chunks * CHUNK), "{dtype:?}: {chunks} chunks were run");
            let cached = session.run(&ids).expect("the prompt runs");
            assert_eq!(cached, ran.min(60), "{dtype:?}: what was run of the common part is kept");
            assert_eq!(bits(&session), expected, "{dtype:?} after {chunks} chunks of another prompt");
            let cached = session.begin(&longer).expect("the longer prompt is fine");
            assert_eq!(cached, ran.max(60), "{dtype:?}: so is what was run of the rest");
        }
    }
}

#[test]
fn every_position_has_the_logits_of_the_prompt_that_ends_there() {
    let bytes = model(&Shape::default()).bytes();
    let ids = prompt(LENGTH, 16);
    let mut session = load(&bytes);
    session.run(&ids).expect("the prompt runs");
    for position in 0..LENGTH {
        let there: Vec<u32> =
            session.logits_at(position).expect("it was run").iter().map(|logit| logit.to_bits()).collect();
        assert_eq!(there, fresh(&bytes, &ids[..=position]), "position {position}");
    }
}

#[test]
fn forks_do_not_touch_each_other() {
    for (dtype, bytes) in models() {
        // Forks in the first page, at its last position, at its end, and in the second page.
        for at in [5, 63, 64, 70] {
            let ids = prompt(LENGTH, 17);
            let left_ids = [&ids[..at], &prompt(30, 18)].concat();
            let right_ids = [&ids[..at], &prompt(30, 19)].concat();

            let mut session = load(&bytes);
            session.run(&ids[..at]).expect("the trunk runs");
            let before = bits(&session);
            let mut left = session.fork().expect("it forks");
            let mut right = left.fork().expect("a fork forks");
            assert_eq!(left.run(&left_ids).expect("the left runs"), at, "a fork has its parent's past");
            assert_eq!(right.run(&right_ids).expect("the right runs"), at);

            assert_eq!(bits(&session), before, "{dtype:?}: the parent is as it was");
            assert_eq!(bits(&left), fresh(&bytes, &left_ids), "{dtype:?}: left of {at}");
            assert_eq!(bits(&right), fresh(&bytes, &right_ids), "{dtype:?}: right of {at}");
            assert_eq!(session.run(&ids).expect("the parent goes on"), at);
            assert_eq!(
                bits(&session),
                fresh(&bytes, &ids),
                "{dtype:?}: the parent after its forks from {at}"
            );

            drop(session);
            left.run(&left_ids[..at]).expect("the left goes back");
            assert_eq!(bits(&left), before, "{dtype:?}: the left, back at {at}");
        }
    }
}

#[test]
fn a_refused_prompt_leaves_the_session_as_it_was() {
    let bytes = model(&Shape::default()).bytes();
    let ids = prompt(20, 20);
    let mut session = load(&bytes);
    session.run(&ids).expect("the prompt runs");
    let expected = bits(&session);
    let context = session.info().context_length;
    let vocabulary = session.info().vocabulary_size as u32;
    for (refused, code) in [
        (vec![], "empty-prompt"),
        (vec![0; context + 1], "prompt-too-long"),
        (vec![vocabulary], "invalid-option"),
        (vec![1, 2, u32::MAX, 3], "invalid-option"),
    ] {
        assert_eq!(session.run(&refused).expect_err("it is refused").code(), code);
        assert_eq!(bits(&session), expected, "after {code}");
        assert_eq!(session.run(&ids).expect("it goes on"), ids.len(), "the cache survived {code}");
    }
    session.run(&vec![0; context]).expect("a prompt that fills the context runs");
}
