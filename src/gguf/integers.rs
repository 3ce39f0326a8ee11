//! An array of integers with the same width as in the file.

/// An array of integers or bools. It takes as many bytes in memory as in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Integers {
    width: usize,
    is_signed: bool,
    /// Little-endian, `width` bytes for each number.
    bytes: Vec<u8>,
}

impl Integers {
    /// An empty array of a metadata type, or `None` if that is neither an integer type nor `bool`.
    pub(super) fn new(kind: u32) -> Option<Integers> {
        let (width, is_signed) = match kind {
            0 | 7 => (1, false),
            1 => (1, true),
            2 => (2, false),
            3 => (2, true),
            4 => (4, false),
            5 => (4, true),
            10 => (8, false),
            11 => (8, true),
            _ => return None,
        };
        Some(Integers { width, is_signed, bytes: Vec::new() })
    }

    /// Appends a number, which must fit into the type.
    pub(super) fn push(&mut self, number: i128) {
        self.bytes.extend_from_slice(&number.to_le_bytes()[..self.width]);
    }

    /// Number of integers.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    /// Whether the array is empty.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The number at `index`.
    pub fn get(&self, index: usize) -> Option<i128> {
        let bytes = self.bytes.chunks_exact(self.width).nth(index)?;
        let is_negative = self.is_signed && bytes[self.width - 1] >= 0x80;
        let mut number = [if is_negative { 0xFF } else { 0 }; 16];
        number[..self.width].copy_from_slice(bytes);
        Some(i128::from_le_bytes(number))
    }
}

#[cfg(test)]
mod tests {
    use super::Integers;

    #[test]
    fn numbers_come_back_as_they_were_from_every_type() {
        let types = [
            (0, 0, i128::from(u8::MAX)),
            (1, i128::from(i8::MIN), i128::from(i8::MAX)),
            (2, 0, i128::from(u16::MAX)),
            (3, i128::from(i16::MIN), i128::from(i16::MAX)),
            (4, 0, i128::from(u32::MAX)),
            (5, i128::from(i32::MIN), i128::from(i32::MAX)),
            (7, 0, 1),
            (10, 0, i128::from(u64::MAX)),
            (11, i128::from(i64::MIN), i128::from(i64::MAX)),
        ];
        for (kind, least, most) in types {
            let mut integers = Integers::new(kind).expect("an integer type");
            let numbers = [least, most, 0, 1, least.saturating_add(1)];
            numbers.into_iter().for_each(|number| integers.push(number));
            assert_eq!(integers.len(), numbers.len());
            for (index, number) in numbers.into_iter().enumerate() {
                assert_eq!(integers.get(index), Some(number), "type {kind}");
            }
            assert_eq!(integers.get(numbers.len()), None);
        }
        for kind in [6, 8, 9, 12, 13] {
            assert_eq!(Integers::new(kind), None);
        }
    }
}
