//! Edits of the rows between the layers: what they do, and that they leave no trace in a cache.

use candle_core::quantized::GgmlDType;
use shotglass::Session;
use shotglass::edits::{Change, Edit, Edits};
use shotglass::states::States;

use super::support::noise::Noise;
use super::support::tiny::{Shape, model};
use super::support::zoo::zoo;
use super::{bits, load, prompt};

/// Crosses a page of the cache (64 positions) and a chunk of prefill.
const LENGTH: usize = 75;

fn run(session: &mut Session, ids: &[u32], edits: &Edits) -> (usize, Vec<u32>) {
    let cached = session.begin_edited(ids, edits).expect("the edits fit");
    while session.advance().expect("it runs") > 0 {}
    (cached, bits(session))
}

fn fresh(loaded: &Session, ids: &[u32], edits: &Edits) -> Vec<u32> {
    run(&mut loaded.fork().expect("it forks"), ids, edits).1
}

fn states(loaded: &Session, ids: &[u32], layer: usize) -> States {
    let mut session = loaded.fork().expect("it forks");
    let positions: Vec<usize> = (0..ids.len()).collect();
    session.begin_states(ids, &[layer], &positions, &Edits::default()).expect("they are in the prompt");
    while session.advance().expect("it runs") > 0 {}
    session.states().expect("all was run").clone()
}

fn at(layer: usize, position: usize, change: Change, row: &[f32]) -> Edit {
    Edit { layer, position, goes_on: false, change, row: row.to_vec() }
}

fn from(layer: usize, position: usize, change: Change, row: &[f32]) -> Edit {
    Edit { goes_on: true, ..at(layer, position, change, row) }
}

fn random(loaded: &Session, seed: u64) -> Vec<f32> {
    Noise::new(seed).normals(loaded.info().embedding, 1.0)
}

/// The rows of `states` put in their places.
fn patch(states: &States, positions: impl Iterator<Item = usize>) -> Edits {
    let layer = states.layers[0];
    Edits::new(positions.map(|p| at(layer, p, Change::Replace, states.row(0, p))).collect())
}

#[test]
fn patching_everything_gives_the_other_run_and_own_rows_this_one() {
    let (ids, other) = (prompt(LENGTH, 71), prompt(LENGTH, 72));
    for species in zoo() {
        let loaded = load(&species.file(GgmlDType::Q4_1).bytes());
        let none = Edits::default();
        let (own, theirs) = (fresh(&loaded, &ids, &none), fresh(&loaded, &other, &none));
        assert_ne!(own, theirs);
        for layer in 0..=species.layers {
            let patched = fresh(&loaded, &ids, &patch(&states(&loaded, &other, layer), 0..LENGTH));
            assert_eq!(patched, theirs, "{}: everything at layer {layer}", species.name);
            let same = fresh(&loaded, &ids, &patch(&states(&loaded, &ids, layer), 0..LENGTH));
            assert_eq!(same, own, "{}: its own rows at layer {layer}", species.name);
        }
        // After the last layer only the last row counts.
        let last = states(&loaded, &other, species.layers);
        assert_eq!(fresh(&loaded, &ids, &patch(&last, LENGTH - 1..LENGTH)), theirs, "{}", species.name);
        assert_eq!(fresh(&loaded, &ids, &patch(&last, 0..LENGTH - 1)), own, "{}", species.name);
    }
}

#[test]
fn an_edit_does_what_it_says() {
    let loaded = load(&model(&Shape::of(GgmlDType::F32, true)).bytes());
    let ids = prompt(LENGTH, 73);
    let (row, more) = (random(&loaded, 1), random(&loaded, 2));
    let read = |edits: &Edits, layer: usize| {
        let mut session = loaded.fork().expect("it forks");
        let positions: Vec<usize> = (0..LENGTH).collect();
        session.begin_states(&ids, &[layer], &positions, edits).expect("they fit");
        while session.advance().expect("it runs") > 0 {}
        session.states().expect("all was run").clone()
    };
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<_>>();
    for layer in 0..=2 {
        let plain = read(&Edits::default(), layer);
        let replaced = read(&Edits::new(vec![at(layer, 30, Change::Replace, &row)]), layer);
        let added = read(&Edits::new(vec![from(layer, 66, Change::Add, &more)]), layer);
        // Replaced first, whatever the order of the list; of two, by the one that begins later.
        let both = read(
            &Edits::new(vec![
                from(layer, 20, Change::Add, &more),
                at(layer, 30, Change::Replace, &row),
                from(layer, 10, Change::Replace, &more),
            ]),
            layer,
        );
        for position in 0..LENGTH {
            let own = plain.row(0, position);
            let expected = if position == 30 { &row } else { own };
            assert_eq!(replaced.row(0, position), expected, "replaced at {layer}, {position}");
            let expected = if position >= 66 { sum(own, &more) } else { own.to_vec() };
            assert_eq!(added.row(0, position), expected, "added at {layer}, {position}");
            let expected = match position {
                0..10 => own.to_vec(),
                10..20 => more.clone(),
                30 => sum(&row, &more),
                _ => sum(&more, &more),
            };
            assert_eq!(both.row(0, position), expected, "both at {layer}, {position}");
        }
        // Rows of earlier layers, and of earlier positions, are out of reach.
        for earlier in 0..layer {
            let edits = Edits::new(vec![from(layer, 0, Change::Add, &more)]);
            assert_eq!(read(&edits, earlier).rows, read(&Edits::default(), earlier).rows);
        }
    }
}

