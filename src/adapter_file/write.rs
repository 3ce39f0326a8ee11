//! Writes an adapter.

use half::f16;

use super::{name, targets};
use crate::adapter::{Adapter, Gain, MAX_RANK, Target};
use crate::error::{Error, Result, try_vec};
use crate::model::Model;

/// Tensors begin at multiples of this many bytes.
const ALIGNMENT: usize = 32;

/// The numbers in a file, as GGUF counts their types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// 32 bits each, so that nothing is lost.
    F32 = 0,
    /// 16 bits each. What has no such number becomes infinite, and is then refused when the file is read.
    F16 = 1,
}

/// The bytes of a GGUF file with this adapter, which must fit the model.
///
/// # Errors
/// `wrong-adapter` if matrices are joined in the model's file, and the ranks beside them exceed [`MAX_RANK`]
/// together.
pub fn write(adapter: &Adapter, numbers: Numbers, model: &Model) -> Result<Vec<u8>> {
    let mut file = File { numbers, tensors: 0, directory: Vec::new(), data: Vec::new() };
    let mut kind = "lora";
    let heads: &[&str] =
        if model.weights().has_joined_heads { &["attn_qkv"] } else { &["attn_q", "attn_k", "attn_v"] };
    for (index, layer) in adapter.layers.iter().enumerate() {
        for parts in [heads, &["attn_output", "ffn_gate", "ffn_up", "ffn_down"]] {
            for part in parts {
                file.low_rank(adapter, index, part, model)?;
            }
        }
        for gain in Gain::ALL {
            if let Some(factors) = layer.gain(gain) {
                kind = "ia3";
                file.tensor(&name(index, gain.target().part()), ".ia3", factors.len(), 1, factors);
            }
        }
    }
    Ok(file.finish(adapter, kind))
}

/// Rows of a matrix.
fn rows(model: &Model, layer: usize, target: Target) -> usize {
    model.config().matrix(layer, target).map_or(0, |(rows, _)| rows)
}

/// A file that is written.
struct File {
    numbers: Numbers,
    tensors: u64,
    directory: Vec<u8>,
    data: Vec<u8>,
}

impl File {
    /// The maps beside matrices that are one in a file. If they have one A, so has the file, and otherwise they are under
    /// one another in A, and each is in columns of its own in B.
    fn low_rank(&mut self, adapter: &Adapter, layer: usize, part: &str, model: &Model) -> Result<()> {
        let (base, targets) = (name(layer, part), targets(model, part));
        let maps = &adapter.layers[layer];
        let Some(first) = targets.iter().find_map(|&target| maps.low_rank(target)) else { return Ok(()) };
        let (mut rank, mut output, mut is_shared) = (0, 0, true);
        for &target in targets {
            output += rows(model, layer, target);
            if let Some(map) = maps.low_rank(target) {
                rank += map.rank;
                is_shared &= map.a == first.a;
            }
        }
        rank = if is_shared { first.rank } else { rank };
        if rank > MAX_RANK {
            let what =
                format!("beside {base:?} its ranks are {rank} together, and a file may have {MAX_RANK}");
            return Err(Error::wrong_adapter(what));
        }
        let (mut a, mut b) = (Vec::new(), try_vec(0.0, output * rank, "the adapter")?);
        let (mut row, mut column) = (0, 0);
        for &target in targets {
            let rows = rows(model, layer, target);
            if let Some(map) = maps.low_rank(target) {
                if is_shared {
                    a.clear();
                    column = 0;
                }
                a.extend_from_slice(&map.a);
                // The factor of the file's map belongs to its whole rank.
                let factor = adapter.factor(map.rank) / adapter.factor(rank);
                for from in map.b.chunks_exact(rows) {
                    for (index, x) in from.iter().enumerate() {
                        b[(row + index) * rank + column] = factor * x;
                    }
                    column += 1;
                }
            }
            row += rows;
        }
        self.tensor(&base, ".lora_a", first.input(), rank, &a);
        self.tensor(&base, ".lora_b", rank, output, &b);
        Ok(())
    }

    #[inline(never)]
    fn tensor(&mut self, base: &str, end: &str, columns: usize, rows: usize, values: &[f32]) {
        pad(&mut self.data);
        number(&mut self.directory, (base.len() + end.len()) as u64);
        self.directory.extend_from_slice(base.as_bytes());
        self.directory.extend_from_slice(end.as_bytes());
        short(&mut self.directory, 2);
        number(&mut self.directory, columns as u64);
        number(&mut self.directory, rows as u64);
        short(&mut self.directory, self.numbers as u32);
        number(&mut self.directory, self.data.len() as u64);
        for value in values {
            match self.numbers {
                Numbers::F32 => short(&mut self.data, value.to_bits()),
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
        short(&mut file, 3);
        number(&mut file, self.tensors);
        number(&mut file, texts.len() as u64 + 1);
        for (key, value) in texts {
            text(&mut file, key);
            short(&mut file, 8);
            text(&mut file, value);
        }
        text(&mut file, "adapter.lora.alpha");
        short(&mut file, 6);
        short(&mut file, adapter.alpha.to_bits());
        file.append(&mut self.directory);
        pad(&mut file);
        pad(&mut self.data);
        file.append(&mut self.data);
        file
    }
}

/// Fills bytes up to where a tensor may begin.
#[inline(never)]
fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

/// Appends a number of 32 bits.
#[inline(never)]
fn short(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

/// Appends a number of 64 bits.
#[inline(never)]
fn number(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend_from_slice(&number.to_le_bytes());
}

/// Appends a text after its length.
#[inline(never)]
fn text(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}
