//! Text becomes the same tokens as with llama.cpp, and comes back as it was.

use super::files::{session, texts};

#[test]
fn tokens_are_those_of_llama_cpp() {
    let session = session();
    let tokenizer = session.tokenizer();
    let strings = texts("strings.json");
    assert!(strings.len() >= 2000, "only {} strings", strings.len());

    let mut failures = Vec::new();
    for text in strings.iter().chain(&texts("prompts.json")) {
        let ours = tokenizer.encode(&text.text).expect("any text has tokens");
        if ours != text.ids {
            failures.push(format!("{:?}: {ours:?}, but llama.cpp {:?}", text.text, text.ids));
        }
    }
    println!("{} strings, {} differ", strings.len(), failures.len());
    assert!(
        failures.is_empty(),
        "{} of {} differ, among them:\n{}",
        failures.len(),
        strings.len(),
        failures[..failures.len().min(30)].join("\n")
    );
}

/// The vocabulary has no token for these bytes; text that holds them loses them, here as in llama.cpp.
const MISSING: [u8; 21] = [
    0x04, 0x06, 0x13, 0x14, 0x16, 0x1d, 0xc0, 0xc1, 0xf1, 0xf2, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb,
    0xfc, 0xfd, 0xfe, 0xff,
];

#[test]
fn text_comes_back_from_its_tokens() {
    let session = session();
    let tokenizer = session.tokenizer();
    for text in texts("strings.json") {
        let kept: Vec<u8> = text.text.bytes().filter(|byte| !MISSING.contains(byte)).collect();
        let bytes: Vec<u8> = text.ids.iter().flat_map(|&id| tokenizer.bytes(id)).copied().collect();
        assert_eq!(bytes, kept, "{:?}", text.text);
        assert_eq!(tokenizer.decode(&text.ids), String::from_utf8_lossy(&kept), "{:?}", text.text);
    }
}

#[test]
fn a_text_that_is_split_has_the_tokens_of_the_whole() {
    let session = session();
    let tokenizer = session.tokenizer();
    let mut merged = 0;
    for text in texts("strings.json").iter().chain(&texts("prompts.json")) {
        let middle = text.text.char_indices().nth(text.text.chars().count() / 2).map_or(0, |(at, _)| at);
        let (context, continuation) = text.text.split_at(middle);
        match tokenizer.split(context, &[continuation.to_owned()], usize::MAX) {
            Ok(splits) => {
                let ids = [&splits[0].context[..], &splits[0].continuation].concat();
                assert_eq!(ids, text.ids, "{context:?} + {continuation:?}");
            }
            // A token across the middle, or nothing behind it that has a token.
            Err(error) => {
                let known = ["merged-continuation", "invalid-option"].contains(&error.code());
                assert!(known, "{context:?} + {continuation:?}: {error}");
                merged += 1;
            }
        }
    }
    println!("{merged} have a token across the middle");
    assert!(merged < texts("strings.json").len() / 2, "{merged} have no boundary in the middle");
}
