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
    /// 11-bit indices of groups of 8 in blocks of 32, with 3-bit scales; 256 numbers.
    IQ1_S,
    /// 11-bit indices of groups of 8 in blocks of 16, with 3-bit scales; 256 numbers.
    IQ1_M,
    /// 8-bit indices of groups of 8 and their signs in blocks of 32, with 4-bit scales; 256 numbers.
    IQ2_XXS,
    /// 9-bit indices of groups of 8 and their signs in blocks of 16, with 4-bit scales; 256 numbers.
    IQ2_XS,
    /// 10-bit indices of groups of 8 and their signs in blocks of 16, with 4-bit scales; 256 numbers.
    IQ2_S,
    /// 8-bit indices of groups of 4 and their signs in blocks of 32, with 4-bit scales; 256 numbers.
    IQ3_XXS,
    /// 9-bit indices of groups of 4 and their signs in blocks of 32, with 4-bit scales; 256 numbers.
    IQ3_S,
    /// 4-bit indices of values and a scale for 32 numbers.
    IQ4_NL,
    /// 4-bit indices of values in blocks of 32, with 6-bit scales; 256 numbers.
    IQ4_XS,
    /// 4-bit floats and an 8-bit exponent for 32 numbers.
    MXFP4,
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
            16 => TensorType::IQ2_XXS,
            17 => TensorType::IQ2_XS,
            18 => TensorType::IQ3_XXS,
            19 => TensorType::IQ1_S,
            20 => TensorType::IQ4_NL,
            21 => TensorType::IQ3_S,
            22 => TensorType::IQ2_S,
            23 => TensorType::IQ4_XS,
            29 => TensorType::IQ1_M,
            30 => TensorType::BF16,
            39 => TensorType::MXFP4,
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
            TensorType::IQ1_S => (256, 2 + 32 + 16),
            TensorType::IQ1_M => (256, 32 + 16 + 8),
            TensorType::IQ2_XXS => (256, 2 + 64),
            TensorType::IQ2_XS => (256, 2 + 64 + 8),
            TensorType::IQ2_S => (256, 2 + 32 + 32 + 8 + 8),
            TensorType::IQ3_XXS => (256, 2 + 64 + 32),
            TensorType::IQ3_S => (256, 2 + 64 + 8 + 32 + 4),
            TensorType::IQ4_NL => (32, 2 + 16),
            TensorType::IQ4_XS => (256, 2 + 2 + 4 + 128),
            TensorType::MXFP4 => (32, 1 + 16),
        }
    }
}

/// ggml's name for a type that is not supported, and its number, or the number alone.
pub(super) fn unsupported(number: u32) -> String {
    let name = match number {
        4 => "Q4_2",
        5 => "Q4_3",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        31 => "Q4_0_4_4",
        32 => "Q4_0_4_8",
        33 => "Q4_0_8_8",
        34 => "TQ1_0",
        35 => "TQ2_0",
        36 => "IQ4_NL_4_4",
        37 => "IQ4_NL_4_8",
        38 => "IQ4_NL_8_8",
        40 => "NVFP4",
        41 => "Q1_0",
        _ => return format!("number {number}"),
    };
    format!("{name} (number {number})")
}
