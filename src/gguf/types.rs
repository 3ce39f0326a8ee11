//! The types of tensors, with ggml's numbers and names (`ggml.h`, `enum ggml_type`).

/// The format of the numbers in a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(non_camel_case_types, reason = "ggml's names")]
pub enum TensorType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats (IEEE 754 binary16).
    F16,
    /// 16-bit floats (bfloat16).
    BF16,
    /// 4-bit codes and a scale for 32 numbers.
    Q4_0,
    /// 4-bit codes, a scale and a min for 32 numbers.
    Q4_1,
    /// 5-bit codes and a scale for 32 numbers.
    Q5_0,
    /// 5-bit codes, a scale and a min for 32 numbers.
    Q5_1,
    /// 8-bit codes and a scale for 32 numbers.
    Q8_0,
    /// 8-bit codes, a scale and the codes' sum for 32 numbers.
    Q8_1,
    /// 2-bit codes in blocks of 16, with 4-bit scales and mins; 256 numbers.
    Q2_K,
    /// 3-bit codes in blocks of 16, with 6-bit scales; 256 numbers.
    Q3_K,
    /// 4-bit codes in blocks of 32, with 6-bit scales and mins; 256 numbers.
    Q4_K,
    /// 5-bit codes in blocks of 32, with 6-bit scales and mins; 256 numbers.
    Q5_K,
    /// 6-bit codes in blocks of 16, with 8-bit scales; 256 numbers.
    Q6_K,
    /// 8-bit codes and a 32-bit scale for 256 numbers.
    Q8_K,
}

impl TensorType {
    /// The type with ggml's `number`, if it is supported.
    pub fn from_number(number: u32) -> Option<TensorType> {
        Some(match number {
            0 => TensorType::F32,
            1 => TensorType::F16,
            2 => TensorType::Q4_0,
            3 => TensorType::Q4_1,
            6 => TensorType::Q5_0,
            7 => TensorType::Q5_1,
            8 => TensorType::Q8_0,
            9 => TensorType::Q8_1,
            10 => TensorType::Q2_K,
            11 => TensorType::Q3_K,
            12 => TensorType::Q4_K,
            13 => TensorType::Q5_K,
            14 => TensorType::Q6_K,
            15 => TensorType::Q8_K,
            30 => TensorType::BF16,
            _ => return None,
        })
    }

    /// How many numbers a block has, and how many bytes.
    pub fn block(self) -> (usize, usize) {
        match self {
            TensorType::F32 => (1, 4),
            TensorType::F16 | TensorType::BF16 => (1, 2),
            TensorType::Q4_0 => (32, 2 + 16),
            TensorType::Q4_1 => (32, 2 + 2 + 16),
            TensorType::Q5_0 => (32, 2 + 4 + 16),
            TensorType::Q5_1 => (32, 2 + 2 + 4 + 16),
            TensorType::Q8_0 => (32, 2 + 32),
            TensorType::Q8_1 => (32, 2 + 2 + 32),
            TensorType::Q2_K => (256, 16 + 64 + 2 + 2),
            TensorType::Q3_K => (256, 32 + 64 + 12 + 2),
            TensorType::Q4_K => (256, 2 + 2 + 12 + 128),
            TensorType::Q5_K => (256, 2 + 2 + 12 + 32 + 128),
            TensorType::Q6_K => (256, 128 + 64 + 16 + 2),
            TensorType::Q8_K => (256, 4 + 256 + 32),
        }
    }
}