#[test]
fn edits_are_a_part_of_what_is_cached() {
    for dtype in [GgmlDType::F32, GgmlDType::Q4_1] {
        let loaded = load(&model(&Shape::of(dtype, true)).bytes());
        let ids = prompt(LENGTH, 74);
        let (row, more) = (random(&loaded, 3), random(&loaded, 4));
        let none = Edits::default();
        let variants: Vec<Edits> = [
            vec![],
            vec![at(1, 70, Change::Add, &row)],
            vec![at(1, 70, Change::Add, &more)],
            vec![at(1, 70, Change::Replace, &row)],
            vec![at(0, 70, Change::Add, &row)],
            vec![from(1, 70, Change::Add, &row)],
            vec![from(1, 10, Change::Add, &row), at(2, 74, Change::Replace, &more)],
            vec![from(1, 10, Change::Add, &row)],
            vec![at(0, 0, Change::Replace, &more)],
        ]
        .map(Edits::new)
        .into();
        let expected: Vec<Vec<u32>> = variants.iter().map(|edits| fresh(&loaded, &ids, edits)).collect();
        for (i, bits) in expected.iter().enumerate() {
            assert!(!expected[..i].contains(bits), "{dtype:?}: edits {i} change something");
        }
        // In any order, in one session, whole or in steps.
        let mut session = loaded.fork().expect("it forks");
        let mut noise = Noise::new(9);
        for _ in 0..60 {
            let index = noise.below(variants.len());
            let edits = &variants[index];
            let first = edits.list().iter().map(|edit| edit.position).max().map_or(1, |last| last + 1);
            if noise.below(2) == 0 && first < LENGTH {
                run(&mut session, &ids[..first + noise.below(LENGTH - first)], edits);
            }
            assert_eq!(run(&mut session, &ids, edits).1, expected[index], "{dtype:?}: edits {index}");
        }
        if dtype != GgmlDType::F32 {
            continue; // Its file is small, and so is the memory for idle caches.
        }
        // What comes before an edit need not run again, in either direction.
        let mut session = loaded.fork().expect("it forks");
        assert_eq!(run(&mut session, &ids, &none).0, 0);
        assert_eq!(run(&mut session, &ids, &variants[1]), (70, expected[1].clone()), "{dtype:?}");
        assert_eq!(run(&mut session, &ids, &variants[2]), (70, expected[2].clone()), "{dtype:?}");
        assert_eq!(
            run(&mut session, &ids, &variants[1]),
            (LENGTH, expected[1].clone()),
            "{dtype:?}: it rests"
        );
        assert_eq!(
            run(&mut session, &ids, &none),
            (LENGTH, expected[0].clone()),
            "{dtype:?}: the plain one too"
        );
        assert_eq!(run(&mut session, &ids, &variants[7]), (10, expected[7].clone()), "{dtype:?}");
        assert_eq!(run(&mut session, &ids, &variants[6]), (74, expected[6].clone()), "{dtype:?}");
        // A longer prompt goes on from the edited one.
        let longer = [&ids[..], &[1, 2, 3]].concat();
        assert_eq!(run(&mut session, &longer, &variants[7]).0, LENGTH, "{dtype:?}");
        let edits_later = Edits::new(vec![at(1, LENGTH + 1, Change::Add, &row)]);
        assert_eq!(
            run(&mut session, &longer, &edits_later).0,
            LENGTH,
            "{dtype:?}: it is behind what is cached"
        );
        assert_eq!(run(&mut session, &ids, &none), (LENGTH, expected[0].clone()), "{dtype:?}");
    }
}

