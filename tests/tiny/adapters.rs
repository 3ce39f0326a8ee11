//! Adapters: they are what merged weights are, and what runs with one leaves no trace in a cache.

use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use shotglass::adapter::Adapter;
use shotglass::edits::{Change, Edit, Edits};
use shotglass::kernels::{Compute, Pool};
use shotglass::{Loader, Session};

use super::support::adapters::{ia3, lora, merged};
use super::support::distribution::{kl, log_softmax};
use super::support::gguf::Gguf;
use super::support::noise::Noise;
use super::support::tiny::{Shape, model};
use super::support::zoo::zoo;
use super::{bits, load, prompt};

/// Crosses a page of the cache (64 positions) and a chunk of prefill.
const LENGTH: usize = 75;

fn read(session: &Session, file: &Gguf) -> Arc<Adapter> {
    Arc::new(session.read_adapter(&file.bytes()).expect("it was made for the model"))
}

fn all(model: &Gguf, seed: u64) -> Gguf {
    lora(model, (3, 5.0), GgmlDType::F32, seed, |_| true)
}

fn tuned(loaded: &Session, adapter: &Arc<Adapter>, scale: f32) -> Session {
    let mut session = loaded.fork().expect("it forks");
    session.tune(Some(adapter), scale).expect("it fits");
    session
}

fn fresh(loaded: &Session, ids: &[u32], adapter: &Arc<Adapter>, scale: f32) -> Vec<u32> {
    let mut session = tuned(loaded, adapter, scale);
    session.run(ids).expect("it runs");
    bits(&session)
}

/// The mean over all positions of KL(a ‖ b), in nats.
fn distance(a: &Session, b: &Session) -> f64 {
    let at = |session: &Session, position| {
        log_softmax(&session.logits_at(position).expect("the position was run"))
    };
    (0..LENGTH).map(|position| kl(&at(a, position), &at(b, position))).sum::<f64>() / LENGTH as f64
}

#[test]
fn an_adapter_is_what_merged_weights_are() {
    let ids = prompt(LENGTH, 91);
    let run = |mut session: Session| {
        session.run(&ids).expect("it runs");
        session
    };
    for species in zoo() {
        let file = species.file(GgmlDType::F32);
        let is_joined = species.is_joined;
        let mut kinds = vec![("LoRA", all(&file, 1))];
        if !is_joined {
            kinds.push(("(IA)³", ia3(&file, 2)));
        }
        for (kind, adapter) in kinds {
            let loaded = load(&file.bytes());
            let read = read(&loaded, &adapter);
            let plain = run(loaded.fork().expect("it forks"));
            for scale in [1.0, 0.25, 2.0] {
                let ours = run(tuned(&loaded, &read, scale));
                let theirs = run(load(&merged(&file, &adapter, scale.into()).bytes()));
                let (near, far) = (distance(&theirs, &ours), distance(&plain, &ours));
                println!(
                    "{:22} {kind:6} × {scale}: {near:.1e} from merged, {far:.1e} from plain",
                    species.name
                );
                assert!(near < 1e-9, "{}: {kind} × {scale} is {near:.1e} from merged weights", species.name);
                assert!(far > 1e-3, "{}: {kind} × {scale} does nothing", species.name);
            }
        }
    }
}

#[test]
fn each_matrix_has_its_own_map() {
    let ids = prompt(20, 92);
    let species = zoo().into_iter().find(|species| species.name == "qwen2").expect("it is in the zoo");
    let file = species.file(GgmlDType::F32);
    let loaded = load(&file.bytes());
    let mut seen: Vec<Vec<u32>> = Vec::new();
    for part in ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"] {
        for rank in [1, 4, 6, 32] {
            let name = format!("blk.1.{part}.weight");
            let adapter = lora(&file, (rank, 0.0), GgmlDType::F32, 3, |matrix| matrix == name);
            assert_eq!(adapter.tensors.len(), 2);
            let (mut ours, mut theirs) =
                (tuned(&loaded, &read(&loaded, &adapter), 1.0), load(&merged(&file, &adapter, 1.0).bytes()));
            ours.run(&ids).expect("it runs");
            theirs.run(&ids).expect("it runs");
            let [a, b] = [&ours, &theirs].map(|session| log_softmax(&session.logits().expect("it ran")));
            assert!(kl(&a, &b) < 1e-9, "{part} at rank {rank}: {:.1e}", kl(&a, &b));
            assert!(!seen.contains(&bits(&ours)), "{part} at rank {rank} does something of its own");
            seen.push(bits(&ours));
        }
    }
}

