//! Writes an adapter.

use half::f16;

use super::{A, B, GAIN, Place, name, places, tensors};
use crate::adapter::{Adapter, Gain, MAX_RANK, Target};
use crate::error::{Error, Result};
use crate::model::Model;

/// Tensors begin at multiples of this many bytes.
const ALIGNMENT: usize = 32;

/// The numbers in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// 32 bits each, so that nothing is lost.
    F32,
    /// 16 bits each. What has no such number becomes infinite, and is then refused when the file is read.
    F16,
}

/// The bytes of a GGUF file with this adapter, which must fit the model.
///
/// # Errors
/// `wrong-adapter` if matrices are joined in the model's file, and the ranks beside them exceed [`MAX_RANK`]
/// together.
pub fn write(adapter: &Adapter, numbers: Numbers, model: &Model) -> Result<Vec<u8>> {
    let mut file = File { numbers, tensors: 0, directory: Vec::new(), data: Vec::new() };
    let is_joined = model.weights().has_joined_heads;
    for tensor in tensors(model)? {
        let Some(places) = places(&tensor) else { continue };
        let is_part = matches!(places[..], [Place { target: Target::Q | Target::K | Target::V, .. }]);
        let is_qkv = matches!(places[..], [Place { target: Target::Q, .. }, _, _]);
        if !(if is_joined { is_part } else { is_qkv }) {
            file.low_rank(adapter, &tensor.name, &places)?;
        }
    }
    for (index, layer) in adapter.layers.iter().enumerate() {
        for gain in Gain::ALL {
            let Some(factors) = layer.gain(gain) else { continue };
            file.tensor(&(name(index, gain.target()) + GAIN), factors.len(), 1, factors);
        }
    }
    let has_gains = adapter.layers.iter().any(|layer| layer.gains.iter().any(Option::is_some));
    Ok(file.finish(adapter, if has_gains { "ia3" } else { "lora" }))
}

/// A file that is written.
struct File {
    numbers: Numbers,
    tensors: u64,
    directory: Vec<u8>,
    data: Vec<u8>,
}

impl File {
    /// The maps beside the matrices at `places`, which are one in a file: under one another in A, and each in columns of
    /// its own in B.
    fn low_rank(&mut self, adapter: &Adapter, base: &str, places: &[Place]) -> Result<()> {
        let map = |place: &Place| adapter.layers[place.layer].low_rank(place.target);
        let rank: usize = places.iter().filter_map(map).map(|map| map.rank).sum();
        let output: usize = places.iter().map(|place| place.rows).sum();
        if rank == 0 {
            return Ok(());
        }
        if rank > MAX_RANK {
            let what =
                format!("beside {base:?} its ranks are {rank} together, and a file may have {MAX_RANK}");
            return Err(Error::wrong_adapter(what));
        }
        let (mut a, mut b) = (Vec::new(), vec![0.0; output * rank]);
        let mut first = 0;
        for place in places {
            if let Some(map) = map(place) {
                // The factor of the file's map belongs to its whole rank.
                let factor = adapter.factor(map.rank) / adapter.factor(rank);
                for (column, from) in (a.len() / map.input()..).zip(map.b.chunks_exact(map.output())) {
                    for (row, x) in (first..).zip(from) {
                        b[row * rank + column] = factor * x;
                    }
                }
                a.extend_from_slice(&map.a);
            }
            first += place.rows;
        }
        self.tensor(&format!("{base}{A}"), a.len() / rank, rank, &a);
        self.tensor(&format!("{base}{B}"), rank, output, &b);
        Ok(())
    }

    fn tensor(&mut self, name: &str, columns: usize, rows: usize, values: &[f32]) {
        self.data.resize(self.data.len().next_multiple_of(ALIGNMENT), 0);
        let kind: u32 = match self.numbers {
            Numbers::F32 => 0,
            Numbers::F16 => 1,
        };
        string(&mut self.directory, name);
        self.directory.extend_from_slice(&2u32.to_le_bytes());
        for size in [columns, rows] {
            self.directory.extend_from_slice(&(size as u64).to_le_bytes());
        }
        self.directory.extend_from_slice(&kind.to_le_bytes());
        self.directory.extend_from_slice(&(self.data.len() as u64).to_le_bytes());
        for value in values {
            match self.numbers {
                Numbers::F32 => self.data.extend_from_slice(&value.to_le_bytes()),
                Numbers::F16 => self.data.extend_from_slice(&f16::from_f32(*value).to_le_bytes()),
            }
        }
        self.tensors += 1;
    }

    fn finish(mut self, adapter: &Adapter, kind: &str) -> Vec<u8> {
        let texts = [
            ("general.type", "adapter"),
            ("general.architecture", &adapter.architecture),
            ("general.name", &adapter.name),
            ("adapter.type", kind),
        ];
        let mut file = b"GGUF".to_vec();
        file.extend_from_slice(&3u32.to_le_bytes());
        for count in [self.tensors, texts.len() as u64 + 1] {
            file.extend_from_slice(&count.to_le_bytes());
        }
        for (key, text) in texts {
            string(&mut file, key);
            file.extend_from_slice(&8u32.to_le_bytes());
            string(&mut file, text);
        }
        string(&mut file, "adapter.lora.alpha");
        file.extend_from_slice(&6u32.to_le_bytes());
        file.extend_from_slice(&adapter.alpha.to_le_bytes());

        file.append(&mut self.directory);
        file.resize(file.len().next_multiple_of(ALIGNMENT), 0);
        self.data.resize(self.data.len().next_multiple_of(ALIGNMENT), 0);
        file.append(&mut self.data);
        file
    }
}

/// Appends a text after its length.
fn string(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}
