//! What a token attends to: the truth's weights, and the same bits from whatever was run before.

use candle_core::quantized::GgmlDType;
use shotglass::Session;
use shotglass::attention::Attention;
use shotglass::kernels::Precision;
use shotglass::model::CHUNK;

use super::support::golden_folder;
use super::support::tiny::{Shape, model};
use super::support::truth::Truth;
use super::{bits, load, load_with, prompt};

/// Crosses a page of the cache (64 positions) and a chunk of prefill, and is no multiple of a group (4).
const LENGTH: usize = 83;
/// Around groups, pages and chunks.
const POSITIONS: [usize; 9] = [0, 1, 3, 4, 62, 63, 64, 65, LENGTH - 1];

fn attend(session: &mut Session, ids: &[u32], position: usize) -> Attention {
    session.begin_attention(ids, Some(position)).expect("the position is one of the prompt");
    while session.advance().expect("it runs") > 0 {}
    session.attention().expect("all was run").clone()
}

fn bits_of(attention: &Attention) -> Vec<u32> {
    attention.weights.iter().map(|weight| weight.to_bits()).collect()
}

/// How far the weights of all positions are from the truth's, at most. Also: there are as many as there should be, all
/// of them shares, and each row is everything.
fn difference(bytes: &[u8], precision: Precision) -> f32 {
    let ids = prompt(LENGTH, 31);
    let truth = Truth::read(bytes)
        .and_then(|truth| truth.attention_weights(&ids))
        .expect("the truth reads what we wrote");
    let mut session = load_with(bytes, precision);
    let mut worst = 0.0f32;
    for position in 0..LENGTH {
        let ours = attend(&mut session, &ids, position);
        assert_eq!((ours.position, ours.layers, ours.heads), (position, truth.len(), truth[0].len()));
        assert_eq!(ours.weights.len(), ours.layers * ours.heads * (position + 1), "nothing is behind it");
        let truth = truth.iter().flatten().map(|head| &head[position][..=position]);
        for (ours, truth) in ours.weights.chunks_exact(position + 1).zip(truth) {
            let sum: f64 = ours.iter().map(|&weight| f64::from(weight)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "a row of position {position} sums to {sum}");
            assert!(ours.iter().all(|weight| (0.0..=1.0).contains(weight)));
            worst = ours.iter().zip(truth).map(|(a, b)| (a - b).abs()).fold(worst, f32::max);
        }
    }
    worst
}

#[test]
fn weights_are_those_of_the_truth() {
    use GgmlDType::{F16, F32, Q2K, Q4_1, Q8_0};
    for dtype in [F32, F16] {
        let difference = difference(&model(&Shape::of(dtype, true)).bytes(), Precision::Eight);
        println!("{dtype:?} {difference:.1e}");
        assert!(difference < 1e-5, "{dtype:?}: {difference} from the truth");
    }
    for shape in [Shape::of(Q4_1, true), Shape::of(Q8_0, false), Shape::of(Q2K, true), Shape::default()] {
        let difference = difference(&model(&shape).bytes(), Precision::Sixteen);
        println!("{:?} {difference:.1e}", shape.main);
        assert!(difference < 1e-3, "{:?}: {difference} from the truth", shape.main);
    }
}

#[test]
fn whatever_was_run_before_gives_the_same_bits() {
    use GgmlDType::{F32, Q4_1, Q6K};
    for dtype in [F32, Q4_1, Q6K] {
        let loaded = load(&model(&Shape::of(dtype, true)).bytes());
        let ids = prompt(LENGTH, 32);
        for position in POSITIONS {
            let expected = bits_of(&attend(&mut loaded.fork().expect("it forks"), &ids, position));
            for ran in 1..=LENGTH {
                let mut session = loaded.fork().expect("it forks");
                session.run(&ids[..ran]).expect("the prefix runs");
                let cached = session.begin_attention(&ids, Some(position)).expect("it is asked for");
                assert_eq!(
                    cached,
                    ran.min(position),
                    "what was run before {position} need not run, and it must"
                );
                let weights = bits_of(&attend(&mut session, &ids, position));
                assert_eq!(weights, expected, "{dtype:?}: {position}, after {ran} tokens");
            }
            for step in [1, 5, 64] {
                let mut session = loaded.fork().expect("it forks");
                session.run(&[&ids[..position], &prompt(70, 33)].concat()).expect("another ending runs");
                for end in (step..LENGTH).step_by(step) {
                    session.run(&ids[..end]).expect("the prompt grows");
                }
                let weights = bits_of(&attend(&mut session, &ids, position));
                assert_eq!(weights, expected, "{dtype:?}: {position}, after steps of {step}");
            }
        }
    }
}

#[test]
fn what_comes_later_makes_no_difference() {
    let loaded = load(&model(&Shape::default()).bytes());
    let ids = prompt(LENGTH, 34);
    let answers = POSITIONS.map(|position| attend(&mut loaded.fork().expect("it forks"), &ids, position));
    record(&ids, &answers);
    for answer in answers {
        let (position, expected) = (answer.position, bits_of(&answer));
        let mut session = loaded.fork().expect("it forks");
        session.begin_attention(&ids[..=position], None).expect("the last one is asked for");
        while session.advance().expect("it runs") > 0 {}
        let last = session.attention().expect("all was run");
        assert_eq!((last.position, bits_of(last)), (position, expected.clone()), "by default the last");
        let other = [&ids[..=position], &prompt(30, 35)].concat();
        assert_eq!(
            bits_of(&attend(&mut session, &other, position)),
            expected,
            "{position}, with another ending"
        );
    }
}

