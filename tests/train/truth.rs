//! The loss and its gradients by candle's automatic differentiation, with the adapter merged into the weights.

use std::collections::HashMap;

use candle_core::{D, Device, Tensor, Var};
use shotglass::adapter::{Adapter, Gain, LayerAdapter, LowRank, Target};
use shotglass::train::{Example, Loss};

use super::support::twin::Twin;

/// What candle says of an adapter.
pub struct Truth {
    pub loss: f64,
    /// A gradient in the place of each number.
    pub gradients: Vec<LayerAdapter>,
}

/// A number of an adapter's vectors, as variables.
struct Vars {
    maps: HashMap<(usize, usize), (Var, Var)>,
    gains: HashMap<(usize, usize), Var>,
}

/// The loss of examples and its gradients.
pub fn truth(file: &[u8], adapter: &Adapter, examples: &[Example], loss: &Loss) -> Truth {
    try_truth(file, adapter, examples, loss).expect("candle computes")
}

fn try_truth(
    file: &[u8],
    adapter: &Adapter,
    examples: &[Example],
    loss: &Loss,
) -> candle_core::Result<Truth> {
    let mut twin = Twin::read(file)?;
    let vars = merge(&mut twin, adapter)?;
    let loss = total(&twin, examples, loss)?;
    let found = loss.backward()?;

    let flat = |var: &Var| found.get(var).expect("it has a gradient").flatten_all()?.to_vec1::<f32>();
    let mut gradients = adapter.layers.clone();
    for (layer, gradients) in gradients.iter_mut().enumerate() {
        for (index, map) in gradients.low_rank.iter_mut().enumerate() {
            if let Some(LowRank { a, b, .. }) = map {
                let (var_a, var_b) = &vars.maps[&(layer, index)];
                (*a, *b) = (flat(var_a)?, flat(var_b)?);
            }
        }
        for (index, gain) in gradients.gains.iter_mut().enumerate() {
            if let Some(gain) = gain {
                *gain = flat(&vars.gains[&(layer, index)])?;
            }
        }
    }
    Ok(Truth { loss: loss.to_scalar::<f32>()?.into(), gradients })
}

/// Puts W + s · B A in the place of each matrix, and l ⊙ W of those that (IA)³ changes.
fn merge(twin: &mut Twin, adapter: &Adapter) -> candle_core::Result<Vars> {
    let mut vars = Vars { maps: HashMap::new(), gains: HashMap::new() };
    for (layer, adapted) in adapter.layers.iter().enumerate() {
        for target in Target::ALL {
            let Some(map) = adapted.low_rank(target) else { continue };
            let a = Var::from_slice(&map.a, (map.rank, map.input()), &Device::Cpu)?;
            let b = Var::from_slice(&map.b, (map.rank, map.output()), &Device::Cpu)?;
            let change = (b.t()?.matmul(&a)? * f64::from(adapter.factor(map.rank)))?;
            change_rows(twin, layer, target, adapted, &change)?;
            vars.maps.insert((layer, target as usize), (a, b));
        }
        for gain in Gain::ALL {
            let Some(factors) = adapted.gain(gain) else { continue };
            let var = Var::from_slice(factors, factors.len(), &Device::Cpu)?;
            let name = format!("blk.{layer}.{}", gain.target().part());
            let row = if gain == Gain::Inner { var.reshape((1, ()))? } else { var.reshape(((), 1))? };
            let weight = twin.tensors()[&format!("{name}.weight")].broadcast_mul(&row)?;
            twin.tensors().insert(format!("{name}.weight"), weight);
            if gain != Gain::Inner
                && let Some(bias) = twin.tensors().get(&format!("{name}.bias")).cloned()
            {
                twin.tensors().insert(format!("{name}.bias"), (bias * var.as_tensor())?);
            }
            vars.gains.insert((layer, gain as usize), var);
        }
    }
    Ok(vars)
}

