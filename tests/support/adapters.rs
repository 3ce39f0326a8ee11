//! Makes adapters for the small models, and the models that they should equal: with the same change in their weights.

use candle_core::quantized::GgmlDType;

use super::distribution::{from_bytes, to_bytes};
use super::gguf::{Gguf, Tensor, Value};
use super::noise::Noise;
use super::tiny::quantized;

/// The matrices that LoRA can change, as files name them.
const MATRICES: [&str; 8] =
    ["attn_q.", "attn_k.", "attn_v.", "attn_qkv.", "attn_output.", "ffn_gate.", "ffn_up.", "ffn_down."];

fn is_matrix(tensor: &Tensor) -> bool {
    let part = tensor.name.split('.').nth(2).map(|part| format!("{part}."));
    tensor.name.ends_with(".weight") && part.is_some_and(|part| MATRICES.contains(&part.as_str()))
}

fn file(model: &Gguf, kind: &str, tensors: Vec<Tensor>) -> Gguf {
    let architecture = model.metadata.iter().find(|(key, _)| key == "general.architecture");
    let mut file = Gguf::new(vec![], tensors);
    file.set("general.architecture", architecture.expect("a model says it").1.clone());
    file.set("general.type", Value::string("adapter"));
    file.set("adapter.type", Value::string(kind));
    file
}

/// LoRA beside every matrix of a model for which `is_wanted`.
pub fn lora(
    model: &Gguf,
    (rank, alpha): (usize, f32),
    dtype: GgmlDType,
    seed: u64,
    is_wanted: impl Fn(&str) -> bool,
) -> Gguf {
    let mut noise = Noise::new(seed);
    let mut tensors = Vec::new();
    for matrix in model.tensors.iter().filter(|tensor| is_matrix(tensor) && is_wanted(&tensor.name)) {
        let [input, output] = [0, 1].map(|i| matrix.dims[i] as usize);
        let a = noise.normals(rank * input, 1.0 / (input as f32).sqrt());
        let b = noise.normals(output * rank, 0.2);
        tensors.push(quantized(&format!("{}.lora_a", matrix.name), rank, input, &a, dtype));
        tensors.push(quantized(&format!("{}.lora_b", matrix.name), output, rank, &b, dtype));
    }
    let mut file = file(model, "lora", tensors);
    file.set("adapter.lora.alpha", Value::F32(alpha));
    file
}

/// (IA)³ for every layer of a model whose matrices are not joined.
pub fn ia3(model: &Gguf, seed: u64) -> Gguf {
    let mut noise = Noise::new(seed);
    let mut tensors = Vec::new();
    for matrix in model.tensors.iter().filter(|tensor| is_matrix(tensor)) {
        let len = match matrix.name.split('.').nth(2) {
            Some("attn_k" | "attn_v") => matrix.dims[1],
            Some("ffn_down") => matrix.dims[0],
            _ => continue,
        };
        let factors: Vec<f32> = (0..len).map(|_| 1.0 + 0.4 * noise.normal()).collect();
        tensors.push(Tensor {
            name: format!("{}.ia3", matrix.name),
            dims: vec![len],
            kind: 0,
            bytes: to_bytes(&factors),
            claimed_offset: None,
        });
    }
    file(model, "ia3", tensors)
}

/// The model, its matrices floats, with an adapter of floats merged into its weights.
pub fn merged(model: &Gguf, adapter: &Gguf, scale: f64) -> Gguf {
    let mut model = model.clone();
    let alpha = adapter.metadata.iter().find_map(|(key, value)| match value {
        Value::F32(alpha) if key == "adapter.lora.alpha" && *alpha != 0.0 => Some(f64::from(*alpha)),
        _ => None,
    });
    for tensor in &adapter.tensors {
        let values = from_bytes(&tensor.bytes);
        if let Some(base) = tensor.name.strip_suffix(".lora_a") {
            let b = adapter.tensors.iter().find(|other| other.name == format!("{base}.lora_b"));
            let b = from_bytes(&b.expect("both parts are there").bytes);
            let [input, rank] = [0, 1].map(|i| tensor.dims[i] as usize);
            let factor = scale * alpha.map_or(1.0, |alpha| alpha / rank as f64);
            change(model.tensor(base), |row, column, weight| {
                let product = |r: usize| f64::from(b[row * rank + r]) * f64::from(values[r * input + column]);
                weight + factor * (0..rank).map(product).sum::<f64>()
            });
        } else if let Some(base) = tensor.name.strip_suffix(".ia3") {
            let is_down = base.contains("ffn_down");
            let factor = |i: usize| 1.0 + scale * (f64::from(values[i]) - 1.0);
            change(model.tensor(base), |row, column, weight| {
                weight * factor(if is_down { column } else { row })
            });
            let bias = base.replace(".weight", ".bias");
            if !is_down && model.tensors.iter().any(|tensor| tensor.name == bias) {
                change(model.tensor(&bias), |_, column, bias| bias * factor(column));
            }
        }
    }
    model
}

fn change(tensor: &mut Tensor, new: impl Fn(usize, usize, f64) -> f64) {
    let columns = tensor.dims[0] as usize;
    let weights = from_bytes(&tensor.bytes).into_iter().enumerate();
    let weights: Vec<f32> =
        weights.map(|(i, weight)| new(i / columns, i % columns, f64::from(weight)) as f32).collect();
    tensor.bytes = to_bytes(&weights);
}
