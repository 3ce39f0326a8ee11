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

/// Collects queries `(rows, heads · head)`, keys and values `(rows, kv_heads · head)` of some `rows` of examples of these
/// `lengths` into the order of the tasks.
pub(super) fn gather(
    heads: Heads,
    lengths: &[usize],
    rows: Range<usize>,
    [q, k, v]: [&[f32]; 3],
    grouped: &mut [f32],
) {
    let size = heads.size;
    let mut rest = grouped;
    for place in places(heads, lengths) {
        let (task, after) = std::mem::take(&mut rest).split_at_mut(elements(heads, place.t));
        let (queries, others) = task.split_at_mut(heads.shared() * place.t * size);
        let (keys, values) = others.split_at_mut(key_elements(heads, place.t));
        for (to, from) in place.queries(heads, &rows) {
            queries[to * size..][..size].copy_from_slice(&q[from]);
        }
        let padded = keys.len() / size;
        for (position, from) in place.keys(heads, &rows) {
            for (key, k) in keys[position..].iter_mut().step_by(padded).zip(&k[from.clone()]) {
                *key = *k;
            }
            values[position * size..][..size].copy_from_slice(&v[from]);
            if position + 1 == place.t {
                keys.chunks_exact_mut(padded).for_each(|keys| keys[place.t..].fill(0.0));
            }
        }
        rest = after;
    }
}

/// Brings gradients of queries `(shared, t, head)`, keys and values `(t, head)` of each task back into some rows.
pub(super) fn scatter(
    heads: Heads,
    lengths: &[usize],
    rows: Range<usize>,
    gradients: &[f32],
    [q, k, v]: [&mut [f32]; 3],
) {
    let size = heads.size;
    let mut rest = gradients;
    for place in places(heads, lengths) {
        let (to_q, others) = rest.split_at(heads.shared() * place.t * size);
        let (to_k, others) = others.split_at(place.t * size);
        let (to_v, others) = others.split_at(place.t * size);
        for (from, to) in place.queries(heads, &rows) {
            q[to].copy_from_slice(&to_q[from * size..][..size]);
        }
        for (from, to) in place.keys(heads, &rows) {
            k[to.clone()].copy_from_slice(&to_k[from * size..][..size]);
            v[to].copy_from_slice(&to_v[from * size..][..size]);
        }
        rest = others;
    }
}

/// Collects some rows `(rows, heads · head)` of queries, or of results, into the order of the tasks.
pub(super) fn gather_queries(
    heads: Heads,
    lengths: &[usize],
    rows: Range<usize>,
    values: &[f32],
    grouped: &mut [f32],
) {
    let mut rest = grouped;
    for place in places(heads, lengths) {
        let (task, after) = std::mem::take(&mut rest).split_at_mut(heads.shared() * place.t * heads.size);
        for (to, from) in place.queries(heads, &rows) {
            task[to * heads.size..][..heads.size].copy_from_slice(&values[from]);
        }
        rest = after;
    }
}

