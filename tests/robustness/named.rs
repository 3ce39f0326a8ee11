//! Files wrong in one known way each, and the code that each must give: what is not GGUF, and what is bent in its
//! header, its directory or its data.

use super::feed::{Chunks, Fate, feed, feed_as};
use super::sound;
use super::support::gguf::{Gguf, Value};
use super::support::lens::{CODE_BOOKS, lens};

/// Feeds `bytes` in several ways; all must end with `code` (or `loaded`).
pub fn expect(name: &str, bytes: &[u8], code: &str) {
    for announced in [true, false] {
        for chunks in [Chunks::Whole, Chunks::Random(9), Chunks::Single] {
            let fate = feed(bytes, announced, chunks);
            assert_eq!(fate.code(), code, "{name}, length announced: {announced}, {chunks:?}: {fate:?}");
            if code == "loaded" {
                assert!(matches!(fate, Fate::Loaded(Ok(_))), "{name} loads and runs: {fate:?}");
            }
        }
    }
}

/// The sound file after `bend`.
fn expect_bent(name: &str, code: &str, bend: impl FnOnce(&mut Gguf)) {
    let mut file = sound();
    bend(&mut file);
    expect(name, &file.bytes(), code);
}

#[test]
fn what_is_no_gguf() {
    let page = "<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n";
    expect("a web page", page.as_bytes(), "not-gguf");
    expect("a large web page", page.repeat(5000).as_bytes(), "not-gguf");
    expect("JSON", br#"{"error":"Repository not found"}"#, "not-gguf");
    expect(
        "a pointer to a large file",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        "not-gguf",
    );
    expect("a zip file", b"PK\x03\x04\x14\x00\x00\x00\x08\x00", "not-gguf");
    expect("the older format", b"tjgg\x03\x00\x00\x00\x00\x00\x00\x00", "not-gguf");
    expect("zeros", &[0; 10_000], "not-gguf");
    expect(
        "noise",
        &(0..9999u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>(),
        "not-gguf",
    );
    expect("another case", b"gguf\x03\x00\x00\x00", "not-gguf");
    expect("four bytes of something else", b"PNG\n", "not-gguf");
    expect_bent("reversed magic", "not-gguf", |file| file.magic = *b"FUGG");
}

#[test]
fn what_stops_too_soon() {
    expect("nothing", b"", "truncated");
    expect("one byte", b"G", "truncated");
    expect("the magic alone", b"GGUF", "truncated");
    expect("magic and version", b"GGUF\x03\x00\x00\x00", "truncated");
}

#[test]
fn a_file_longer_than_announced() {
    let bytes = sound().bytes();
    for total in [0, 10, bytes.len() as u64 - 1] {
        assert_eq!(feed_as(&bytes, Some(total), None).code(), "corrupt", "announced as {total} bytes");
    }
}

#[test]
fn versions() {
    for (version, code) in [
        (0, "unsupported-version"),
        (1, "unsupported-version"),
        (2, "loaded"),
        (3, "loaded"),
        (4, "unsupported-version"),
        (u32::MAX, "unsupported-version"),
        // Big-endian files.
        (2 << 24, "unsupported-version"),
        (3 << 24, "unsupported-version"),
    ] {
        expect_bent(&format!("version {version:#x}"), code, |file| file.version = version);
    }
}

#[test]
fn counts_and_lengths_that_cannot_be() {
    for huge in [u64::MAX, u64::MAX / 8, 1 << 63, 1 << 32, 1 << 30] {
        expect_bent("tensors", "corrupt", |file| file.claimed_counts = Some((huge, 21)));
        expect_bent("entries", "corrupt", |file| file.claimed_counts = Some((20, huge)));

        let file = sound().file();
        let mut bytes = file.bytes.clone();
        bytes[24..32].copy_from_slice(&huge.to_le_bytes());
        expect("the length of the first key", &bytes, "corrupt");
    }
    expect_bent("no tensors", "corrupt", |file| file.tensors.clear());
    expect_bent("no tensors and no entries", "unsupported-architecture", |file| {
        file.tensors.clear();
        file.metadata.clear();
    });
}

#[test]
fn an_array_longer_than_the_file_is_refused_or_waited_for() {
    let mut file = sound();
    file.metadata.insert(0, ("general.tags".to_owned(), Value::Array(8, Vec::new())));
    // Header, length of the key, key, type, type of the items.
    let at = 24 + 8 + "general.tags".len() + 4 + 4;
    for huge in [u64::MAX, 1 << 63, 1 << 40] {
        let mut bytes = file.bytes();
        bytes[at..at + 8].copy_from_slice(&huge.to_le_bytes());
        for announced in [true, false] {
            let fate = feed(&bytes, announced, Chunks::Random(4));
            assert!(["corrupt", "truncated"].contains(&fate.code()), "{huge} items: {fate:?}");
        }
    }
}

#[test]
fn metadata_that_cannot_be() {
    expect_bent("nested arrays", "corrupt", |file| {
        let deep =
            (0..40).fold(Value::Array(4, vec![Value::U32(1)]), |inner, _| Value::Array(9, vec![inner]));
        file.metadata.insert(0, ("general.deep".to_owned(), deep));
    });
    expect_bent("an array of no known type", "corrupt", |file| {
        file.metadata.insert(0, ("general.odd".to_owned(), Value::Array(77, Vec::new())));
    });
    expect_bent("a key twice", "corrupt", |file| {
        let first = file.metadata[0].clone();
        file.metadata.push(first);
    });
    expect_bent("a very long key twice", "corrupt", |file| {
        file.metadata.insert(0, ("k".repeat(100_000), Value::U32(1)));
        file.metadata.insert(0, ("k".repeat(100_000), Value::U32(1)));
    });
    let mut bytes = sound().bytes();
    bytes[32] = 0xff;
    expect("a key that is not UTF-8", &bytes, "corrupt");

    for (key, value) in [
        ("general.empty", Value::Array(8, Vec::new())),
        ("general.empty_name", Value::string("")),
        ("general.tags", Value::strings(["a", "", "中"])),
        ("general.wide", Value::F64(1.0)),
        ("general.many", Value::Array(0, vec![Value::U8(1); 5000])),
        ("", Value::U64(u64::MAX)),
    ] {
        expect_bent(key, "loaded", |file| file.metadata.insert(0, (key.to_owned(), value)));
    }
}

#[test]
fn alignment() {
    for (value, code) in [
        (Value::U32(0), "corrupt"),
        (Value::U32(3), "corrupt"),
        (Value::U32(1 << 31), "corrupt"),
        (Value::U64(u64::MAX), "corrupt"),
        (Value::I32(-32), "corrupt"),
        (Value::string("32"), "corrupt"),
    ] {
        expect_bent(&format!("alignment {value:?}"), code, |file| file.set("general.alignment", value));
    }
    for alignment in [8, 64, 4096] {
        expect_bent(&format!("alignment {alignment}"), "loaded", |file| {
            file.set("general.alignment", Value::U32(alignment as u32));
            file.alignment = alignment;
        });
    }
}

#[test]
fn shapes_that_cannot_be() {
    for dims in [
        vec![],
        vec![0],
        vec![32, 0],
        vec![u64::MAX, 2],
        vec![32, u64::MAX],
        vec![1 << 32, 1 << 32],
        vec![1 << 63, 1 << 63, 1 << 63, 1 << 63],
        vec![33, 299],
        vec![31, 299],
        vec![299, 32],
        vec![32, 298],
        vec![32, 300],
        vec![32, 299, 2],
        vec![32, 299, 1, 1, 1],
        vec![1; 1000],
        vec![1 << 40],
    ] {
        expect_bent(&format!("{dims:?}"), "corrupt", |file| {
            file.tensor("token_embd.weight").dims = dims.clone()
        });
    }
    expect_bent("ones behind the shape", "loaded", |file| {
        file.tensor("token_embd.weight").dims = vec![32, 299, 1, 1]
    });
}

#[test]
fn every_tensor_must_be_there_once_and_in_shape() {
    for tensor in sound().tensors {
        let name = tensor.name;
        // The output layer alone may be missing: the embedding takes its place.
        let missing = if name == "output.weight" { "loaded" } else { "corrupt" };
        expect_bent(&format!("no {name}"), missing, |file| file.tensors.retain(|tensor| tensor.name != name));
        expect_bent(&format!("{name} twice"), "corrupt", |file| {
            let twin = file.tensor(&name).clone();
            file.tensors.push(twin);
        });
        expect_bent(&format!("{name} with a row more"), "corrupt", |file| {
            let tensor = file.tensor(&name);
            let rows = tensor.dims.get(1).copied().unwrap_or(1);
            let row: Vec<u8> = tensor.bytes[..tensor.bytes.len() / rows as usize].to_vec();
            tensor.bytes.extend(row);
            tensor.dims = vec![tensor.dims[0], rows + 1];
        });
    }
    expect_bent("a tensor that nobody knows", "unsupported-architecture", |file| {
        let mut unknown = file.tensor("output_norm.weight").clone();
        unknown.name = "blk.0.attn_sinks.weight".to_owned();
        file.tensors.push(unknown);
    });
    expect_bent("a very long name", "corrupt", |file| {
        file.tensor("output.weight").name = "n".repeat(100_000)
    });
}

#[test]
fn types_that_nobody_reads() {
    // 4 and 5 were removed from ggml, 24 is a type of integers, 34 has three values, 40 has floats of 4 bits.
    for kind in [4, 5, 24, 34, 40, 999, u32::MAX] {
        let name = format!("type {kind}");
        expect_bent(&name, "unsupported-quantization", |file| file.tensor("blk.1.ffn_up.weight").kind = kind);
    }
}

#[test]
fn tensors_with_code_books_that_end_early() {
    for (name, dtype, number) in CODE_BOOKS {
        let file = lens(dtype, number).file();
        let (_, block) = dtype.block();
        for len in [file.data, file.data + 1, file.data + block - 1, file.data + 3 * block] {
            for chunks in [Chunks::Whole, Chunks::Random(9)] {
                let fate = feed(&file.bytes[..len], false, chunks);
                assert_eq!(fate.code(), "truncated", "{name}, {len} bytes: {fate:?}");
            }
        }
        expect(name, &file.bytes, "loaded");
    }
}

#[test]
fn offsets_that_cannot_be() {
    for (name, offset, code) in [
        ("misaligned", 33, "corrupt"),
        ("overlapping", 32, "corrupt"),
        ("on top of the first", 0, "corrupt"),
        ("beyond any file", u64::MAX - 31, "corrupt"),
        ("beyond this file", 1 << 40, "truncated"),
    ] {
        expect_bent(name, code, |file| file.tensor("blk.1.ffn_up.weight").claimed_offset = Some(offset));
    }
    expect_bent("misaligned, and clear of all others", "corrupt", |file| {
        let before = &file.tensors[..file.tensors.len() - 1];
        let offset: u64 = before.iter().map(|tensor| (tensor.bytes.len() as u64).next_multiple_of(32)).sum();
        let last = file.tensors.last_mut().expect("there are tensors");
        last.bytes.push(0);
        last.claimed_offset = Some(offset + 1);
    });
    // The order of the directory need not be that of the data.
    expect_bent("a directory in another order", "loaded", |file| {
        let mut offset = 0;
        for tensor in &mut file.tensors {
            tensor.claimed_offset = Some(offset);
            offset += (tensor.bytes.len() as u64).next_multiple_of(32);
        }
        let names: Vec<_> = file
            .tensors
            .iter()
            .map(|tensor| (tensor.name.clone(), tensor.kind, tensor.dims.clone(), tensor.claimed_offset))
            .collect();
        for (tensor, (name, kind, dims, offset)) in file.tensors.iter_mut().zip(names.into_iter().rev()) {
            (tensor.name, tensor.kind, tensor.dims, tensor.claimed_offset) = (name, kind, dims, offset);
        }
    });
}

#[test]
fn what_follows_the_last_tensor_does_not_matter() {
    let mut bytes = sound().bytes();
    bytes.extend([7; 5000]);
    expect("bytes behind the end", &bytes, "loaded");
}

#[test]
fn checksums() {
    let bytes = sound().bytes();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
    let right: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(feed_as(&bytes, None, Some(&right)).code(), "loaded");
    assert_eq!(
        feed_as(&bytes, None, Some(&right.to_uppercase())).code(),
        "loaded",
        "the case of digits says nothing"
    );
    let other = right.replace(['0', '1', '2'], "3");
    for wrong in [other.as_str(), &right[1..], "", "not a checksum"] {
        assert_eq!(feed_as(&bytes, None, Some(wrong)).code(), "checksum-mismatch", "{wrong:?}");
    }
    // One bit of one weight: everything is in shape, and only the checksum knows.
    let mut bent = bytes.clone();
    let last = bent.len() - 200;
    bent[last] ^= 1;
    assert_eq!(feed_as(&bent, None, None).code(), "loaded");
    assert_eq!(feed_as(&bent, None, Some(&right)).code(), "checksum-mismatch");
}
