//! Attention among the tokens of one example (Vaswani et al. 2017, eq. 1), and its gradient, for all examples and heads
//! of a batch.
//!
//! An example and a head of keys and values, with the query heads that share it, are a task. Its numbers lie together:
//! queries `(shared, t, head)`, keys `(t, head)`, values `(t, head)`, for `t` tokens.

use wide::f32x4;

use super::products::{dot, each};
use crate::kernels::float::{add_scaled, exp, soft_cap};
use crate::kernels::{Pool, load};
use crate::model::Heads;

/// Collects the rows of queries `(T, heads · head)`, keys and values `(T, kv_heads · head)` of examples of these `lengths`
/// into the order of the tasks.
pub(super) fn gather(heads: Heads, lengths: &[usize], q: &[f32], k: &[f32], v: &[f32], grouped: &mut [f32]) {
    let mut targets = grouped.chunks_exact_mut(heads.size);
    walk(heads, lengths, |part, place| {
        let source = match part {
            Part::Query => &q[place],
            Part::Key => &k[place],
            Part::Value => &v[place],
        };
        if let Some(target) = targets.next() {
            target.copy_from_slice(source);
        }
    });
}

/// The reverse of [`gather`].
pub(super) fn scatter(
    heads: Heads,
    lengths: &[usize],
    grouped: &[f32],
    q: &mut [f32],
    k: &mut [f32],
    v: &mut [f32],
) {
    let mut sources = grouped.chunks_exact(heads.size);
    walk(heads, lengths, |part, place| {
        let target = match part {
            Part::Query => &mut q[place],
            Part::Key => &mut k[place],
            Part::Value => &mut v[place],
        };
        if let Some(source) = sources.next() {
            target.copy_from_slice(source);
        }
    });
}

/// Collects rows `(T, heads · head)` of queries, or of results, into the order of the tasks.
pub(super) fn gather_queries(heads: Heads, lengths: &[usize], rows: &[f32], grouped: &mut [f32]) {
    let mut targets = grouped.chunks_exact_mut(heads.size);
    walk(heads, lengths, |part, place| {
        if let Part::Query = part
            && let Some(target) = targets.next()
        {
            target.copy_from_slice(&rows[place]);
        }
    });
}

/// The reverse of [`gather_queries`].
pub(super) fn scatter_queries(heads: Heads, lengths: &[usize], grouped: &[f32], rows: &mut [f32]) {
    let mut sources = grouped.chunks_exact(heads.size);
    walk(heads, lengths, |part, place| {
        if let Part::Query = part
            && let Some(source) = sources.next()
        {
            rows[place].copy_from_slice(source);
        }
    });
}

enum Part {
    Query,
    Key,
    Value,
}

/// Visits the place of each head of each row, in the order of the tasks.
fn walk(heads: Heads, lengths: &[usize], mut visit: impl FnMut(Part, std::ops::Range<usize>)) {
    let mut first = 0;
    for &t in lengths {
        for kv_head in 0..heads.kv {
            let mut rows = |part: fn() -> Part, size: usize, head: usize| {
                for row in first..first + t {
                    let start = row * size + head * heads.size;
                    visit(part(), start..start + heads.size);
                }
            };
            for head in kv_head * heads.shared()..(kv_head + 1) * heads.shared() {
                rows(|| Part::Query, heads.query_row(), head);
            }
            rows(|| Part::Key, heads.kv_row(), kv_head);
            rows(|| Part::Value, heads.kv_row(), kv_head);
        }
        first += t;
    }
}

/// One task: the numbers of an example and a head of keys and values, and where its results go.
struct Task<'a> {
    t: usize,
    grouped: &'a [f32],
    /// The gradient of the results, `(shared, t, head)`, on the way back.
    g: &'a [f32],
    out: &'a mut [f32],
}

/// The tasks of a batch, whose results take `parts` times the floats of a head of keys.
fn tasks<'a>(
    heads: Heads,
    lengths: &[usize],
    grouped: &'a [f32],
    g: &'a [f32],
    out: &'a mut [f32],
    parts: usize,
) -> Vec<Task<'a>> {
    let (mut grouped, mut g, mut out) = (grouped, g, out);
    let mut tasks = Vec::new();
    for &t in lengths {
        for _ in 0..heads.kv {
            let head = t * heads.size;
            let (ours, rest) = grouped.split_at((heads.shared() + 2) * head);
            let (gradient, g_rest) = g.split_at(g.len().min(heads.shared() * head));
            let (result, out_rest) = out.split_at_mut(parts * head);
            tasks.push(Task { t, grouped: ours, g: gradient, out: result });
            (grouped, g, out) = (rest, g_rest, out_rest);
        }
    }
    tasks
}

