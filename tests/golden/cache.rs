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
