//! Writes a model again in another quantized type: `quantize FROM.gguf TO.gguf TYPE`.
//!
//! The benchmark compares packages on several quantizations of one model, and downloads none of
//! them. The weights come from a file that is quantized already, so the copies carry its error and
//! their own: good for timing, not for use. The embedding, which is also the output layer, and
//! everything that is not quantized stay as they are.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Error, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, kind] = arguments.as_slice() else {
        bail!("usage: quantize FROM.gguf TO.gguf Q4_0|Q8_0");
    };
    // The type, and the number that `general.file_type` has for it in ggml.
    let (kind, file_type) = match kind.as_str() {
        "Q4_0" => (GgmlDType::Q4_0, 2),
        "Q8_0" => (GgmlDType::Q8_0, 7),
        other => bail!("the type is Q4_0 or Q8_0, not {other}"),
    };

    let mut reader = BufReader::new(File::open(from).map_err(|error| at(from, error))?);
    let mut content = gguf_file::Content::read(&mut reader)?;
    content.metadata.insert("general.file_type".to_owned(), Value::U32(file_type));

    // In the order of the file, which is that of the layers.
    let mut names: Vec<&String> = content.tensor_infos.keys().collect();
    names.sort_by_key(|&name| content.tensor_infos[name].offset);
    let mut tensors = Vec::with_capacity(names.len());
    for name in names {
        let tensor = content.tensor(&mut reader, name, &Device::Cpu)?;
        tensors.push((name.as_str(), again(name, tensor, kind)?));
    }
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
    let metadata: Vec<(&str, &Value)> =
        content.metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();

    let mut writer = BufWriter::new(File::create(to).map_err(|error| at(to, error))?);
    gguf_file::write(&mut writer, &metadata, &tensors)?;
    writer.flush()?;
    Ok(())
}

/// The tensor in another type, where it is a quantized matrix of a layer.
fn again(name: &str, tensor: QTensor, kind: GgmlDType) -> Result<QTensor> {
    let plain = matches!(tensor.dtype(), GgmlDType::F32 | GgmlDType::F16 | GgmlDType::BF16);
    if plain || tensor.dtype() == kind || !name.starts_with("blk.") {
        return Ok(tensor);
    }
    QTensor::quantize(&tensor.dequantize(&Device::Cpu)?, kind)
}

fn at(path: &str, error: std::io::Error) -> Error {
    Error::from(error).with_path(path)
}
