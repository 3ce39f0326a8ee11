//! Attention among the tokens of one example (Vaswani et al. 2017, eq. 1), and its gradient, for all examples and heads
//! of a batch.
//!
//! An example and a head of keys and values, with the query heads that share it, are a task. Its numbers lie together:
//! queries `(shared, t, head)`, keys `(head, t)` with zeros up to whole blocks, values `(t, head)`, for `t` tokens. Every
//! sum has the order of [`dot_product`](crate::kernels::dot_product), so a forward pass has the bits of one that answers.

use std::ops::Range;

use wide::f32x4;

use super::products::{dot, each};
use crate::kernels::dot_product::GROUP;
use crate::kernels::float::{add_scaled, exp, soft_cap, sum};
use crate::kernels::{Pool, load};
use crate::model::Heads;

/// Positions that are scored together.
const BLOCK: usize = 2 * GROUP;

/// Elements of a task's keys.
fn key_elements(heads: Heads, t: usize) -> usize {
    heads.size * t.next_multiple_of(BLOCK)
}

/// Elements of a task.
fn elements(heads: Heads, t: usize) -> usize {
    (heads.shared() + 1) * t * heads.size + key_elements(heads, t)
}

/// How many numbers [`gather`] writes.
pub(super) fn gathered(heads: Heads, lengths: &[usize]) -> usize {
    lengths.iter().map(|&t| heads.kv * elements(heads, t)).sum()
}

/// Collects the rows of queries `(T, heads · head)`, keys and values `(T, kv_heads · head)` of examples of these `lengths`
/// into the order of the tasks.
pub(super) fn gather(heads: Heads, lengths: &[usize], q: &[f32], k: &[f32], v: &[f32], grouped: &mut [f32]) {
    let mut rest = grouped;
    for place in places(heads, lengths) {
        let (task, after) = std::mem::take(&mut rest).split_at_mut(elements(heads, place.t));
        let (queries, others) = task.split_at_mut(heads.shared() * place.t * heads.size);
        let (keys, values) = others.split_at_mut(key_elements(heads, place.t));
        for (target, source) in queries.chunks_exact_mut(heads.size).zip(place.queries(heads)) {
            target.copy_from_slice(&q[source]);
        }
        keys.fill(0.0);
        let padded = keys.len() / heads.size;
        for (position, source) in place.keys(heads).enumerate() {
            for (key, k) in keys[position..].iter_mut().step_by(padded).zip(&k[source]) {
                *key = *k;
            }
        }
        for (target, source) in values.chunks_exact_mut(heads.size).zip(place.keys(heads)) {
            target.copy_from_slice(&v[source]);
        }
        rest = after;
    }
}

/// Brings gradients of queries `(shared, t, head)`, keys and values `(t, head)` of each task back into rows.
pub(super) fn scatter(
    heads: Heads,
    lengths: &[usize],
    gradients: &[f32],
    q: &mut [f32],
    k: &mut [f32],
    v: &mut [f32],
) {
    let mut sources = gradients.chunks_exact(heads.size);
    for place in places(heads, lengths) {
        place.queries(heads).zip(&mut sources).for_each(|(to, from)| q[to].copy_from_slice(from));
        place.keys(heads).zip(&mut sources).for_each(|(to, from)| k[to].copy_from_slice(from));
        place.keys(heads).zip(&mut sources).for_each(|(to, from)| v[to].copy_from_slice(from));
    }
}

/// Collects rows `(T, heads · head)` of queries, or of results, into the order of the tasks.
pub(super) fn gather_queries(heads: Heads, lengths: &[usize], rows: &[f32], grouped: &mut [f32]) {
    let sources = places(heads, lengths).flat_map(|place| place.queries(heads));
    for (target, source) in grouped.chunks_exact_mut(heads.size).zip(sources) {
        target.copy_from_slice(&rows[source]);
    }
}

/// The reverse of [`gather_queries`].
pub(super) fn scatter_queries(heads: Heads, lengths: &[usize], grouped: &[f32], rows: &mut [f32]) {
    let targets = places(heads, lengths).flat_map(|place| place.queries(heads));
    for (source, target) in grouped.chunks_exact(heads.size).zip(targets) {
        rows[target].copy_from_slice(source);
    }
}

/// Where a task's numbers are among the rows.
#[derive(Clone, Copy)]
struct Place {
    t: usize,
    /// The first row of the example.
    first: usize,
    kv_head: usize,
}