#[test]
fn scores_with_edits_are_those_of_a_plain_pass() {
    let continuations = [" the", " re prement in on", &" a st er or".repeat(9)].map(str::to_owned);
    for species in zoo() {
        let loaded = load(&species.file(GgmlDType::Q4_1).bytes());
        let context = "Q: the and of\nA: 1 is to\n\nQ: the in\nA:";
        let encode = |text: &str| loaded.tokenizer().encode(text).expect("it has tokens");
        let before = encode(context).len();
        let (row, more) = (random(&loaded, 5), random(&loaded, 6));
        let edits = Edits::new(vec![
            from(1, before - 3, Change::Add, &row),
            at(0, before - 1, Change::Replace, &more),
        ]);
        let mut session = loaded.fork().expect("it forks");
        let references = ["Q: the in\nA:".to_owned()];
        session.begin_scores_edited(context, &continuations, &references, &edits).expect("they fit");
        while session.advance().expect("it runs") > 0 {}
        let scores = session.scores().expect("all was run");
        let plain = session.score(context, &continuations, &references).expect("they are scored");
        for ((continuation, score), plain) in continuations.iter().zip(scores).zip(plain) {
            let ids = encode(&format!("{context}{continuation}"));
            for (index, token) in score.tokens.iter().enumerate() {
                let mut alone = loaded.fork().expect("it forks");
                run(&mut alone, &ids[..before + index], &edits);
                let logprob = alone.logprobs().expect("it was run")[token.id as usize];
                assert_eq!(token.logprob.to_bits(), logprob.to_bits(), "{}: token {index}", species.name);
            }
            assert_eq!(score.reference, plain.reference, "references run without the edits");
            assert_ne!(score.forms, plain.forms);
        }
    }
}

#[test]
fn edits_that_cannot_be_are_refused_and_change_nothing() {
    let mut session = load(&model(&Shape::default()).bytes());
    let ids = prompt(20, 75);
    let expected = run(&mut session, &ids, &Edits::default()).1;
    let row = random(&session, 7);
    let spoiled = |x: f32| [&row[1..], &[x]].concat();
    let must = "edits must be rows of 96 finite numbers at layers up to 2 and positions below 20, but is ";
    let cases = [
        (at(3, 0, Change::Add, &row), "such a row at layer 3 and position 0."),
        (at(0, 20, Change::Add, &row), "such a row at layer 0 and position 20."),
        (from(0, usize::MAX, Change::Add, &row), "such a row at layer 0 and position 18446744073709551615."),
        (at(1, 2, Change::Replace, &row[1..]), "another row at layer 1 and position 2."),
        (at(1, 1, Change::Replace, &[]), "another row at layer 1 and position 1."),
        (at(1, 1, Change::Add, &spoiled(f32::NAN)), "another row at layer 1 and position 1."),
        (at(1, 1, Change::Add, &spoiled(f32::INFINITY)), "another row at layer 1 and position 1."),
    ]
    .map(|(edit, got)| (edit, format!("{must}{got}")));
    for (edit, sentence) in cases {
        let edits = Edits::new(vec![at(0, 0, Change::Add, &row), edit]);
        let error = session.begin_edited(&ids, &edits).expect_err("it is refused");
        assert_eq!((error.code(), error.to_string()), ("invalid-option", sentence.clone()));
        let error = session.begin_states(&ids, &[0], &[0], &edits).expect_err("it is refused");
        assert_eq!(error.to_string(), sentence);
        assert_eq!(bits(&session), expected);
    }
    let context = "Q: the in\nA:";
    let tokens = session.tokenizer().encode(context).expect("it has tokens").len();
    for (position, is_in) in [(tokens - 1, true), (tokens, false)] {
        let edits = Edits::new(vec![at(1, position, Change::Add, &row)]);
        let begun = session.begin_scores_edited(context, &[" the".to_owned()], &[], &edits);
        assert_eq!(begun.is_ok(), is_in, "{position} of {tokens}");
    }
}