/// The reverse of [`gather_queries`].
pub(super) fn scatter_queries(
    heads: Heads,
    lengths: &[usize],
    rows: Range<usize>,
    grouped: &[f32],
    values: &mut [f32],
) {
    let mut rest = grouped;
    for place in places(heads, lengths) {
        let (task, after) = rest.split_at(heads.shared() * place.t * heads.size);
        for (from, to) in place.queries(heads, &rows) {
            values[to].copy_from_slice(&task[from * heads.size..][..heads.size]);
        }
        rest = after;
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
    /// The queries in `rows`, head by head: the index of each in the task, and its range in these rows.
    fn queries(self, heads: Heads, rows: &Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
        let rows = rows.clone();
        (0..heads.shared()).flat_map(move |shared| {
            let head = self.kv_head * heads.shared() + shared;
            let ranges = self.rows(&rows, heads.query_row(), head, heads.size);
            ranges.map(move |(position, range)| (shared * self.t + position, range))
        })
    }

    /// The same for the keys, or the values.
    fn keys(self, heads: Heads, rows: &Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> + use<> {
        self.rows(rows, heads.kv_row(), self.kv_head, heads.size)
    }

    /// The positions of the example in `rows`, and a head of each.
    fn rows(
        self,
        rows: &Range<usize>,
        row: usize,
        head: usize,
        size: usize,
    ) -> impl Iterator<Item = (usize, Range<usize>)> + use<> {
        let first = rows.start;
        let ours = rows.start.max(self.first)..rows.end.min(self.first + self.t);
        ours.map(move |index| {
            let start = (index - first) * row + head * size;
            (index - self.first, start..start + size)
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

/// Multiplications of floats in one call.
const WORK: usize = 1 << 27;

/// Queries of each task, from index `first` on, whose results and gradients a call computes: as many as take 2²⁷
/// multiplications, and at least one.
pub(super) fn at_once(heads: Heads, lengths: &[usize], first: usize) -> Range<usize> {
    let end = count(heads, lengths);
    let mut work = 0;
    let mut next = first;
    while next < end && (next == first || work < WORK) {
        // A query multiplies each key and value five times on the way back.
        let seen = places(heads, lengths)
            .filter(|place| next < heads.shared() * place.t)
            .map(|place| seen(heads, next % place.t).len());
        work += 5 * heads.size * seen.sum::<usize>();
        next += 1;
    }
    first..next
}

/// The most queries of a task.
pub(super) fn count(heads: Heads, lengths: &[usize]) -> usize {
    heads.shared() * lengths.iter().copied().max().unwrap_or(0)
}

/// The results of some queries of each task, `(shared, t, head)`: `o = softmax(cap(q kᵀ · scale)) v`.
pub(super) fn forward(
    heads: Heads,
    lengths: &[usize],
    queries: Range<usize>,
    grouped: &[f32],
    out: &mut [f32],
    pool: &Pool,
) {
    let mut tasks = tasks(heads, lengths, grouped, &[], out, heads.shared());
    each(pool, &mut tasks, &|Task { t, grouped, out, .. }| {
        let (q, k, v) = parts(heads, *t, grouped);
        let mut weights = vec![0.0; k.len() / heads.size];
        let all = q.chunks_exact(heads.size).zip(out.chunks_exact_mut(heads.size)).enumerate();
        for (i, (q, out)) in all.take(queries.end).skip(queries.start) {
            out.fill(0.0);
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

/// The gradients of some queries of each task `(shared, t, head)`, and what they add to those of keys and values
/// `(t, head)`, from `g`, the gradients of the results. The first queries come first. With the weights `P` and the capped scores `S`: `∂V = Pᵀ g`, `∂P = g Vᵀ`, `∂S = P ⊙ (∂P − Σ ∂P ⊙ P)`, times
/// `1 − (S / cap)²` and the scale, `∂Q = ∂S K`, `∂K = ∂Sᵀ Q`. Those of a key and a value are summed over the query heads
/// that share it.
pub(super) fn backward(
    heads: Heads,
    lengths: &[usize],
    queries: Range<usize>,
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
        if queries.start == 0 {
            out.fill(0.0);
        }
        let (to_q, rest) = out.split_at_mut(heads.shared() * t * size);
        let (to_k, to_v) = rest.split_at_mut(t * size);
        let [mut slopes, mut weights, mut to_scores] = [(); 3].map(|()| vec![0.0; padded]);

        let all = q.chunks_exact(size).zip(g.chunks_exact(size)).zip(to_q.chunks_exact_mut(size)).enumerate();
        for (i, ((q, g), to_q)) in all.take(queries.end).skip(queries.start) {
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
            // Rows and queries in parts, one of which ends within an example.
            let parts = [0..9, 9..rows];
            let part =
                |x: &[f32], size: usize, rows: &Range<usize>| x[rows.start * size..rows.end * size].to_vec();
            let of = |rows: &Range<usize>| {
                [(&q, sizes[0]), (&k, sizes[1]), (&v, sizes[2])].map(|(x, size)| part(x, size, rows))
            };
            let queries = [0..5, 5..count(heads, &lengths)];
            let mut grouped = vec![f32::NAN; gathered(heads, &lengths)];
            for rows in &parts {
                let [q, k, v] = of(rows);
                gather(heads, &lengths, rows.clone(), [&q, &k, &v], &mut grouped);
            }

            let (mut out, mut ours) = (vec![f32::NAN; q.len()], Vec::new());
            for queries in &queries {
                forward(heads, &lengths, queries.clone(), &grouped, &mut out, &pool);
            }
            for rows in &parts {
                let [mut values, _, _] = of(rows);
                scatter_queries(heads, &lengths, rows.clone(), &out, &mut values);
                ours.extend(values);
            }
            assert_near(&ours, &truth(heads, &lengths, &wide(&q), &wide(&k), &wide(&v)), name);

            let mut to_out = vec![f32::NAN; q.len()];
            for rows in &parts {
                gather_queries(heads, &lengths, rows.clone(), &part(&g, sizes[0], rows), &mut to_out);
            }
            let mut gradients = vec![f32::NAN; q.len() + k.len() + v.len()];
            for queries in &queries {
                backward(heads, &lengths, queries.clone(), &grouped, &to_out, &mut gradients, &pool);
            }
            let [mut to_q, mut to_k, mut to_v] = [(); 3].map(|()| Vec::new());
            for rows in &parts {
                let [mut q, mut k, mut v] = of(rows);
                scatter(heads, &lengths, rows.clone(), &gradients, [&mut q, &mut k, &mut v]);
                to_q.extend(q);
                to_k.extend(k);
                to_v.extend(v);
            }

            let [q, k, v] = [&q, &k, &v].map(|x| wide(x));
            let by_q = slopes(&q, |q| weighted(&g, &truth(heads, &lengths, q, &k, &v)));
            let by_k = slopes(&k, |k| weighted(&g, &truth(heads, &lengths, &q, k, &v)));
            let by_v = slopes(&v, |v| weighted(&g, &truth(heads, &lengths, &q, &k, v)));
            for (ours, truth, part) in [(to_q, by_q, "q"), (to_k, by_k, "k"), (to_v, by_v, "v")] {
                assert_near(&ours, &truth, &format!("{part}, {name}"));
            }
        }
    }

    /// All queries have their turn, in calls of which none has more work than the longest may have.
    #[test]
    fn queries_are_divided_by_their_work() {
        let heads = Heads::new(9, 3, 64);
        assert_eq!(at_once(heads, &[20; 8], 0), 0..60, "short examples run at once");
        for lengths in [vec![8192], vec![3000, 10]] {
            let (mut first, end) = (0, count(heads, &lengths));
            while first < end {
                let queries = at_once(heads, &lengths, first);
                assert!(queries.start == first && queries.end > first);
                let of =
                    |&t: &usize| queries.clone().take_while(|i| *i < 3 * t).map(|i| i % t + 1).sum::<usize>();
                let work: usize = 3 * lengths.iter().map(of).sum::<usize>() * 5 * heads.size;
                assert!(work < WORK + 3 * 5 * 64 * 8192 * 2, "{work}");
                first = queries.end;
            }
            assert_eq!(first, end);
        }
    }
}