/// The tasks in their order.
fn places(heads: Heads, lengths: &[usize]) -> impl Iterator<Item = Place> {
    let mut next = 0;
    lengths.iter().flat_map(move |&t| {
        let first = next;
        next += t;
        (0..heads.kv).map(move |kv_head| Place { t, first, kv_head })
    })
}

impl Place {
    /// The queries, head by head.
    fn queries(self, heads: Heads) -> impl Iterator<Item = Range<usize>> {
        let own = self.kv_head * heads.shared()..(self.kv_head + 1) * heads.shared();
        own.flat_map(move |head| self.rows(heads.query_row(), head, heads.size))
    }

    /// The keys, or the values.
    fn keys(self, heads: Heads) -> impl Iterator<Item = Range<usize>> {
        self.rows(heads.kv_row(), self.kv_head, heads.size)
    }

    /// A head in each row of the example.
    fn rows(self, row: usize, head: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
        (self.first..self.first + self.t).map(move |index| {
            let start = index * row + head * size;
            start..start + size
        })
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

/// The tasks of a batch, whose results take `parts` times the floats of a head of values.
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
    for Place { t, .. } in places(heads, lengths) {
        let head = t * heads.size;
        let (ours, rest) = grouped.split_at(elements(heads, t));
        let (gradient, g_rest) = g.split_at(g.len().min(heads.shared() * head));
        let (result, out_rest) = out.split_at_mut(parts * head);
        tasks.push(Task { t, grouped: ours, g: gradient, out: result });
        (grouped, g, out) = (rest, g_rest, out_rest);
    }
    tasks
}

/// The results of attention, `(shared, t, head)` for each task: `o = softmax(cap(q kᵀ · scale)) v`.
pub(super) fn forward(heads: Heads, lengths: &[usize], grouped: &[f32], out: &mut [f32], pool: &Pool) {
    let mut tasks = tasks(heads, lengths, grouped, &[], out, heads.shared());
    each(pool, &mut tasks, &|Task { t, grouped, out, .. }| {
        let (q, k, v) = parts(heads, *t, grouped);
        let mut weights = vec![0.0; k.len() / heads.size];
        out.fill(0.0);
        for (i, (q, out)) in q.chunks_exact(heads.size).zip(out.chunks_exact_mut(heads.size)).enumerate() {
            let seen = seen(heads, i % *t);
            score(heads, q, k, seen.clone(), &mut weights);
            let weights = &mut weights[seen.clone()];
            softmax(weights, seen.start);
            for (weight, v) in weights.iter().zip(v.chunks_exact(heads.size).skip(seen.start)) {
                add_scaled(out, v, *weight);
            }
        }
    });
}

/// The gradients of queries `(shared, t, head)`, keys and values `(t, head)` for each task, from `g`, the gradients of the
/// results. With the weights `P` and the capped scores `S`: `∂V = Pᵀ g`, `∂P = g Vᵀ`, `∂S = P ⊙ (∂P − Σ ∂P ⊙ P)`, times
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
        let (t, size) = (*t, heads.size);
        let (q, k, v) = parts(heads, t, grouped);
        let padded = k.len() / size;
        let mut keys = vec![0.0; t * size]; // (t, head)
        for (column, k) in k.chunks_exact(padded).enumerate() {
            keys[column..].iter_mut().step_by(size).zip(k).for_each(|(key, k)| *key = *k);
        }
        out.fill(0.0);
        let (to_q, rest) = out.split_at_mut(heads.shared() * t * size);
        let (to_k, to_v) = rest.split_at_mut(t * size);
        let [mut slopes, mut weights, mut to_scores] = [(); 3].map(|()| vec![0.0; padded]);

