//! A tensor is packed while its rows arrive, into the same bits whatever the pieces of the file are.

use shotglass::error::Result;
use shotglass::gguf::{Metadata, Reader, Sink, TensorInfo, TensorType};
use shotglass::kernels::{Matrix, matrix};

use super::support::blocks::{QUANTIZED, random};
use super::support::gguf::{Gguf, Tensor};
use super::support::noise::Noise;

/// Rows of two matrices that are joined in a tensor: neither number is one of whole strips or of whole groups.
const JOINED: [usize; 2] = [17, 6];

/// Packs the rows of a tensor into the two matrices.
struct Packing([Box<dyn Matrix>; 2]);

impl Packing {
    fn new(dtype: TensorType, at_once: bool) -> Packing {
        let columns = 2 * dtype.block().0;
        Packing(JOINED.map(|rows| matrix(dtype, rows, columns, at_once).expect("there is memory")))
    }

    fn push(&mut self, rows: &[u8]) -> Result<()> {
        let [first, second] = &mut self.0;
        let rest = second.push(first.push(rows)?)?;
        assert_eq!(rest.len(), 0, "there are more rows than the matrices have");
        Ok(())
    }

    /// All that is in the matrices.
    fn bits(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl Sink for Packing {
    fn metadata(&mut self, _: &Metadata, _: usize) -> Result<()> {
        Ok(())
    }

    fn directory(&mut self, _: &[TensorInfo]) -> Result<()> {
        Ok(())
    }

    fn rows(&mut self, info: &TensorInfo, rows: &[u8]) -> Result<()> {
        let row = info.bytes / info.rows;
        assert!(!rows.is_empty() && rows.len().is_multiple_of(row), "{} bytes of rows of {row}", rows.len());
        self.push(rows)
    }
}

/// The blocks of a tensor of this type with the rows of both matrices, two in each row.
fn blocks(dtype: TensorType) -> Vec<u8> {
    let (count, mut noise) = (2 * JOINED.iter().sum::<usize>(), Noise::new(dtype as u64));
    if QUANTIZED.iter().any(|(quantized, _)| *quantized == dtype) {
        return random(dtype, count, &mut noise, |noise| noise.below(1000) as f32 / 1000.0);
    }
    (0..count * dtype.block().1).map(|_| noise.next() as u8).collect()
}

/// Reads a file with one tensor of this type in pieces of `size` bytes.
fn read(kind: u32, dtype: TensorType, blocks: &[u8], size: usize, is_announced: bool) -> String {
    let tensor = Tensor {
        name: "x".to_owned(),
        dims: vec![2 * dtype.block().0 as u64, JOINED.iter().sum::<usize>() as u64],
        kind,
        bytes: blocks.to_vec(),
        claimed_offset: None,
    };
    let file = Gguf::new(Vec::new(), vec![tensor]).bytes();
    let mut packing = Packing::new(dtype, is_announced);
    let mut reader = Reader::new(is_announced.then_some(file.len() as u64));
    for piece in file.chunks(size) {
        reader.push(piece, &mut packing).expect("the file is sound");
    }
    reader.finish().expect("the file is whole");
    packing.bits()
}

#[test]
fn a_tensor_in_pieces_is_packed_as_a_whole_one() {
    let mut types = 0;
    for (kind, dtype) in (0..64).filter_map(|kind| Some((kind, TensorType::from_number(kind)?))) {
        types += 1;
        let blocks = blocks(dtype);
        let mut whole = Packing::new(dtype, true);
        whole.push(&blocks).expect("there is memory");
        let (whole, row) = (whole.bits(), 2 * dtype.block().1);
        // A type with small blocks gets every size up to some rows; a few sizes are enough for the others.
        let sizes = match dtype {
            TensorType::Q4_0 | TensorType::F16 => (1..=3 * row + 1).collect(),
            _ => vec![1, 7, row - 1, row, row + 1, 3 * row + 1, 17 * row, usize::MAX],
        };
        for size in sizes {
            for is_announced in [true, false] {
                let pieces = read(kind, dtype, &blocks, size, is_announced);
                assert!(pieces == whole, "{dtype:?} in pieces of {size} bytes differs");
            }
        }
    }
    assert_eq!(types, QUANTIZED.len() + 4, "types: the quantized ones, Q8_K, and three of floats");
}