/// The results of attention, `(shared, t, head)` for each task: `o = softmax(cap(q kᵀ · scale)) v`.
pub(super) fn forward(heads: Heads, lengths: &[usize], grouped: &[f32], out: &mut [f32], pool: &Pool) {
    let mut tasks = tasks(heads, lengths, grouped, &[], out, heads.shared());
    each(pool, &mut tasks, &|Task { t, grouped, out, .. }| {
        let (q, k, v) = parts(heads, *t, grouped);
        let mut weights = vec![0.0; *t];
        out.fill(0.0);
        for (i, (q, out)) in q.chunks_exact(heads.size).zip(out.chunks_exact_mut(heads.size)).enumerate() {
            let seen = seen(heads, i % *t);
            let (k, v) = (&k[seen.start * heads.size..], &v[seen.start * heads.size..]);
            let weights = &mut weights[..seen.len()];
            score(heads, q, k, weights);
            softmax(weights);
            for (weight, v) in weights.iter().zip(v.chunks_exact(heads.size)) {
                add_scaled(out, v, *weight);
            }
        }
    });
}

/// The gradients of queries, keys and values, in the order of `grouped`, from `g`, the gradients of the results. With the
/// weights `P` and the capped scores `S`: `∂V = Pᵀ g`, `∂P = g Vᵀ`, `∂S = P ⊙ (∂P − Σ ∂P ⊙ P)`, times
/// `1 − (S / cap)²` and the scale, `∂Q = ∂S K`, `∂K = ∂Sᵀ Q`. Those of a key and a value are summed over the query heads
/// that share it.
pub(super) fn backward(
    heads: Heads,
    lengths: &[usize],
    grouped: &[f32],
    g: &[f32],
    out: &mut [f32],
    pool: &Pool,
) {
    let mut tasks = tasks(heads, lengths, grouped, g, out, heads.shared() + 2);
    each(pool, &mut tasks, &|Task { t, grouped, g, out }| {
        let (size, head) = (heads.size, *t * heads.size);
        let (q, k, v) = parts(heads, *t, grouped);
        out.fill(0.0);
        let (to_q, rest) = out.split_at_mut(heads.shared() * head);
        let (to_k, to_v) = rest.split_at_mut(head);
        let [mut slopes, mut weights, mut to_scores] = [(); 3].map(|()| vec![0.0; *t]);

        let queries = q.chunks_exact(size).zip(g.chunks_exact(size)).zip(to_q.chunks_exact_mut(size));
        for (i, ((q, g), to_q)) in queries.enumerate() {
            let seen = seen(heads, i % *t);
            let first = seen.start * size;
            let [slopes, weights, to_scores] =
                [&mut slopes, &mut weights, &mut to_scores].map(|vec| &mut vec[..seen.len()]);
            score(heads, q, &k[first..], weights);
            for (slope, score) in slopes.iter_mut().zip(&*weights) {
                let share = heads.cap.map_or(0.0, |cap| score / cap);
                *slope = (1.0 - share * share) * heads.scale;
            }
            softmax(weights);

            for (to_score, v) in to_scores.iter_mut().zip(v[first..].chunks_exact(size)) {
                *to_score = dot(g, v); // ∂P
            }
            let mean = dot(to_scores, weights);
            let places = first..first + seen.len() * size;
            let keys = k[places.clone()].chunks_exact(size).zip(to_k[places.clone()].chunks_exact_mut(size));
            let values = to_v[places].chunks_exact_mut(size);
            for (j, ((k, to_k), to_v)) in keys.zip(values).enumerate() {
                let to_score = weights[j] * (to_scores[j] - mean) * slopes[j];
                add_scaled(to_q, k, to_score);
                add_scaled(to_k, q, to_score);
                add_scaled(to_v, g, weights[j]);
            }
        }
    });
}

/// Queries, keys and values of a task.
fn parts(heads: Heads, t: usize, grouped: &[f32]) -> (&[f32], &[f32], &[f32]) {
    let (q, rest) = grouped.split_at(heads.shared() * t * heads.size);
    let (k, v) = rest.split_at(t * heads.size);
    (q, k, v)
}

/// The positions that a query at `position` sees.
fn seen(heads: Heads, position: usize) -> std::ops::Range<usize> {
    (position + 1).saturating_sub(heads.window)..position + 1
}

/// The capped scores of a query, one for each of `scores`.
fn score(heads: Heads, q: &[f32], k: &[f32], scores: &mut [f32]) {
    for (score, k) in scores.iter_mut().zip(k.chunks_exact(heads.size)) {
        *score = dot(q, k) * heads.scale;
    }
    if let Some(cap) = heads.cap {
        soft_cap(scores, cap);
    }
}

