//! A model in several files: the same bits as in one, and a clear error for whatever is not all of one model in order.

use shotglass::{Error, Loader};

use super::feed::{Chunks, Fate, feed, feed_shards};
use super::sound;
use super::support::gguf::{Gguf, Value};
use super::support::noise::Noise;

fn bytes(files: &[Gguf]) -> Vec<Vec<u8>> {
    files.iter().map(Gguf::bytes).collect()
}

/// The sound file in three.
fn three() -> Vec<Gguf> {
    sound().split(&[3, 9, usize::MAX])
}

/// All must end in this code, with this in the sentence.
fn expect(name: &str, files: &[Gguf], code: &str, sentence: &str) {
    match feed_shards(&bytes(files)) {
        Fate::Refused(got, said) => assert!(got == code && said.contains(sentence), "{name}: {got}: {said}"),
        loaded => panic!("{name}: {loaded:?}"),
    }
}

#[test]
fn shards_give_the_bits_of_one_file() {
    let file = sound();
    let whole = feed(&file.bytes(), true, Chunks::Whole);
    let count = file.tensors.len();
    for tensors in [vec![count], vec![1, count - 1], vec![0, 5, count - 5], vec![1; count]] {
        assert!(feed_shards(&bytes(&file.split(&tensors))) == whole, "{tensors:?}");
    }
}

#[test]
fn a_set_that_is_not_one_model_is_refused() {
    let [first, second, third] = &three()[..] else { panic!("three shards") };
    let [first, second, third] = [first, second, third].map(Gguf::clone);
    let set = |files: &[&Gguf]| files.iter().map(|&file| file.clone()).collect::<Vec<_>>();

    let wrong = |name, files: &[&Gguf], sentence| expect(name, &set(files), "wrong-shard", sentence);
    wrong("alone", &[&first], "it is shard 1 of 3, and came without the others");
    wrong("another alone", &[&second], "it is shard 2 of 3, and came without the others");
    wrong("the last missing", &[&first, &second], "one of 3 shards, and came as one of 2");
    wrong("twice", &[&first, &first, &third], "it is shard 1, and came where shard 2 should be");
    wrong("out of order", &[&second, &first, &third], "it is shard 2, and came where shard 1 should be");
    wrong("a whole model", &[&sound(), &second, &third], "it is a whole model, and came as one of 3");

    let bent = |file: &Gguf, bend: &dyn Fn(&mut Gguf)| {
        let mut file = file.clone();
        bend(&mut file);
        file
    };
    let larger = bent(&second, &|file| file.set("split.tensors.count", Value::I32(99)));
    wrong("of another model", &[&first, &larger, &third], "its model has 99 tensors, and that of the first");
    let fewer = bent(&third, &|file| drop(file.tensors.pop()));
    wrong("a tensor missing", &[&first, &second, &fewer], "tensors, and the shards have");
    let again = bent(&second, &|file| file.tensors[0] = first.tensors[0].clone());
    wrong("a tensor twice", &[&first, &again, &third], "is in an earlier one too");

    let narrow = bent(&second, &|file| file.tensors[0].dims[0] *= 2);
    let narrow = bent(&narrow, &|file| file.tensors[0].bytes.extend(second.tensors[0].bytes.clone()));
    expect("of another shape", &set(&[&first, &narrow, &third]), "corrupt", "and should be");
    let odd = bent(&second, &|file| file.set("split.no", Value::I32(-1)));
    expect("a number below zero", &set(&[&first, &odd, &third]), "corrupt", "split.no is -1");
}

#[test]
fn a_single_file_may_say_that_it_is_one_of_one() {
    let whole = feed(&sound().bytes(), true, Chunks::Whole);
    let mut file = sound();
    file.set("split.count", Value::U16(1));
    file.set("split.no", Value::U16(0));
    assert!(feed(&file.bytes(), true, Chunks::Whole) == whole);
}