/// Adds to the rows of a matrix, which may be a part of a joined one.
fn change_rows(
    twin: &mut Twin,
    layer: usize,
    target: Target,
    adapted: &LayerAdapter,
    change: &Tensor,
) -> candle_core::Result<()> {
    let rows = |target: Target| adapted.low_rank(target).map_or(0, LowRank::output);
    let own = format!("blk.{layer}.{}.weight", target.part());
    let (name, first) = match target {
        _ if target != Target::Up && twin.tensors().contains_key(&own) => (own, 0),
        Target::Q => (format!("blk.{layer}.attn_qkv.weight"), 0),
        Target::K => (format!("blk.{layer}.attn_qkv.weight"), rows(Target::Q)),
        Target::V => (format!("blk.{layer}.attn_qkv.weight"), rows(Target::Q) + rows(Target::K)),
        Target::Gate => (format!("blk.{layer}.ffn_up.weight"), 0),
        _ => {
            let is_joined = twin.tensors()[&own].dim(0)? != change.dim(0)?;
            (own, if is_joined { rows(Target::Gate) } else { 0 })
        }
    };
    let weight = twin.tensors()[&name].clone();
    let (all, count) = (weight.dim(0)?, change.dim(0)?);
    let part = (weight.narrow(0, first, count)? + change)?;
    let before = weight.narrow(0, 0, first)?;
    let after = weight.narrow(0, first + count, all - first - count)?;
    let parts: Vec<&Tensor> =
        [&before, &part, &after].into_iter().filter(|part| part.elem_count() > 0).collect();
    twin.tensors().insert(name, Tensor::cat(&parts, 0)?);
    Ok(())
}

/// The loss as the papers write it: means over places, and over examples with wrong answers.
fn total(twin: &Twin, examples: &[Example], loss: &Loss) -> candle_core::Result<Tensor> {
    let (mut sums, mut places) = (Vec::new(), 0);
    let (mut beside, mut choices) = (Vec::new(), 0);
    for example in examples {
        match example {
            Example::Text { ids, from } => {
                let found = token_logprobs(twin, &ids[..ids.len() - 1], from - 1, &ids[*from..])?;
                sums.push(found.sum_all()?.neg()?);
                places += ids.len() - from;
            }
            Example::Choice { context, answer, others } => {
                let read = |tokens: &Vec<u32>| {
                    let ids = [context, &tokens[..tokens.len() - 1]].concat();
                    token_logprobs(twin, &ids, context.len() - 1, tokens)
                };
                let right = read(answer)?;
                sums.push(right.sum_all()?.neg()?);
                places += answer.len();
                let mut betas = vec![right.mean_all()?];
                let (mut unlikely, mut count) = (Vec::new(), 0);
                for other in others {
                    let found = read(other)?;
                    betas.push(found.mean_all()?);
                    unlikely.push((1.0 - found.exp()?)?.log()?.sum_all()?.neg()?);
                    count += other.len();
                }
                let all = Tensor::stack(&betas, 0)?.exp()?.sum_all()?.log()?;
                let unlikely = (Tensor::stack(&unlikely, 0)?.sum_all()? / count as f64)?;
                let normalized = (all - &betas[0])?;
                beside.push(
                    ((unlikely * f64::from(loss.unlikelihood))?
                        + (normalized * f64::from(loss.length_normalized))?)?,
                );
                choices += 1;
            }
            Example::Teacher { ids, from, logprobs } => {
                let (rows, tau) = (ids.len() - from, f64::from(loss.temperature));
                let teacher = Tensor::from_slice(logprobs, (rows, logprobs.len() / rows), &Device::Cpu)?;
                let teacher = log_softmax(&(teacher / tau)?)?;
                let student = twin.logits_tensor(ids)?.narrow(0, *from, rows)?;
                let student = log_softmax(&(student / tau)?)?;
                let terms = (teacher.exp()? * (&teacher - student)?)?;
                sums.push((terms.sum_all()? * (tau * tau))?);
                places += rows;
            }
        }
    }
    let total = (Tensor::stack(&sums, 0)?.sum_all()? / places as f64)?;
    if beside.is_empty() {
        return Ok(total);
    }
    total + (Tensor::stack(&beside, 0)?.sum_all()? / choices as f64)?
}

/// The log-probabilities of `tokens` after the positions of `ids` from `first` on.
fn token_logprobs(twin: &Twin, ids: &[u32], first: usize, tokens: &[u32]) -> candle_core::Result<Tensor> {
    let rows = twin.logits_tensor(ids)?.narrow(0, first, tokens.len())?;
    let index = Tensor::from_slice(tokens, (tokens.len(), 1), &Device::Cpu)?;
    log_softmax(&rows)?.gather(&index, 1)?.squeeze(1)
}

fn log_softmax(x: &Tensor) -> candle_core::Result<Tensor> {
    let x = x.broadcast_sub(&x.max_keepdim(D::Minus1)?.detach())?;
    x.broadcast_sub(&x.exp()?.sum_keepdim(D::Minus1)?.log()?)
}
