//! Cached = uncached on the real model. `tests/tiny` tries every split; here a few, at the real sizes.

use shotglass::Session;

use super::files::{Text, session, texts};

fn bits(session: &Session) -> Vec<u32> {
    session.logits().expect("something was run").iter().map(|logit| logit.to_bits()).collect()
}

/// Splits around the ends of pages (64) and of chunks (16, 32), and some at no particular place.
fn splits(len: usize) -> impl Iterator<Item = usize> {
    [1, 15, 16, 31, 33, 50, 63, 64, 65, 100, len - 1, len].into_iter().filter(move |&split| split <= len)
}

#[test]
fn any_split_gives_the_same_bits() {
    let prompts = texts("prompts.json");
    let named =
        |name: &str| prompts.iter().find(|prompt| prompt.name == name).expect("a prompt of prompts.mjs");
    let loaded = session();
    for Text { name, ids, .. } in [named("capital"), named("past-tense-4"), named("recipe"), named("rust")] {
        let fresh = || loaded.fork().expect("it forks");
        let mut whole = fresh();
        assert_eq!(whole.run(ids).expect("the prompt runs"), 0, "nothing is cached at first");
        let expected = bits(&whole);
        for split in splits(ids.len()) {
            let mut session = fresh();
            session.run(&ids[..split]).expect("the prefix runs");
            assert_eq!(session.run(ids).expect("the whole runs"), split, "{name}: the prefix is cached");
            assert!(bits(&session) == expected, "{name} of {} tokens split at {split}", ids.len());
        }
        let mut session = fresh();
        for end in 1..=ids.len() {
            session.run(&ids[..end]).expect("one more token runs");
        }
        assert!(bits(&session) == expected, "{name} token by token");
    }
}

/// The real model is large enough for a chunk to be run in parts of a few layers.
#[test]
fn a_chunk_that_was_given_up_between_its_layers_leaves_no_trace() {
    let prompts = texts("prompts.json");
    let of =
        |name: &str| &prompts.iter().find(|prompt| prompt.name == name).expect("a prompt of prompts.mjs").ids;
    let (ids, other) = (of("past-tense-8"), of("rust"));
    let loaded = session();
    let mut whole = loaded.fork().expect("it forks");
    whole.run(ids).expect("the prompt runs");
    let expected = bits(&whole);

    let mut between = 0;
    for parts in 1..8 {
        let mut session = loaded.fork().expect("it forks");
        session.begin(other).expect("the other prompt is fine");
        for _ in 0..parts {
            between += usize::from(session.advance().expect("a part runs") == other.len());
        }
        session.run(ids).expect("the prompt runs");
        assert!(bits(&session) == expected, "after {parts} parts of another prompt");
    }
    assert!(between > 7, "a chunk of {} tokens runs in parts", other.len());
}
