//! Writes GGUF files, and lets a test write them wrong.
//!
//! Follows ggml's `docs/gguf.md`: header, metadata, tensor directory, padding, tensor data.

/// A metadata value, in the width in which it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    U8(u8),
    U16(u16),
    I32(i32),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    Bool(bool),
    String(String),
    /// The type number of the items, and the items.
    Array(u32, Vec<Value>),
}

impl Value {
    pub fn string(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    pub fn strings<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
        Value::Array(8, texts.into_iter().map(Value::string).collect())
    }

    /// The number that stands for the type in the file.
    pub fn kind(&self) -> u32 {
        match self {
            Value::U8(_) => 0,
            Value::U16(_) => 2,
            Value::U32(_) => 4,
            Value::I32(_) => 5,
            Value::F32(_) => 6,
            Value::Bool(_) => 7,
            Value::String(_) => 8,
            Value::Array(..) => 9,
            Value::U64(_) => 10,
            Value::F64(_) => 12,
        }
    }

    fn write(&self, file: &mut Vec<u8>) {
        match self {
            Value::U8(n) => file.push(*n),
            Value::U16(n) => file.extend(n.to_le_bytes()),
            Value::I32(n) => file.extend(n.to_le_bytes()),
            Value::U32(n) => file.extend(n.to_le_bytes()),
            Value::U64(n) => file.extend(n.to_le_bytes()),
            Value::F32(x) => file.extend(x.to_le_bytes()),
            Value::F64(x) => file.extend(x.to_le_bytes()),
            Value::Bool(b) => file.push(u8::from(*b)),
            Value::String(text) => write_string(file, text),
            Value::Array(kind, items) => {
                file.extend(kind.to_le_bytes());
                file.extend((items.len() as u64).to_le_bytes());
                items.iter().for_each(|item| item.write(file));
            }
        }
    }
}

/// One tensor: `dims` innermost first, as in the file; `kind` is ggml's type number.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub name: String,
    pub dims: Vec<u64>,
    pub kind: u32,
    pub bytes: Vec<u8>,
    /// Where the directory says that the bytes are; `None`: where they are.
    pub claimed_offset: Option<u64>,
}

/// A whole file.
#[derive(Clone, Debug)]
pub struct Gguf {
    pub magic: [u8; 4],
    pub version: u32,
    pub alignment: usize,
    pub metadata: Vec<(String, Value)>,
    pub tensors: Vec<Tensor>,
    /// Counts in the header; `None`: the true ones.
    pub claimed_counts: Option<(u64, u64)>,
}

/// The bytes of a file, and every place in them where one thing ends and the next begins.
pub struct File {
    pub bytes: Vec<u8>,
    pub boundaries: Vec<usize>,
    /// Where the tensor data begins.
    pub data: usize,
}

impl Gguf {
    pub fn new(metadata: Vec<(String, Value)>, tensors: Vec<Tensor>) -> Gguf {
        Gguf { magic: *b"GGUF", version: 3, alignment: 32, metadata, tensors, claimed_counts: None }
    }

    /// Replaces the value of `key`, or adds it.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.metadata.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.metadata.push((key.to_owned(), value)),
        }
    }

    pub fn remove(&mut self, key: &str) {
        self.metadata.retain(|(name, _)| name != key);
    }

    pub fn tensor(&mut self, name: &str) -> &mut Tensor {
        self.tensors.iter_mut().find(|tensor| tensor.name == name).expect("the tensor is in the file")
    }

    /// The same model in several files, as llama.cpp's `gguf-split` makes them: `tensors` says how many tensors each has;
    /// all the metadata is in the first.
    pub fn split(&self, tensors: &[usize]) -> Vec<Gguf> {
        let mut rest = self.tensors.clone();
        let shard = |(no, &count): (usize, &usize)| {
            let metadata = if no == 0 { self.metadata.clone() } else { Vec::new() };
            let after = rest.split_off(count.min(rest.len()));
            let mut shard = Gguf::new(metadata, std::mem::replace(&mut rest, after));
            shard.set("split.no", Value::U16(no as u16));
            shard.set("split.count", Value::U16(tensors.len() as u16));
            shard.set("split.tensors.count", Value::I32(self.tensors.len() as i32));
            shard
        };
        tensors.iter().enumerate().map(shard).collect()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.file().bytes
    }

    pub fn file(&self) -> File {
        let mut file = Vec::new();
        let mut boundaries = vec![0];
        file.extend(self.magic);
        boundaries.push(file.len());
        file.extend(self.version.to_le_bytes());
        boundaries.push(file.len());
        let true_counts = (self.tensors.len() as u64, self.metadata.len() as u64);
        let (tensors, entries) = self.claimed_counts.unwrap_or(true_counts);
        file.extend(tensors.to_le_bytes());
        boundaries.push(file.len());
        file.extend(entries.to_le_bytes());
        boundaries.push(file.len());

        for (key, value) in &self.metadata {
            write_string(&mut file, key);
            boundaries.push(file.len());
            file.extend(value.kind().to_le_bytes());
            boundaries.push(file.len());
            value.write(&mut file);
            boundaries.push(file.len());
        }

        let mut offset = 0;
        for tensor in &self.tensors {
            write_string(&mut file, &tensor.name);
            boundaries.push(file.len());
            file.extend((tensor.dims.len() as u32).to_le_bytes());
            tensor.dims.iter().for_each(|size| file.extend(size.to_le_bytes()));
            file.extend(tensor.kind.to_le_bytes());
            boundaries.push(file.len());
            file.extend(tensor.claimed_offset.unwrap_or(offset).to_le_bytes());
            boundaries.push(file.len());
            offset += (tensor.bytes.len().next_multiple_of(self.alignment)) as u64;
        }

        file.resize(file.len().next_multiple_of(self.alignment), 0);
        let data = file.len();
        for tensor in &self.tensors {
            boundaries.push(file.len());
            file.extend(&tensor.bytes);
            boundaries.push(file.len());
            file.resize(file.len().next_multiple_of(self.alignment), 0);
        }
        File { bytes: file, boundaries, data }
    }
}

fn write_string(file: &mut Vec<u8>, text: &str) {
    file.extend((text.len() as u64).to_le_bytes());
    file.extend(text.as_bytes());
}