#[test]
fn a_session_goes_on_as_if_nobody_had_asked() {
    let loaded = load(&model(&Shape::default()).bytes());
    let ids = prompt(LENGTH, 36);
    let fresh = |ids: &[u32]| {
        let mut session = loaded.fork().expect("it forks");
        session.run(ids).expect("it runs");
        bits(&session)
    };
    let expected = fresh(&ids);
    for position in POSITIONS {
        for ran in [0, 1, 40, 63, 64, 70, LENGTH] {
            let mut session = loaded.fork().expect("it forks");
            if ran > 0 {
                session.run(&ids[..ran]).expect("the prefix runs");
            }
            attend(&mut session, &ids, position);
            assert_eq!(bits(&session), fresh(&ids[..=position]), "the token was run as any other");
            let cached = session.run(&ids).expect("the prompt runs");
            assert_eq!(cached, ran.max(position + 1), "nothing that was run is lost");
            assert_eq!(bits(&session), expected, "after {position} of {ran}");
        }
    }
}

#[test]
fn an_interrupted_question_leaves_no_trace() {
    let loaded = load(&model(&Shape::default()).bytes());
    let ids = prompt(3 * CHUNK, 37);
    let position = 2 * CHUNK + 9;
    let mut fresh = loaded.fork().expect("it forks");
    let expected = bits_of(&attend(&mut fresh, &ids, position));
    // Two chunks, what is left of the third, and the token itself.
    for (parts, ran) in [(0, 0), (1, CHUNK), (2, 2 * CHUNK), (3, position), (4, position + 1)] {
        let mut session = loaded.fork().expect("it forks");
        session.begin_attention(&ids, Some(position)).expect("it is asked for");
        for _ in 0..parts {
            session.advance().expect("a chunk runs");
        }
        assert_eq!(session.caches().active().len(), ran, "after {parts} parts");
        assert_eq!(session.attention().is_ok(), ran > position, "no answer before all was run");
        let other = [&ids[..40], &prompt(50, 38)].concat();
        session.run(&other).expect("another prompt runs");
        assert_eq!(session.attention().expect_err("another was begun").code(), "invalid-option");
        assert_eq!(bits_of(&attend(&mut session, &ids, position)), expected, "after {parts} parts");
    }
}

#[test]
fn what_cannot_be_answered_is_refused_and_changes_nothing() {
    let mut session = load(&model(&Shape::default()).bytes());
    assert_eq!(session.attention().expect_err("nothing was begun").code(), "invalid-option");
    let (context, size) = (session.info().context_length, session.info().vocabulary_size as u32);
    let ids = prompt(20, 39);
    let expected = attend(&mut session, &ids, 7);
    let long = vec![0; context + 1];
    let refused: [(&[u32], Option<usize>, &str); 7] = [
        (&[], None, "empty-prompt"),
        (&[], Some(0), "empty-prompt"),
        (&ids, Some(20), "invalid-option"),
        (&ids, Some(usize::MAX), "invalid-option"),
        (&[1, size], Some(0), "invalid-option"),
        (&long, Some(0), "prompt-too-long"),
        (&long, None, "prompt-too-long"),
    ];
    for (ids, position, code) in refused {
        assert_eq!(session.begin_attention(ids, position).expect_err("it is refused").code(), code);
        assert_eq!(session.attention().expect("the last answer is there"), &expected, "after {code}");
    }
    let error = session.begin_attention(&ids, Some(20)).expect_err("there are 20");
    assert_eq!(error.to_string(), "position must be below the number of tokens, 20, but is 20.");
    assert_eq!(session.scores().expect_err("no scores were begun").code(), "invalid-option");
    attend(&mut session, &vec![0; context], context - 1);
    session.begin_scores("a", &[" b".to_owned()], &[]).expect("scores can be asked for");
    while session.advance().expect("they run") > 0 {}
    session.scores().expect("they are there");
    assert_eq!(session.attention().expect_err("scores were begun").code(), "invalid-option");
}

#[test]
fn weights_that_are_no_numbers_are_told_and_not_shown() {
    let mut file = model(&Shape::of(GgmlDType::F32, true));
    let queries = file.tensor("blk.1.attn_q.weight");
    queries.bytes = queries.bytes.chunks_exact(4).flat_map(|_| f32::MAX.to_le_bytes()).collect();
    let mut session = load(&file.bytes());
    let ids = prompt(5, 40);
    session.begin_attention(&ids, None).expect("it is asked for");
    while session.advance().expect("it runs") > 0 {}
    assert_eq!(session.attention().expect_err("infinity has no softmax").code(), "corrupt");
}

/// What the TypeScript tests compare wasm with.
fn record(ids: &[u32], answers: &[Attention]) {
    let answers = answers.iter().map(|Attention { position, weights, .. }| {
        format!("{{\"position\":{position},\"weights\":{weights:?}}}")
    });
    let answers = answers.collect::<Vec<_>>().join(",");
    let folder = golden_folder().join("tiny");
    std::fs::create_dir_all(&folder).expect("target is writable");
    // Written beside and renamed: a test in another process may be reading the old one.
    let part = folder.join("attention.json.part");
    std::fs::write(&part, format!("{{\"ids\":{ids:?},\"answers\":[{answers}]}}\n"))
        .expect("target is writable");
    std::fs::rename(&part, folder.join("attention.json")).expect("target is writable");
}