#[test]
fn scale_zero_is_the_model_alone_and_shares_its_cache() {
    for species in zoo() {
        let file = species.file(GgmlDType::Q4_1);
        let loaded = load(&file.bytes());
        let adapter = read(&loaded, &all(&file, 4));
        let ids = prompt(LENGTH, 93);
        let mut session = loaded.fork().expect("it forks");
        session.run(&ids).expect("it runs");
        let plain = bits(&session);
        session.tune(Some(&adapter), 0.0).expect("it fits");
        assert!(session.tuning().is_none());
        assert_eq!(session.run(&ids).expect("it runs"), LENGTH, "{}: all is cached", species.name);
        assert_eq!(bits(&session), plain, "{}", species.name);
        assert_eq!(fresh(&loaded, &ids, &adapter, 0.0), plain, "{}", species.name);
        session.tune(Some(&adapter), 1.0).expect("it fits");
        assert_eq!(session.run(&ids).expect("it runs"), 0, "{}: nothing is shared", species.name);
        assert_ne!(bits(&session), plain, "{}", species.name);
    }
}

#[test]
fn adapters_are_a_part_of_what_is_cached() {
    for species in zoo() {
        let file = species.file(GgmlDType::Q4_1);
        let loaded = load(&file.bytes());
        let ids = prompt(LENGTH, 94);
        let adapters = [read(&loaded, &all(&file, 5)), read(&loaded, &all(&file, 6))];
        let row = Noise::new(7).normals(loaded.info().embedding, 1.0);
        let edit = Edit { layer: 1, position: 70, goes_on: true, change: Change::Add, row };
        let edits = [Edits::default(), Edits::new(vec![edit])];
        let mut variants = Vec::new();
        for edits in &edits {
            for (adapter, scale) in [(0, 0.0), (0, 1.0), (0, 0.5), (1, 1.0)] {
                variants.push((edits, &adapters[adapter], scale));
            }
        }
        let begin =
            |session: &mut Session, len: usize, (edits, adapter, scale): (&Edits, &Arc<Adapter>, f32)| {
                session.tune(Some(adapter), scale).expect("it fits");
                session.begin_edited(&ids[..len], edits).expect("they fit")
            };
        let run = |session: &mut Session, variant| {
            let cached = begin(session, LENGTH, variant);
            // The run goes on as it began.
            session.tune(None, 1.0).expect("there is nothing to fit");
            while session.advance().expect("it runs") > 0 {}
            (cached, bits(session))
        };
        let expected: Vec<_> =
            variants.iter().map(|&variant| run(&mut loaded.fork().expect("it forks"), variant).1).collect();
        for (i, bits) in expected.iter().enumerate() {
            assert!(!expected[..i].contains(bits), "{}: variant {i} changes something", species.name);
        }
        let mut session = loaded.fork().expect("it forks");
        let mut noise = Noise::new(8);
        for _ in 0..40 {
            let index = noise.below(variants.len());
            if noise.below(2) == 0 {
                // A run that is left in the middle of a chunk, or at its end.
                begin(&mut session, LENGTH, variants[noise.below(variants.len())]);
                session.advance().expect("it runs");
            }
            assert_eq!(run(&mut session, variants[index]).1, expected[index], "{}: {index}", species.name);
        }
    }
    // A large file has room for the caches of all of them.
    let file = model(&Shape::of(GgmlDType::F32, true));
    let loaded = load(&file.bytes());
    let (one, two) = (read(&loaded, &all(&file, 9)), read(&loaded, &all(&file, 10)));
    let ids = prompt(LENGTH, 95);
    let mut session = loaded.fork().expect("it forks");
    let mut cached = |adapter: Option<&Arc<Adapter>>, scale| {
        session.tune(adapter, scale).expect("it fits");
        session.run(&ids).expect("it runs")
    };
    let cases = [(None, 1.0), (Some(&one), 1.0), (Some(&two), 1.0), (Some(&one), 0.5)];
    for (adapter, scale) in cases {
        assert_eq!(cached(adapter, scale), 0);
    }
    for (adapter, scale) in cases {
        assert_eq!(cached(adapter, scale), LENGTH);
    }
}

#[test]
fn states_of_one_adapter_begin_no_run_of_another() {
    let file = zoo()[0].file(GgmlDType::F32);
    let loaded = load(&file.bytes());
    let (one, two) = (read(&loaded, &all(&file, 11)), read(&loaded, &all(&file, 12)));
    let ids = prompt(LENGTH, 96);
    let positions: Vec<usize> = (0..LENGTH).collect();
    let row = Noise::new(13).normals(loaded.info().embedding, 1.0);
    let edits = Edits::new(vec![Edit { layer: 2, position: 70, goes_on: false, change: Change::Add, row }]);
    let run = |session: &mut Session, adapter| {
        session.tune(Some(adapter), 1.0).expect("it fits");
        let cached = session.begin_edited(&ids, &edits).expect("they fit");
        while session.advance().expect("it runs") > 0 {}
        (cached, bits(session))
    };
    let expected = [&one, &two].map(|adapter| run(&mut loaded.fork().expect("it forks"), adapter).1);
    let mut session = tuned(&loaded, &one, 1.0);
    session.begin_states(&ids, &[0, 1, 2], &positions, &Edits::default()).expect("they are in the prompt");
    while session.advance().expect("it runs") > 0 {}
    assert_eq!(run(&mut session, &two).1, expected[1]);
    assert_eq!(run(&mut session, &one), (70, expected[0].clone()), "its own states begin its own run");
}

