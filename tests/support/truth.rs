//! The ground truth: a float32 forward pass over the dequantized weights, with nothing clever in it.
//!
//! No cache, no batches, no packed weights; candle's own GGUF reader and dequantization, and its dense float32
//! tensors. It shares no line with the engine. Symbols: T positions, D width, H query heads, G key heads, C width of
//! a head, V vocabulary.

use std::collections::HashMap;
use std::io::{Cursor, Read, Seek};

use candle_core::quantized::{GgmlDType, gguf_file};
use candle_core::{D, Device, Result, Tensor};

pub struct Truth {
    tensors: HashMap<String, Tensor>,
    layers: usize,
    heads: usize,
    kv_heads: usize,
    rope_base: f64,
    epsilon: f64,
}

impl Truth {
    /// Reads and dequantizes a whole file.
    pub fn read(bytes: &[u8]) -> Result<Truth> {
        let mut file = Cursor::new(bytes);
        let content = gguf_file::Content::read(&mut file)?;
        let tensors = content
            .tensor_infos
            .iter()
            .map(|(name, info)| Ok((name.clone(), dequantize(info, content.tensor_data_offset, &mut file)?)))
            .collect::<Result<_>>()?;
        let number = |key: &str| match content.metadata.get(key) {
            Some(value) => value.to_u32().map(|n| n as usize),
            None => candle_core::bail!("{key} is missing"),
        };
        let float = |key: &str| match content.metadata.get(key) {
            Some(value) => value.to_f32().map(f64::from),
            None => candle_core::bail!("{key} is missing"),
        };
        Ok(Truth {
            tensors,
            layers: number("llama.block_count")?,
            heads: number("llama.attention.head_count")?,
            kv_heads: number("llama.attention.head_count_kv")?,
            rope_base: float("llama.rope.freq_base")?,
            epsilon: float("llama.attention.layer_norm_rms_epsilon")?,
        })
    }

    /// The logits at every position.
    pub fn logits(&self, ids: &[u32]) -> Result<Vec<Vec<f32>>> {
        self.output(&self.hidden(ids, |_| ())?)?.to_vec2()
    }

    /// The logits at the last position.
    pub fn last_logits(&self, ids: &[u32]) -> Result<Vec<f32>> {
        let last = self.hidden(ids, |_| ())?.narrow(0, ids.len() - 1, 1)?; // (1, D)
        self.output(&last)?.squeeze(0)?.to_vec1()
    }

    /// The attention weights of every position to every position, for each layer, head and position.
    pub fn attention_weights(&self, ids: &[u32]) -> Result<Vec<Vec<Vec<Vec<f32>>>>> {
        let mut layers = Vec::new();
        self.hidden(ids, |weights| layers.push(weights))?;
        layers.iter().map(|weights| weights.to_vec3()).collect()
    }

    /// The rows that go into the output matrix. `see` is shown the attention weights (H, T, T) of each layer.
    fn hidden(&self, ids: &[u32], mut see: impl FnMut(Tensor)) -> Result<Tensor> {
        let ids = Tensor::new(ids, &Device::Cpu)?;
        let mut x = self.weight("token_embd")?.index_select(&ids, 0)?; // (T, D)

        for layer in 0..self.layers {
            let w = |part: &str| self.weight(&format!("blk.{layer}.{part}"));

            // x ← x + attention(norm(x))
            let a = self.rms_norm(&x, w("attn_norm")?)?; // (T, D)
            let q = linear(&a, w("attn_q")?)?; // (T, H·C)
            let k = linear(&a, w("attn_k")?)?; // (T, G·C)
            let v = linear(&a, w("attn_v")?)?; // (T, G·C)
            let (mixed, weights) = self.attention(&q, &k, &v)?; // (T, H·C), (H, T, T)
            see(weights);
            x = (x + linear(&mixed, w("attn_output")?)?)?;

            // x ← x + down(silu(gate(norm(x))) · up(norm(x)))
            let f = self.rms_norm(&x, w("ffn_norm")?)?; // (T, D)
            let gate = linear(&f, w("ffn_gate")?)?.silu()?;
            let up = linear(&f, w("ffn_up")?)?;
            x = (x + linear(&(gate * up)?, w("ffn_down")?)?)?;
        }
        self.rms_norm(&x, self.weight("output_norm")?)
    }

    /// Where a file has no output matrix, the embedding is the output matrix.
    fn output(&self, hidden: &Tensor) -> Result<Tensor> {
        linear(hidden, self.weight("output").or_else(|_| self.weight("token_embd"))?) // (T, V)
    }

    /// x / √(mean(x²) + ε) · g  (Zhang and Sennrich 2019)
    fn rms_norm(&self, x: &Tensor, gain: &Tensor) -> Result<Tensor> {
        let mean_square = x.sqr()?.mean_keepdim(D::Minus1)?; // (T, 1)
        x.broadcast_div(&(mean_square + self.epsilon)?.sqrt()?)?.broadcast_mul(gain)
    }