/// Not-a-number in a slot that nobody sees would spoil every sum that gives it weight zero.
#[test]
fn edits_that_overflow_are_told_and_leave_nothing_behind() {
    for species in zoo() {
        let loaded = load(&species.file(GgmlDType::F32).bytes());
        let ids = prompt(LENGTH, 76);
        let plain = fresh(&loaded, &ids, &Edits::default());
        let continuations = [" re prement in on", " a st er or"].map(str::to_owned);
        let context = "Q: the in\nA:";
        let scores = loaded.fork().expect("it forks").score(context, &continuations, &[]).expect("they run");
        let huge: Vec<f32> = (0..64).map(|i| if i % 2 == 0 { 3e38 } else { -2e38 }).collect();
        let mut session = loaded.fork().expect("it forks");
        let mut refused = 0;
        for (layer, position) in [(0, 70), (1, 3), (species.layers, 74), (0, 0)] {
            let edits = Edits::new(vec![from(layer, position, Change::Replace, &huge)]);
            session.begin_edited(&ids, &edits).expect("the numbers are finite");
            let result = loop {
                match session.advance() {
                    Ok(0) => break Ok(()),
                    Ok(_) => {}
                    Err(error) => break Err(error),
                }
            };
            if let Err(error) = result {
                refused += 1;
                assert_eq!(error.code(), "invalid-option", "{}: {error}", species.name);
            } else {
                let _ = session.logprobs();
            }
            // An abort in the middle of a chunk.
            session.begin_edited(&ids, &edits).expect("the numbers are finite");
            let _ = session.advance();
            assert_eq!(
                run(&mut session, &ids, &Edits::default()).1,
                plain,
                "{}: {layer}, {position}",
                species.name
            );
            let edits = Edits::new(vec![from(layer, 0, Change::Replace, &huge)]);
            session
                .begin_scores_edited(context, &continuations, &[], &edits)
                .expect("the numbers are finite");
            while session.advance().is_ok_and(|left| left > 0) {}
            assert_eq!(
                session.score(context, &continuations, &[]).expect("they run"),
                scores,
                "{}",
                species.name
            );
        }
        println!("{}: {refused} refused", species.name);
    }
}

/// With the states of a prompt at hand, its edited runs begin at the layers that their edits change.
#[test]
fn runs_that_begin_above_the_first_layer_give_the_same_bits() {
    for species in zoo() {
        // Floats make a large file, so that the plain prompt's cache may rest.
        let loaded = load(&species.file(GgmlDType::F32).bytes());
        let (ids, other) = (prompt(LENGTH, 77), prompt(LENGTH, 78));
        let row = random(&loaded, 8);
        let record = |session: &mut Session, ids: &[u32], from: usize| {
            let layers: Vec<usize> = (0..=species.layers).collect();
            let positions: Vec<usize> = (from..ids.len()).collect();
            session
                .begin_states(ids, &layers, &positions, &Edits::default())
                .expect("they are in the prompt");
            while session.advance().expect("it runs") > 0 {}
        };
        let plain = fresh(&loaded, &ids, &Edits::default());
        let mut session = loaded.fork().expect("it forks");
        record(&mut session, &ids, 0);
        for layer in 0..=species.layers {
            for position in [0, 5, 63, 64, LENGTH - 1] {
                for edit in
                    [at(layer, position, Change::Replace, &row), from(layer, position, Change::Add, &row)]
                {
                    let edits = Edits::new(vec![edit]);
                    let expected = fresh(&loaded, &ids, &edits);
                    let (cached, ours) = run(&mut session, &ids, &edits);
                    assert_eq!((cached, ours), (position, expected), "{}: {layer}, {position}", species.name);
                }
            }
        }
        assert_eq!(run(&mut session, &ids, &Edits::default()), (LENGTH, plain.clone()), "{}", species.name);
        let edits = Edits::new(vec![
            at(species.layers, 70, Change::Add, &row),
            at(1, 60, Change::Replace, &row),
            from(2, 66, Change::Add, &row),
        ]);
        let expected = fresh(&loaded, &ids, &edits);
        // Left half-way, after another prompt, and where states of some positions or of another prompt were recorded.
        session.begin_edited(&ids, &edits).expect("they fit");
        run(&mut session, &other, &edits);
        assert_eq!(run(&mut session, &ids, &edits).1, expected, "{}", species.name);
        for (ids_recorded, first) in [(&ids, 60), (&ids, 61), (&other, 0)] {
            let mut session = loaded.fork().expect("it forks");
            record(&mut session, ids_recorded, first);
            assert_eq!(run(&mut session, &ids, &edits).1, expected, "{}", species.name);
            let longer = [&ids[..], &[1, 2]].concat();
            assert_eq!(
                run(&mut session, &longer, &edits).1,
                fresh(&loaded, &longer, &edits),
                "{}",
                species.name
            );
            assert_eq!(run(&mut session, &ids, &Edits::default()).1, plain, "{}", species.name);
        }
    }
}