#[test]
fn everything_runs_with_an_adapter() {
    let continuations = [" the", " re prement in on", &" a st er or".repeat(9)].map(str::to_owned);
    for species in zoo() {
        let file = species.file(GgmlDType::Q4_1);
        let loaded = load(&file.bytes());
        let adapter = read(&loaded, &all(&file, 14));
        let contexts = ["Q: the and of\nA: 1 is to\n\nQ: the in\nA:", "Q: the in\nA:"];
        let encode = |text: &str| loaded.tokenizer().encode(text).expect("it has tokens");
        let mut session = tuned(&loaded, &adapter, 1.5);
        let scores = session.score(contexts[0], &continuations, &[contexts[1].to_owned()]).expect("they fit");
        // Each token after the context and after the reference, by a plain pass.
        for (context, is_reference) in contexts.into_iter().zip([false, true]) {
            let before = encode(context).len();
            for (continuation, score) in continuations.iter().zip(&scores) {
                let ids = encode(&format!("{context}{continuation}"));
                let mut total = 0.0;
                for (index, token) in score.tokens.iter().enumerate() {
                    let mut alone = tuned(&loaded, &adapter, 1.5);
                    alone.run(&ids[..before + index]).expect("it runs");
                    total += f64::from(alone.logprobs().expect("it was run")[token.id as usize]);
                }
                let reference = score.reference.expect("there is one");
                let ours = if is_reference { reference.logprob } else { score.forms.logprob };
                assert!((ours - total).abs() < 1e-9 * total.abs(), "{}: {ours}, not {total}", species.name);
            }
        }

        let ids = prompt(30, 97);
        let expected = fresh(&loaded, &ids, &adapter, 1.5);
        session
            .begin_states(&ids, &[1, species.layers], &[3, 29], &Edits::default())
            .expect("they are there");
        while session.advance().expect("it runs") > 0 {}
        let states = session.states().expect("all was run").clone();
        assert_eq!(bits(&session), expected, "{}", species.name);
        let last = session.lens(1, 1..2, 3, &[]).expect("all was run");
        assert_eq!(last[0].divergence, 0.0, "{}: the last reading is the answer", species.name);
        session.begin_attention(&ids, None).expect("it fits");
        while session.advance().expect("it runs") > 0 {}
        let attention = session.attention().expect("all was run").clone();
        assert_eq!(bits(&session), expected, "{}", species.name);
        session.begin_embedding(&ids, 1, &[29]).expect("it fits");
        while session.advance().expect("it runs") > 0 {}
        assert_eq!(session.states().expect("all was run").row(0, 0), states.row(0, 1), "{}", species.name);

        session.tune(None, 1.0).expect("there is nothing to fit");
        session.begin_attention(&ids, None).expect("it fits");
        while session.advance().expect("it runs") > 0 {}
        assert_ne!(session.attention().expect("all was run"), &attention, "{}", species.name);
    }
}

#[test]
fn every_number_of_threads_gives_the_same_bits() {
    for species in zoo() {
        let file = species.file(GgmlDType::Q4_1);
        let ids = prompt(LENGTH, 98);
        let mut expected = None;
        for threads in [1, 2, 3] {
            let compute = Compute { pool: Pool::new(threads), ..Compute::default() };
            let mut loader = Loader::new(None).with(compute);
            loader.push(&file.bytes()).expect("the file is sound");
            let mut session = loader.finish(None).expect("the file is whole");
            let adapter = read(&session, &all(&file, 15));
            session.tune(Some(&adapter), 1.0).expect("it fits");
            session.run(&ids).expect("it runs");
            assert_eq!(
                expected.get_or_insert(bits(&session)),
                &bits(&session),
                "{}: {threads}",
                species.name
            );
        }
    }
}