/// Softmax in place: `e^(s − max) / Σ`.
fn softmax(scores: &mut [f32]) {
    let max = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for scores in scores.chunks_mut(4) {
        let mut lanes = [f32::NEG_INFINITY; 4];
        lanes[..scores.len()].copy_from_slice(scores);
        let weights = exp(load(&lanes) - f32x4::splat(max));
        scores.copy_from_slice(&weights.as_array()[..scores.len()]);
        total += crate::kernels::float::sum(weights);
    }
    let inverse = 1.0 / total;
    scores.iter_mut().for_each(|weight| *weight *= inverse);
}

#[cfg(test)]
mod tests {
    use super::super::checks::{assert_near, numbers, slopes, weighted, wide};
    use super::*;

    /// Attention in 64 bits: rows of queries, keys and values of one example after the other.
    fn truth(heads: Heads, lengths: &[usize], q: &[f64], k: &[f64], v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; q.len()];
        let mut first = 0;
        for &t in lengths {
            for (row, head) in (first..first + t).flat_map(|row| (0..heads.queries).map(move |h| (row, h))) {
                let own = row * heads.query_row() + head * heads.size;
                let other = |row: usize| row * heads.kv_row() + heads.kv_of(head) * heads.size;
                let seen: Vec<usize> = (first..=row).filter(|&column| row - column < heads.window).collect();
                let score = |&column: &usize| {
                    let product = (0..heads.size).map(|i| q[own + i] * k[other(column) + i]).sum::<f64>();
                    let score = product * f64::from(heads.scale);
                    heads.cap.map_or(score, |cap| f64::from(cap) * (score / f64::from(cap)).tanh()).exp()
                };
                let weights: Vec<f64> = seen.iter().map(score).collect();
                let total: f64 = weights.iter().sum();
                for (&column, weight) in seen.iter().zip(&weights) {
                    for i in 0..heads.size {
                        out[own + i] += weight / total * v[other(column) + i];
                    }
                }
            }
            first += t;
        }
        out
    }

    #[test]
    fn attention_and_its_gradients_are_those_of_the_definition() {
        let plain = Heads::new(4, 2, 6);
        let kinds = [
            ("plain", plain),
            ("with one head of keys", Heads { kv: 1, ..plain }),
            ("capped", Heads { cap: Some(1.5), ..plain }),
            ("with a window", Heads { window: 2, scale: 0.7, ..plain }),
        ];
        let lengths = [5, 1, 3];
        let rows: usize = lengths.iter().sum();
        let pool = Pool::new(1);
        for (name, heads) in kinds {
            let sizes = [heads.query_row(), heads.kv_row(), heads.kv_row()];
            let [q, k, v] = [0, 1, 2].map(|i| numbers(rows * sizes[i], i as u64 + 20));
            let g = numbers(q.len(), 30);
            let mut grouped = vec![0.0; q.len() + k.len() + v.len()];
            gather(heads, &lengths, &q, &k, &v, &mut grouped);

            let (mut out, mut ours) = (vec![0.0; q.len()], vec![0.0; q.len()]);
            forward(heads, &lengths, &grouped, &mut out, &pool);
            scatter_queries(heads, &lengths, &out, &mut ours);
            assert_near(&ours, &truth(heads, &lengths, &wide(&q), &wide(&k), &wide(&v)), name);

            let mut to_out = vec![0.0; q.len()];
            gather_queries(heads, &lengths, &g, &mut to_out);
            let mut to_grouped = vec![0.0; grouped.len()];
            backward(heads, &lengths, &grouped, &to_out, &mut to_grouped, &pool);
            let [mut to_q, mut to_k, mut to_v] = [&q, &k, &v].map(|x| vec![0.0; x.len()]);
            scatter(heads, &lengths, &to_grouped, &mut to_q, &mut to_k, &mut to_v);

            let [q, k, v] = [&q, &k, &v].map(|x| wide(x));
            let by_q = slopes(&q, |q| weighted(&g, &truth(heads, &lengths, q, &k, &v)));
            let by_k = slopes(&k, |k| weighted(&g, &truth(heads, &lengths, &q, k, &v)));
            let by_v = slopes(&v, |v| weighted(&g, &truth(heads, &lengths, &q, &k, v)));
            for (ours, truth, part) in [(to_q, by_q, "q"), (to_k, by_k, "k"), (to_v, by_v, "v")] {
                assert_near(&ours, &truth, &format!("{part}, {name}"));
            }
        }
    }
}