    /// softmax(q·kᵀ / √C + mask)·v for every query head, and what v is multiplied by; H / G neighbouring query heads
    /// share a key head.
    fn attention(&self, q: &Tensor, k: &Tensor, v: &Tensor) -> Result<(Tensor, Tensor)> {
        let positions = q.dim(0)?;
        let head_width = q.dim(1)? / self.heads;
        let split = |x: &Tensor, heads: usize| x.reshape((positions, heads, head_width)); // (T, H, C)
        let q = self.rotate(&split(q, self.heads)?)?;
        let k = self.rotate(&split(k, self.kv_heads)?)?;
        let v = split(v, self.kv_heads)?;

        let mask: Vec<f32> = (0..positions)
            .flat_map(|row| {
                (0..positions).map(move |column| if column > row { f32::NEG_INFINITY } else { 0.0 })
            })
            .collect();
        let mask = Tensor::from_vec(mask, (positions, positions), &Device::Cpu)?; // (T, T)

        let (mut outputs, mut all_weights) = (Vec::new(), Vec::new());
        for head in 0..self.heads {
            let shared = head / (self.heads / self.kv_heads);
            let one = |x: &Tensor, head: usize| x.narrow(1, head, 1)?.squeeze(1)?.contiguous(); // (T, C)
            let (q, k, v) = (one(&q, head)?, one(&k, shared)?, one(&v, shared)?);
            let scores = ((q.matmul(&k.t()?)? / (head_width as f64).sqrt())? + &mask)?; // (T, T)
            let highest = scores.max_keepdim(D::Minus1)?;
            let weights = scores.broadcast_sub(&highest)?.exp()?;
            let weights = weights.broadcast_div(&weights.sum_keepdim(D::Minus1)?)?;
            outputs.push(weights.matmul(&v)?); // (T, C)
            all_weights.push(weights);
        }
        Ok((Tensor::cat(&outputs, 1)?, Tensor::stack(&all_weights, 0)?)) // (T, H·C), (H, T, T)
    }

    /// Rotary positions (Su et al. 2021) in the order of GGUF's llama files, where elements 2i and 2i + 1 of a head
    /// are a pair: turned by the angle t · base^(−2i / C).
    fn rotate(&self, x: &Tensor) -> Result<Tensor> {
        let (positions, heads, head_width) = x.dims3()?;
        let pairs = head_width / 2;
        let angle = |t: usize, i: usize| t as f64 * self.rope_base.powf(-2.0 * i as f64 / head_width as f64);
        let table = |function: fn(f64) -> f64| {
            let values: Vec<f32> = (0..positions)
                .flat_map(|t| (0..pairs).map(move |i| (t, i)))
                .map(|(t, i)| function(angle(t, i)) as f32)
                .collect();
            Tensor::from_vec(values, (positions, 1, pairs), &Device::Cpu)
        };
        let (cos, sin) = (table(f64::cos)?, table(f64::sin)?);

        let x = x.reshape((positions, heads, pairs, 2))?;
        let even = x.narrow(3, 0, 1)?.squeeze(3)?; // (T, H, C/2)
        let odd = x.narrow(3, 1, 1)?.squeeze(3)?;
        let turned_even = (even.broadcast_mul(&cos)? - odd.broadcast_mul(&sin)?)?;
        let turned_odd = (even.broadcast_mul(&sin)? + odd.broadcast_mul(&cos)?)?;
        Tensor::stack(&[turned_even, turned_odd], 3)?.reshape((positions, heads, head_width))
    }

    fn weight(&self, name: &str) -> Result<&Tensor> {
        match self.tensors.get(&format!("{name}.weight")) {
            Some(tensor) => Ok(tensor),
            None => candle_core::bail!("tensor {name}.weight is missing"),
        }
    }
}

/// x·Wᵀ, with W as it lies in the file: a row per output.
fn linear(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    x.matmul(&weight.t()?)
}

fn dequantize(info: &gguf_file::TensorInfo, data: u64, file: &mut Cursor<&[u8]>) -> Result<Tensor> {
    let values = match info.ggml_dtype {
        // Candle knows these two types, which ggml uses for activations, but does not read them from files. A block
        // of Q8_1: scale (f16), sum (f16), 32 × i8. A block of Q8_K: scale (f32), 256 × i8, 16 sums (i16).
        GgmlDType::Q8_1 => blocks(info, data, file, 36, |b| {
            let scale = half::f16::from_le_bytes([b[0], b[1]]).to_f32();
            b[4..36].iter().map(move |&q| scale * f32::from(q as i8)).collect()
        })?,
        GgmlDType::Q8K => blocks(info, data, file, 292, |b| {
            let scale = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            b[4..260].iter().map(move |&q| scale * f32::from(q as i8)).collect()
        })?,
        _ => return info.read(file, data, &Device::Cpu)?.dequantize(&Device::Cpu),
    };
    Tensor::from_vec(values, info.shape.clone(), &Device::Cpu)
}

fn blocks(
    info: &gguf_file::TensorInfo,
    data: u64,
    file: &mut Cursor<&[u8]>,
    block_bytes: usize,
    values: impl Fn(&[u8]) -> Vec<f32>,
) -> Result<Vec<f32>> {
    let mut bytes = vec![0; info.shape.elem_count() / info.ggml_dtype.block_size() * block_bytes];
    file.seek(std::io::SeekFrom::Start(data + info.offset))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes.chunks_exact(block_bytes).flat_map(values).collect())
}