#[test]
fn files_that_end_too_soon_or_never_come() {
    let files = bytes(&three());
    for cut in [0, 1, 40, files[1].len() / 2, files[1].len() - 40] {
        let cut_short = [files[0].clone(), files[1][..cut].to_vec(), files[2].clone()];
        assert_eq!(feed_shards(&cut_short).code(), "truncated", "cut at {cut}");
    }
    let mut loader = Loader::new(None).shards(3);
    loader.push(&files[0]).expect("the first is sound");
    assert!(matches!(loader.finish(None), Err(Error::WrongShard { .. })));
}

#[test]
fn a_file_that_begins_again_leaves_no_trace() {
    let files = bytes(&three());
    let load = |breaks: &[(usize, usize)]| {
        let mut loader = Loader::new(None).shards(3);
        for (no, file) in files.iter().enumerate() {
            for &(_, at) in breaks.iter().filter(|(broken, _)| *broken == no) {
                loader.begin(None);
                loader.push(&file[..at]).expect("its beginning is sound");
            }
            loader.begin(Some(file.len() as u64));
            loader.push(file).expect("it is sound");
            loader.end(None).expect("it is whole");
        }
        let mut session = loader.finish(None).expect("all came");
        session.run(&[5, 70, 111]).expect("it runs");
        let bits: Vec<u32> = session.logits().expect("it ran").iter().map(|x| x.to_bits()).collect();
        (session.info().parameters, session.info().quantization.clone(), bits)
    };
    let never = load(&[]);
    let mut noise = Noise::new(4);
    for (no, file) in files.iter().enumerate() {
        let breaks: Vec<_> = (0..5).map(|_| (no, noise.below(file.len()))).collect();
        assert!(load(&breaks) == never, "{breaks:?}");
    }

    // After a file that was refused, the right one.
    let mut loader = Loader::new(None).shards(3);
    for (no, file) in files.iter().enumerate() {
        for wrong in [&files[(no + 1) % 3], &file[..file.len() / 2].to_vec()] {
            loader.begin(None);
            let refused = loader.push(wrong).and_then(|()| loader.end(None).map(drop));
            assert!(refused.is_err(), "in place of {no}");
            assert_eq!(loader.end(None).err(), refused.err(), "told again");
        }
        loader.begin(None);
        loader.push(file).expect("it is sound");
        assert!(loader.end(Some(&"0".repeat(64))).is_err(), "another hash was wanted");
        loader.begin(None);
        loader.push(file).expect("it is sound");
        loader.end(None).expect("it is whole");
    }
    loader.finish(None).expect("all came");
}

#[test]
fn the_hash_of_several_files_is_that_of_their_hashes() {
    let sha256 = |bytes: &[u8]| -> String {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(bytes);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let files = bytes(&three());
    let list: String = files.iter().map(|file| sha256(file) + "\n").collect();
    let load = |want: &str| {
        let mut loader = Loader::new(None).shards(3);
        for file in &files {
            loader.begin(None);
            loader.push(file).expect("it is sound");
            assert_eq!(loader.end(Some(&sha256(file))).expect("its hash is right"), sha256(file));
        }
        loader.finish(Some(want))
    };
    let session = load(&sha256(list.as_bytes())).expect("the hash is right");
    assert_eq!(session.info().file.sha256, sha256(list.as_bytes()));
    assert_eq!(session.info().file.bytes, files.iter().map(|file| file.len() as u64).sum::<u64>());
    assert!(matches!(load(&sha256(&files.concat())), Err(Error::ChecksumMismatch { .. })));
}

#[test]
fn bent_shards() {
    let files = bytes(&three());
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let mut bent = files.clone();
        let which = noise.below(3);
        for _ in 0..3 {
            let at = noise.below(bent[which].len().min(2000));
            bent[which][at] ^= 1 << noise.below(8);
        }
        if seed % 5 == 0 {
            bent.swap(noise.below(3), noise.below(3));
        }
        feed_shards(&bent);
    }
}
