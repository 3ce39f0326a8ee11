//! The rows between the layers: the truth's, those of any split of a prompt, and what the lens reads in them.

use candle_core::quantized::GgmlDType;
use shotglass::Session;
use shotglass::edits::{Change, Edit, Edits};
use shotglass::kernels::Precision;
use shotglass::states::States;

use super::support::distribution::kl;
use super::support::golden_folder;
use super::support::tiny::{Shape, model};
use super::support::twin::Twin;
use super::support::zoo::zoo;
use super::{bits, load, load_with, prompt};

/// Crosses a page of the cache (64 positions) and a chunk of prefill, and every window of the zoo.
const LENGTH: usize = 83;

fn states(session: &mut Session, ids: &[u32], layers: &[usize], positions: &[usize]) -> States {
    session.begin_states(ids, layers, positions, &Edits::default()).expect("they are in the prompt");
    while session.advance().expect("it runs") > 0 {}
    session.states().expect("all was run").clone()
}

fn bits_of(states: &States) -> Vec<u32> {
    states.rows.iter().map(|x| x.to_bits()).collect()
}

fn all(count: usize) -> Vec<usize> {
    (0..count).collect()
}

#[test]
fn every_layer_of_every_architecture_is_near_the_truth() {
    let ids = prompt(LENGTH, 61);
    let mut failures = Vec::new();
    for species in zoo() {
        for dtype in [GgmlDType::F32, GgmlDType::F16] {
            let bytes = species.file(dtype).bytes();
            let truth = Twin::read(&bytes).and_then(|twin| twin.states(&ids)).expect("the twin runs");
            assert_eq!(truth.len(), species.layers + 1);
            let mut session = load_with(&bytes, Precision::Sixteen);
            let ours = states(&mut session, &ids, &all(truth.len()), &all(LENGTH));
            let mut worst = 0.0f64;
            for (layer, truth) in truth.iter().enumerate() {
                for (position, truth) in truth.iter().enumerate() {
                    worst = worst.max(relative(ours.row(layer, position), truth));
                }
            }
            println!("{:22} {dtype:?} {worst:.1e}", species.name);
            if worst.is_nan() || worst > 1e-4 {
                failures.push(format!("{} in {dtype:?}: {worst:.1e} from the truth", species.name));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("; "));
}

/// ‖ours − truth‖ / ‖truth‖.
fn relative(ours: &[f32], truth: &[f32]) -> f64 {
    let square = |x: f32| f64::from(x) * f64::from(x);
    let difference: f64 = ours.iter().zip(truth).map(|(a, b)| square(a - b)).sum();
    (difference / truth.iter().copied().map(square).sum::<f64>()).sqrt()
}

#[test]
fn whatever_was_run_before_gives_the_same_bits() {
    for dtype in [GgmlDType::F32, GgmlDType::Q4_1] {
        let loaded = load(&model(&Shape::of(dtype, true)).bytes());
        let fresh = || loaded.fork().expect("it forks");
        let ids = prompt(LENGTH, 62);
        let (layers, positions) = (all(3), all(LENGTH));
        let whole = states(&mut fresh(), &ids, &layers, &positions);
        for (ran, from) in [(0, 5), (7, 7), (30, 2), (64, 64), (LENGTH, 0), (LENGTH, LENGTH - 1)] {
            let mut session = fresh();
            if ran > 0 {
                session.run(&ids[..ran]).expect("the prefix runs");
            }
            let rest = &positions[from..];
            let cached =
                session.begin_states(&ids, &layers, rest, &Edits::default()).expect("it is asked for");
            assert_eq!(cached, ran.min(from), "what was run before {from} need not run, and no more");
            let some = states(&mut session, &ids, &layers, rest);
            for layer in 0..3 {
                for (index, position) in rest.iter().enumerate() {
                    assert_eq!(some.row(layer, index), whole.row(layer, *position), "{ran}, {from}: {layer}");
                }
            }
        }
        // In any order, and more than once.
        let mut session = fresh();
        let mixed = states(&mut session, &ids, &[2, 0, 2], &[70, 3, 70]);
        assert_eq!(session.caches().active().len(), 71, "later tokens do not run");
        for (row, (layer, position)) in
            [(2, 70), (2, 3), (2, 70), (0, 70), (0, 3), (0, 70)].into_iter().enumerate()
        {
            assert_eq!(mixed.row(row / 3, row % 3), whole.row(layer, position), "{dtype:?}: row {row}");
        }
        let expected = {
            let mut session = fresh();
            session.run(&ids).expect("the prompt runs");
            bits(&session)
        };
        assert_eq!(session.run(&ids).expect("the prompt runs"), 71, "what was run for states is cached");
        assert_eq!(bits(&session), expected, "a session goes on as if nobody had asked");
    }
}

#[test]
fn the_lens_at_the_last_layer_is_the_prediction() {
    let ids = prompt(LENGTH, 63);
    for species in zoo() {
        let loaded = load(&species.file(GgmlDType::Q4_1).bytes());
        let (mut session, layers) = (loaded.fork().expect("it forks"), all(species.layers + 1));
        let states = states(&mut session, &ids, &layers, &[20, LENGTH - 1]);
        for (index, position) in states.positions.iter().enumerate() {
            let mut plain = loaded.fork().expect("it forks");
            plain.run(&ids[..=*position]).expect("the prompt runs");
            let distribution = plain.distribution().expect("it was run");
            let readings = session.lens(index, 0..layers.len(), 5, &[7, 200]).expect("they were recorded");
            assert_eq!(readings.len(), layers.len());
            let last = readings.last().expect("there is a last layer");
            assert_eq!(last.prediction, plain.predict(5).expect("it was run"), "{}", species.name);
            assert_eq!(last.asked, [7, 200].map(|id| distribution.candidate(id)), "{}", species.name);
            assert_eq!(last.divergence, 0.0);
            // In parts and alone, a reading is the same.
            for (layer, reading) in readings.iter().enumerate() {
                let alone = session.lens(index, layer..layer + 1, 5, &[7, 200]).expect("it was recorded");
                assert_eq!(&alone[0], reading, "{}: layer {layer}", species.name);
                assert!(layer + 1 == layers.len() || reading.divergence > 0.0);
            }
        }
    }
}

/// At a layer in the middle, by the truth's own last norm and output layer.
#[test]
fn the_lens_at_any_layer_is_that_of_the_truth() {
    let ids = prompt(40, 64);
    for species in zoo() {
        let bytes = species.file(GgmlDType::F32).bytes();
        let twin = Twin::read(&bytes).expect("the twin reads what we wrote");
        let truth = twin.states(&ids).expect("the twin runs");
        let mut session = load_with(&bytes, Precision::Sixteen);
        let position = 39;
        states(&mut session, &ids, &all(truth.len()), &[position]);
        let tokens: Vec<u32> = (0..session.info().vocabulary_size as u32).collect();
        let readings = session.lens(0, 0..truth.len(), 0, &tokens).expect("they were recorded");
        let rows: Vec<Vec<f32>> = truth.iter().map(|layer| layer[position].clone()).collect();
        let truth = twin.lens(&rows).expect("the twin runs");
        let softmax = |logits: &Vec<f32>| super::support::distribution::log_softmax(logits);
        let last = softmax(truth.last().expect("there is a last layer"));
        for (layer, (reading, truth)) in readings.iter().zip(&truth).enumerate() {
            let ours: Vec<f64> = reading.asked.iter().map(|token| f64::from(token.logprob)).collect();
            let truth = softmax(truth);
            let apart = kl(&truth, &ours);
            assert!(apart < 1e-9, "{}: layer {layer}: {apart:.1e} from the truth", species.name);
            let divergence = kl(&last, &truth);
            let difference = (reading.divergence - divergence).abs() / (1.0 + divergence);
            assert!(difference < 1e-5, "{}: layer {layer}: KL is {difference:.1e} wrong", species.name);
        }
    }
}

#[test]
fn an_embedding_passes_no_layer_above_its_own_and_leaves_no_trace() {
    let loaded = load(&model(&Shape::of(GgmlDType::Q4_1, true)).bytes());
    let fresh = || loaded.fork().expect("it forks");
    let (ids, layers) = (prompt(LENGTH, 65), all(3));
    let whole = states(&mut fresh(), &ids, &layers, &all(LENGTH));
    let expected = {
        let mut session = fresh();
        session.run(&ids).expect("the prompt runs");
        bits(&session)
    };
    for layer in layers {
        for (from, to) in [(0, LENGTH), (30, LENGTH), (LENGTH - 1, LENGTH), (3, 70)] {
            let mut session = fresh();
            session.run(&ids[..30]).expect("the prefix runs");
            let positions: Vec<usize> = (from..to).collect();
            let cached = session.begin_embedding(&ids, layer, &positions).expect("it is in the prompt");
            assert_eq!(cached, from.min(30), "what was run before {from} need not run");
            while session.advance().expect("it runs") > 0 {}
            let ours = session.states().expect("all was run");
            for (index, position) in positions.iter().enumerate() {
                assert_eq!(ours.row(0, index), whole.row(layer, *position), "{layer}");
            }
            assert!(session.logits().is_err(), "the layers above have not run");
            assert!(session.lens(0, 0..1, 1, &[]).is_err(), "nor is the last one known");
            // Left in the middle, it leaves no more.
            session.begin_embedding(&ids, layer, &[LENGTH - 1]).expect("it is in the prompt");
            session.advance().expect("it runs");
            let cached = session.run(&ids).expect("the prompt runs");
            assert!(cached <= 30, "nothing of the embeddings is found again");
            assert_eq!(bits(&session), expected, "as if nobody had asked");
        }
    }
}

#[test]
fn what_cannot_be_answered_is_refused_and_changes_nothing() {
    let mut session = load(&model(&Shape::default()).bytes());
    assert_eq!(session.states().expect_err("nothing was begun").code(), "invalid-option");
    let (context, size) = (session.info().context_length, session.info().vocabulary_size as u32);
    let ids = prompt(20, 66);
    let expected = states(&mut session, &ids, &[0, 2], &[3, 4]);
    type Refused<'a> = (&'a [u32], &'a [usize], &'a [usize], &'a str);
    let long = vec![0; context + 1];
    let refused: [Refused<'_>; 9] = [
        (&[], &[0], &[0], "empty-prompt"),
        (&long, &[0], &[0], "prompt-too-long"),
        (&[1, size], &[0], &[0], "invalid-option"),
        (&ids, &[3], &[0], "invalid-option"),
        (&ids, &[0, usize::MAX], &[0], "invalid-option"),
        (&ids, &[0], &[20], "invalid-option"),
        (&ids, &[0], &[1, usize::MAX], "invalid-option"),
        (&ids, &[], &[1], "invalid-option"),
        (&ids, &[1], &[], "invalid-option"),
    ];
    for (ids, layers, positions, code) in refused {
        let error =
            session.begin_states(ids, layers, positions, &Edits::default()).expect_err("it is refused");
        assert_eq!(error.code(), code);
        assert_eq!(session.states().expect("the last answer is there"), &expected, "after {code}");
    }
    let error = session.begin_states(&ids, &[3], &[0], &Edits::default()).expect_err("there are 2");
    assert_eq!(error.to_string(), "layers must be a list of at least one number below 3, but is [3].");
    for (position, layers, ids) in [(2, 0..1, &[][..]), (0, 0..3, &[]), (0, 0..1, &[size])] {
        assert_eq!(
            session.lens(position, layers, 1, ids).expect_err("it is refused").code(),
            "invalid-option"
        );
    }
    session.run(&ids).expect("another prompt runs");
    assert_eq!(session.states().expect_err("another was begun").code(), "invalid-option");
    session.begin_states(&ids, &[1], &[5], &Edits::default()).expect("it is asked for");
    assert_eq!(session.states().expect_err("nothing has run").code(), "invalid-option");
}

/// Leaves what the TypeScript tests compare wasm with: states and readings with edits of both kinds.
#[test]
fn states_for_the_other_builds() {
    let mut session = load(&model(&Shape::default()).bytes());
    let ids = prompt(LENGTH, 67);
    let size = session.info().embedding;
    let row = |seed: usize| (0..size).map(|i| ((i * 7 + seed * 13) % 11) as f32 / 8.0 - 0.5).collect();
    let edit =
        |layer, position, goes_on, change, seed| Edit { layer, position, goes_on, change, row: row(seed) };
    let edits = Edits::new(vec![
        edit(1, 40, true, Change::Add, 1),
        edit(0, 12, false, Change::Replace, 2),
        edit(2, 82, false, Change::Add, 3),
    ]);
    let (layers, positions) = ([0, 1, 2], [11, 12, 60, 82]);
    session.begin_states(&ids, &layers, &positions, &edits).expect("they are in the prompt");
    while session.advance().expect("it runs") > 0 {}
    let states = session.states().expect("all was run").clone();
    let readings = session.lens(3, 0..3, 3, &[5]).expect("they were recorded");
    let readings: Vec<String> = readings
        .iter()
        .map(|reading| {
            let asked = reading.asked[0];
            let ids: Vec<u32> = reading.prediction.candidates.iter().map(|candidate| candidate.id).collect();
            format!(
                "{{\"ids\":{ids:?},\"entropy\":{:?},\"divergence\":{:?},\"logprob\":{:?},\"rank\":{}}}",
                reading.prediction.entropy, reading.divergence, asked.logprob, asked.rank
            )
        })
        .collect();
    let (numbers, rows): (Vec<[usize; 4]>, Vec<&[f32]>) = edits
        .list()
        .iter()
        .map(|edit| {
            let kind = usize::from(edit.change == Change::Add);
            ([edit.layer, edit.position, usize::from(edit.goes_on), kind], &edit.row[..])
        })
        .unzip();
    let json = format!(
        "{{\"ids\":{ids:?},\"layers\":{layers:?},\"positions\":{positions:?},\"edits\":{:?},\"rows\":{:?},\"states\":{:?},\
         \"readings\":[{}]}}\n",
        numbers.concat(),
        rows.concat(),
        states.rows,
        readings.join(","),
    );
    assert!(bits_of(&states).iter().any(|bits| *bits != 0));
    let folder = golden_folder().join("tiny");
    std::fs::create_dir_all(&folder).expect("target is writable");
    // Written beside and renamed: a test in another process may be reading the old one.
    let part = folder.join("states.json.part");
    std::fs::write(&part, json).expect("target is writable");
    std::fs::rename(&part, folder.join("states.json")).expect("target is writable");
}
