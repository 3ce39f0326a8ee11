//! Attention among the tokens of one example (Vaswani et al. 2017, eq. 1), and its gradient, for all examples and heads
//! of a batch.
//!
//! An example and a head of keys and values, with the query heads that share it, are a task. Its numbers lie together:
//! queries `(shared, t, head)`, keys `(head, t)`, values `(t, head)`, for `t` tokens. Every sum has the order of
//! [`dot_product`](crate::kernels::dot_product), so a forward pass has the bits of one that answers.

use std::ops::Range;

use wide::f32x4;

use super::products::{dot, each};
use crate::kernels::dot_product::GROUP;
use crate::kernels::float::{add_scaled, exp, soft_cap, sum};
use crate::kernels::{Pool, load};
use crate::model::Heads;

/// Collects the rows of queries `(T, heads · head)`, keys and values `(T, kv_heads · head)` of examples of these `lengths`
/// into the order of the tasks.
pub(super) fn gather(heads: Heads, lengths: &[usize], q: &[f32], k: &[f32], v: &[f32], grouped: &mut [f32]) {
    walk(heads, lengths, |part, place, first, step| {
        let source = match part {
            Part::Query => &q[place],
            Part::Key => &k[place],
            Part::Value => &v[place],
        };
        let targets = grouped[first..].iter_mut().step_by(step);
        targets.zip(source).for_each(|(target, source)| *target = *source);
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
    walk(heads, lengths, |part, place, first, step| {
        let target = match part {
            Part::Query => &mut q[place],
            Part::Key => &mut k[place],
            Part::Value => &mut v[place],
        };
        let sources = grouped[first..].iter().step_by(step);
        target.iter_mut().zip(sources).for_each(|(target, source)| *target = *source);
    });
}

/// Collects rows `(T, heads · head)` of queries, or of results, into the order of the tasks.
pub(super) fn gather_queries(heads: Heads, lengths: &[usize], rows: &[f32], grouped: &mut [f32]) {
    let mut targets = grouped.chunks_exact_mut(heads.size);
    walk(heads, lengths, |part, place, _, _| {
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
    walk(heads, lengths, |part, place, _, _| {
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

/// Visits each head of each row in the order of the tasks: its place among the rows, the index of its first element among
/// the numbers of all tasks, and how far apart its elements are there.
fn walk(heads: Heads, lengths: &[usize], mut visit: impl FnMut(Part, Range<usize>, usize, usize)) {
    let (mut row, mut index) = (0, 0);
    for &t in lengths {
        for kv_head in 0..heads.kv {
            let place = |row: usize, size: usize, head: usize| {
                let start = row * size + head * heads.size;
                start..start + heads.size
            };
            for head in kv_head * heads.shared()..(kv_head + 1) * heads.shared() {
                for row in row..row + t {
                    visit(Part::Query, place(row, heads.query_row(), head), index, 1);
                    index += heads.size;
                }
            }
            for i in 0..t {
                visit(Part::Key, place(row + i, heads.kv_row(), kv_head), index + i, t);
            }
            index += t * heads.size;
            for row in row..row + t {
                visit(Part::Value, place(row, heads.kv_row(), kv_head), index, 1);
                index += heads.size;
            }
        }
        row += t;
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
            let weights = &mut weights[seen.clone()];
            score(heads, q, k, seen.clone(), weights);
            softmax(weights, seen.start);
            for (weight, v) in weights.iter().zip(v.chunks_exact(heads.size).skip(seen.start)) {
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
        let (t, size) = (*t, heads.size);
        let (q, k, v) = parts(heads, t, grouped);
        out.fill(0.0);
        let (to_q, rest) = out.split_at_mut(heads.shared() * t * size);
        let (to_k, to_v) = rest.split_at_mut(t * size);
        let [mut slopes, mut weights, mut to_scores] = [(); 3].map(|()| vec![0.0; t]);

        let queries = q.chunks_exact(size).zip(g.chunks_exact(size)).zip(to_q.chunks_exact_mut(size));
        for (i, ((q, g), to_q)) in queries.enumerate() {
            let seen = seen(heads, i % t);
            let [slopes, weights, to_scores] =
                [&mut slopes, &mut weights, &mut to_scores].map(|vec| &mut vec[seen.clone()]);
            score(heads, q, k, seen.clone(), weights);
            for (slope, score) in slopes.iter_mut().zip(&*weights) {
                let share = heads.cap.map_or(0.0, |cap| score / cap);
                *slope = (1.0 - share * share) * heads.scale;
            }
            softmax(weights, seen.start);

            for (to_score, v) in to_scores.iter_mut().zip(v.chunks_exact(size).skip(seen.start)) {
                *to_score = dot(g, v); // ∂P
            }
            let mean = dot(to_scores, weights);
            for ((to_score, weight), slope) in to_scores.iter_mut().zip(&*weights).zip(&*slopes) {
                *to_score = weight * (*to_score - mean) * slope; // ∂S
            }
            for (to_v, weight) in to_v.chunks_exact_mut(size).skip(seen.start).zip(&*weights) {
                add_scaled(to_v, g, *weight);
            }
            let keys = k.chunks_exact(t).zip(to_k.chunks_exact_mut(t));
            for (((k, to_k), q), to_q) in keys.zip(q).zip(to_q) {
                *to_q += dot(to_scores, &k[seen.clone()]);
                add_scaled(&mut to_k[seen.clone()], to_scores, *q);
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
fn seen(heads: Heads, position: usize) -> Range<usize> {
    (position + 1).saturating_sub(heads.window)..position + 1
}

/// The capped scores of a query for the keys of the positions that it sees. `k` is `(head, t)`.
fn score(heads: Heads, q: &[f32], k: &[f32], seen: Range<usize>, scores: &mut [f32]) {
    let t = k.len() / heads.size;
    scores.fill(0.0);
    for (q, k) in q.iter().zip(k.chunks_exact(t)) {
        add_scaled(scores, &k[seen.clone()], *q);
    }
    scores.iter_mut().for_each(|score| *score *= heads.scale);
    if let Some(cap) = heads.cap {
        soft_cap(scores, cap);
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
