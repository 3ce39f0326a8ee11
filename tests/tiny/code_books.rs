//! Types that candle does not read: models for `tests/package/model/llama-types.test.mjs`, where llama.cpp says what their
//! weights are.

use super::support::lens::{CODE_BOOKS, lens};
use super::types::record;
use super::{load, tiny};

#[test]
fn every_code_book_has_a_model() {
    // Each token once.
    let ids: Vec<u32> = (0..tiny::vocabulary().len() as u32).collect();
    for (name, dtype, number) in CODE_BOOKS {
        let bytes = lens(dtype, number).bytes();
        let mut session = load(&bytes);
        session.run(&ids).expect("the prompt runs");
        assert!(session.logits().expect("it was run").iter().all(|logit| logit.is_finite()), "{name}");
        record(name, &bytes, &session, &ids);
    }
}