        let queries = q.chunks_exact(size).zip(g.chunks_exact(size)).zip(to_q.chunks_exact_mut(size));
        for (i, ((q, g), to_q)) in queries.enumerate() {
            let seen = seen(heads, i % t);
            score(heads, q, k, seen.clone(), &mut weights);
            let [slopes, weights, to_scores] =
                [&mut slopes, &mut weights, &mut to_scores].map(|vec| &mut vec[seen.clone()]);
            for (slope, score) in slopes.iter_mut().zip(&*weights) {
                let share = heads.cap.map_or(0.0, |cap| score / cap);
                *slope = (1.0 - share * share) * heads.scale;
            }
            softmax(weights, seen.start);

            let places = seen.start * size..seen.end * size;
            for (to_score, v) in to_scores.iter_mut().zip(v[places.clone()].chunks_exact(size)) {
                *to_score = dot(g, v); // ∂P
            }
            let mean = dot(to_scores, weights);
            let to_keys = to_k[places.clone()].chunks_exact_mut(size);
            let to_values = to_v[places.clone()].chunks_exact_mut(size);
            let rows = keys[places].chunks_exact(size).zip(to_keys).zip(to_values);
            for (j, ((k, to_k), to_v)) in rows.enumerate() {
                let to_score = weights[j] * (to_scores[j] - mean) * slopes[j]; // ∂S
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
    let (k, v) = rest.split_at(key_elements(heads, t));
    (q, k, v)
}

/// The positions that a query at `position` sees.
fn seen(heads: Heads, position: usize) -> Range<usize> {
    (position + 1).saturating_sub(heads.window)..position + 1
}

/// The capped scores of a query at the positions that it sees, and any numbers at others. `k` is `(head, positions)`.
fn score(heads: Heads, q: &[f32], k: &[f32], seen: Range<usize>, scores: &mut [f32]) {
    let padded = k.len() / heads.size;
    for first in (seen.start / BLOCK * BLOCK..seen.end).step_by(BLOCK) {
        let mut sums = [f32x4::ZERO; BLOCK / GROUP];
        for (q, k) in q.iter().zip(k.chunks_exact(padded)) {
            for (sum, k) in sums.iter_mut().zip(k[first..first + BLOCK].chunks_exact(GROUP)) {
                *sum += f32x4::splat(*q) * load(k);
            }
        }
        for (scores, sum) in scores[first..].chunks_exact_mut(GROUP).zip(sums) {
            scores.copy_from_slice((sum * heads.scale).as_array());
        }
    }
    if let Some(cap) = heads.cap {
        soft_cap(&mut scores[seen], cap);
    }
}

/// Softmax in place: `e^(s − max) / Σ`, of scores of which the first is that of position `first`. Each place in a group of
/// positions has a lane of its own.
fn softmax(scores: &mut [f32], first: usize) {
    let max = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (start, end) = scores.split_at_mut((GROUP - first % GROUP).min(scores.len()));
    let mut totals = f32x4::ZERO;
    for (lane, scores) in
        [(first % GROUP, start)].into_iter().chain(end.chunks_mut(GROUP).map(|end| (0, end)))
    {
        let mut lanes = [f32::NEG_INFINITY; GROUP];
        let used = lane..lane + scores.len();
        lanes[used.clone()].copy_from_slice(scores);
        let weights = exp(load(&lanes) - f32x4::splat(max));
        totals += weights;
        scores.copy_from_slice(&weights.as_array()[used]);
    }
    let inverse = 1.0 / sum(totals);
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
            ("with a window", Heads { window: 3, scale: 0.7, ..plain }),
        ];
        let lengths = [13, 1, 8];
        let rows: usize = lengths.iter().sum();
        let pool = Pool::new(1);
        for (name, heads) in kinds {
            let sizes = [heads.query_row(), heads.kv_row(), heads.kv_row()];
            let [q, k, v] = [0, 1, 2].map(|i| numbers(rows * sizes[i], i as u64 + 20));
            let g = numbers(q.len(), 30);
            let mut grouped = vec![0.0; gathered(heads, &lengths)];
            gather(heads, &lengths, &q, &k, &v, &mut grouped);

            let (mut out, mut ours) = (vec![0.0; q.len()], vec![0.0; q.len()]);
            forward(heads, &lengths, &grouped, &mut out, &pool);
            scatter_queries(heads, &lengths, &out, &mut ours);
            assert_near(&ours, &truth(heads, &lengths, &wide(&q), &wide(&k), &wide(&v)), name);

            let mut to_out = vec![0.0; q.len()];
            gather_queries(heads, &lengths, &g, &mut to_out);
            let mut gradients = vec![0.0; q.len() + k.len() + v.len()];
            backward(heads, &lengths, &grouped, &to_out, &mut gradients, &pool);
            let [mut to_q, mut to_k, mut to_v] = [&q, &k, &v].map(|x| vec![0.0; x.len()]);
            scatter(heads, &lengths, &gradients, &mut to_q, &mut to_k, &mut to_v);

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