#[test]
fn what_is_forgotten_leaves_nothing() {
    let file = model(&Shape::of(GgmlDType::F32, true));
    let loaded = load(&file.bytes());
    let (one, two) = (read(&loaded, &all(&file, 16)), read(&loaded, &all(&file, 17)));
    let ids = prompt(LENGTH, 99);
    let mut session = loaded.fork().expect("it forks");
    for (adapter, scale) in [(Some(&one), 1.0), (Some(&two), 1.0), (None, 1.0), (Some(&one), 0.5)] {
        session.tune(adapter, scale).expect("it fits");
        session.run(&ids).expect("it runs");
    }
    session.begin_states(&ids, &[1], &[4], &Edits::default()).expect("it fits");
    let before = session.caches().idle_bytes();
    session.forget(&one);
    assert!(session.tuning().is_none());
    assert_eq!(Arc::strong_count(&one), 1, "nothing holds it");
    assert!(session.caches().idle_bytes() < before);
    assert_eq!(session.advance().expect("nothing is left to run"), 0);
    assert_eq!(session.run(&ids).expect("it runs"), LENGTH, "the plain run is still cached");
    session.tune(Some(&two), 1.0).expect("it fits");
    assert_eq!(session.run(&ids).expect("it runs"), LENGTH, "and that of the other");
    session.tune(Some(&one), 1.0).expect("it fits");
    assert_eq!(session.run(&ids).expect("it runs"), 0, "its own is not");
}

#[test]
fn scales_and_adapters_that_cannot_be_are_refused() {
    let file = zoo()[0].file(GgmlDType::Q4_1);
    let mut session = load(&file.bytes());
    let ids = prompt(20, 100);
    session.run(&ids).expect("it runs");
    let plain = bits(&session);
    let adapter = read(&session, &all(&file, 18));
    for (scale, got) in [(-0.1, "-0.1"), (2.1, "2.1"), (f32::NAN, "NaN"), (f32::INFINITY, "inf")] {
        let error = session.tune(Some(&adapter), scale).expect_err("it is refused");
        assert_eq!(error.to_string(), format!("scale must be from 0 to 2, but is {got}."));
    }
    type Bend = fn(&mut Adapter);
    let bends: [(&str, Bend); 8] = [
        ("it was made for a \"qwen2\", and the model is a \"llama\"", |a| {
            a.architecture = "qwen2".to_owned()
        }),
        ("it has 1 layers and should have 2", |a| drop(a.layers.pop())),
        ("some of its numbers are infinite or no numbers", |a| a.alpha = f32::NAN),
        ("its rank is 0 and should be from 1 to 64", |a| bend_map(a, |map| map.rank = 0)),
        ("its rank is 65 and should be from 1 to 64", |a| bend_map(a, |map| map.rank = 65)),
        ("has another shape", |a| bend_map(a, |map| map.b.truncate(1))),
        ("some of its numbers are infinite or no numbers", |a| bend_map(a, |map| map.a[1] = f32::INFINITY)),
        ("has another shape", |a| a.layers[1].gains[2] = Some(vec![1.0; 95])),
    ];
    for (sentence, bend) in bends {
        let mut bent = Adapter::clone(&adapter);
        bend(&mut bent);
        let error = session.tune(Some(&Arc::new(bent)), 1.0).expect_err("it is refused");
        assert_eq!(error.code(), "wrong-adapter");
        assert!(error.to_string().contains(sentence), "{error}");
    }
    session.run(&ids).expect("it runs");
    assert_eq!(bits(&session), plain, "nothing was changed");
}

fn bend_map(adapter: &mut Adapter, bend: fn(&mut shotglass::adapter::LowRank)) {
    bend(adapter.layers[1].low_rank[0].as_mut().expect("LoRA is beside W_q"));
}

/// Not-a-number in a slot that nobody sees would spoil every sum that gives it weight zero.
#[test]
fn adapters_that_overflow_are_told_and_leave_nothing_behind() {
    for species in zoo() {
        let file = species.file(GgmlDType::F32);
        let loaded = load(&file.bytes());
        let ids = prompt(LENGTH, 101);
        let mut plain = loaded.fork().expect("it forks");
        plain.run(&ids).expect("it runs");
        let mut huge = Adapter::clone(&read(&loaded, &all(&file, 19)));
        huge.alpha = 3e38;
        let huge = Arc::new(huge);
        let mut session = loaded.fork().expect("it forks");
        session.tune(Some(&huge), 2.0).expect("its numbers are finite");
        let error = session.run(&ids).expect_err("sums overflow");
        let sentence =
            "adapter must be numbers with which the model gives numbers, but is numbers that are too large.";
        assert_eq!(error.to_string(), sentence, "{}", species.name);
        session.begin(&ids).expect("it begins");
        let _ = session.advance();
        session.tune(None, 1.0).expect("there is nothing to fit");
        session.run(&ids).expect("it runs");
        assert_eq!(bits(&session), bits(&plain), "{}", species.name);
    }
}
