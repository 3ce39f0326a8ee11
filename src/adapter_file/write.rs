//! Writes an adapter.

use half::f16;

use super::{A, B, GAIN, name};
use crate::adapter::{Adapter, Gain, Target};

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

/// The bytes of a GGUF file with this adapter.
pub fn write(adapter: &Adapter, numbers: Numbers) -> Vec<u8> {
    let mut file = File { numbers, ..File::default() };
    for (index, layer) in adapter.layers.iter().enumerate() {
        for target in Target::ALL {
            let Some(map) = layer.low_rank(target) else { continue };
            let name = name(index, target);
            file.tensor(&(name.clone() + A), map.input(), map.rank, map.a.iter().copied());
            let output = map.output();
            let rows = (0..output).flat_map(|row| map.b.iter().skip(row).step_by(output).copied());
            file.tensor(&(name + B), map.rank, output, rows);
        }
        for gain in Gain::ALL {
            let Some(factors) = layer.gain(gain) else { continue };
            file.tensor(&(name(index, gain.target()) + GAIN), factors.len(), 1, factors.iter().copied());
        }
    }
    let has_gains = adapter.layers.iter().any(|layer| layer.gains.iter().any(Option::is_some));
    file.finish(adapter, if has_gains { "ia3" } else { "lora" })
}

/// A file that is written.
struct File {
    numbers: Numbers,
    tensors: u64,
    directory: Vec<u8>,
    data: Vec<u8>,
}

impl Default for File {
    fn default() -> File {
        File { numbers: Numbers::F32, tensors: 0, directory: Vec::new(), data: Vec::new() }
    }
}

impl File {
    fn tensor(&mut self, name: &str, columns: usize, rows: usize, values: impl Iterator<Item = f32>) {
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
                Numbers::F16 => self.data.extend_from_slice(&f16::from_f32(value).to_le_bytes()),
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
