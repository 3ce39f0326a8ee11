//! Probabilities, ranks and draws, against their definitions.

use proptest::prelude::*;
use shotglass::distribution::{Distribution, Sampler};

fn distribution(logits: &[f32]) -> Distribution {
    Distribution::from_logits(logits.to_vec()).expect("finite logits")
}

fn sampler(temperature: f64, top_k: usize, top_p: f64, min_p: f64, seed: u64) -> Sampler {
    Sampler::new(temperature, top_k, top_p, min_p, seed).expect("options in range")
}

proptest! {
    #[test]
    fn shown_and_rest_are_everything(
        logits in prop::collection::vec(-30.0f32..30.0, 1..300), k in 0usize..400, shift in -1e3f32..1e3
    ) {
        let shifted: Vec<f32> = logits.iter().map(|x| x + shift).collect();
        for logits in [&logits, &shifted] {
            let distribution = distribution(logits);
            let (candidates, rest) = distribution.top(k);
            prop_assert_eq!(candidates.len() + rest.count, logits.len());
            let sum = candidates.iter().map(|c| c.p).sum::<f64>() + rest.p;
            prop_assert!((sum - 1.0).abs() < 1e-6, "the sum is {}", sum);
            for (index, candidate) in candidates.iter().enumerate() {
                prop_assert_eq!(candidate.rank, index + 1);
                prop_assert_eq!(*candidate, distribution.candidate(candidate.id));
            }
            prop_assert!(candidates.windows(2).all(|pair| pair[0].p >= pair[1].p));
            let least = candidates.last().map_or(f32::INFINITY, |c| c.logprob);
            let above = distribution.logprobs().iter().filter(|&&logprob| logprob > least).count();
            prop_assert!(candidates.is_empty() || above < candidates.len());
        }
    }

    #[test]
    fn truncations_only_ever_take_away(
        logits in prop::collection::vec(-5.0f32..5.0, 2..50), seed: u64,
        k in 1usize..50, top_p in 0.01f64..1.0, min_p in 0.0f64..1.0,
    ) {
        let distribution = distribution(&logits);
        let best = distribution.top(1).0[0];
        prop_assert!(distribution.candidate(sampler(1.0, k, 1.0, 0.0, seed).sample(&distribution)).rank <= k);
        let drawn = distribution.candidate(sampler(1.0, 0, 1.0, min_p, seed).sample(&distribution));
        prop_assert!(drawn.p >= min_p * best.p * (1.0 - 1e-6));
        // Of the smallest set that holds `top_p`, all but the last sum to less.
        let drawn = distribution.candidate(sampler(1.0, 0, top_p, 0.0, seed).sample(&distribution));
        let before: f64 = distribution.top(drawn.rank - 1).0.iter().map(|c| c.p).sum();
        prop_assert!(before < top_p + 1e-6, "rank {} lies behind {}", drawn.rank, before);
        prop_assert_eq!(sampler(0.0, 0, 1.0, 0.0, seed).sample(&distribution), best.id);
    }

    #[test]
    fn a_bias_is_as_much_in_the_logits(
        logits in prop::collection::vec(-5.0f32..5.0, 2..50), seed: u64, temperature in 0.0f64..2.0,
        k in 0usize..50, bias in prop::collection::vec(-100.0f32..100.0, 2..60),
    ) {
        // Some of the ids are those of no token.
        let pairs = || (0..).zip(bias.iter().copied());
        let moved = logits.iter().zip(bias.iter().copied().chain(std::iter::repeat(0.0)));
        let moved = distribution(&moved.map(|(logit, bias)| logit + bias).collect::<Vec<_>>());
        let distribution = distribution(&logits);
        let plain = sampler(temperature, k, 1.0, 0.0, seed);
        let ids: Vec<u32> = (0..logits.len() as u32).collect();
        let one = plain.clone().with_bias(pairs()).sampled(&distribution, &ids);
        let other = plain.sampled(&moved, &ids);
        // Numbers that are nearly equal may change places, at a temperature near 0 above all.
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-3;
        let best = moved.top(2).0;
        if temperature == 0.0 || temperature > 0.1 && best[0].logprob - best[1].logprob > 1e-3 {
            prop_assert!(k > 1 || one.p.iter().zip(&other.p).all(close), "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn what_is_drawn_may_be_drawn(
        logits in prop::collection::vec(-3.0f32..3.0, 2..50), seed: u64, temperature in 0.0f64..2.0,
        k in 0usize..50, top_p in 0.01f64..1.0, min_p in 0.0f64..0.5,
    ) {
        let distribution = distribution(&logits);
        let mut sampler = sampler(temperature, k, top_p, min_p, seed);
        let ids: Vec<u32> = (0..logits.len() as u32).collect();
        let sampled = sampler.sampled(&distribution, &ids);
        prop_assert!((sampled.p.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert_eq!(sampled.p.iter().filter(|&&p| p > 0.0).count(), sampled.count);
        for _ in 0..20 {
            prop_assert!(sampled.p[sampler.sample(&distribution) as usize] > 0.0);
        }
    }
}

/// Probabilities 0.1, 0.5, 0.15 and 0.25; each setting alone, then normalised by hand.
#[test]
fn each_setting_of_a_sampler_leaves_what_it_says() {
    let distribution = distribution(&[0.1f32.ln(), 0.5f32.ln(), 0.15f32.ln(), 0.25f32.ln()]);
    let sum = 0.01 + 0.25 + 0.0225 + 0.0625;
    for (sampler, count, expected) in [
        (sampler(1.0, 0, 1.0, 0.0, 0), 4, [0.1, 0.5, 0.15, 0.25]),
        (sampler(0.5, 0, 1.0, 0.0, 0), 4, [0.01 / sum, 0.25 / sum, 0.0225 / sum, 0.0625 / sum]),
        (sampler(0.0, 0, 1.0, 0.0, 0), 1, [0.0, 1.0, 0.0, 0.0]),
        (sampler(1.0, 2, 1.0, 0.0, 0), 2, [0.0, 2.0 / 3.0, 0.0, 1.0 / 3.0]),
        (sampler(1.0, 99, 1.0, 0.0, 0), 4, [0.1, 0.5, 0.15, 0.25]),
        (sampler(1.0, 0, 0.8, 0.0, 0), 3, [0.0, 0.5 / 0.9, 0.15 / 0.9, 0.25 / 0.9]),
        (sampler(1.0, 0, 1.0, 0.25, 0), 3, [0.0, 0.5 / 0.9, 0.15 / 0.9, 0.25 / 0.9]),
    ] {
        let sampled = sampler.sampled(&distribution, &[0, 1, 2, 3]);
        assert_eq!(sampled.count, count, "{sampler:?}");
        for (p, expected) in sampled.p.iter().zip(expected) {
            assert!((p - expected).abs() < 1e-6, "{sampler:?} {sampled:?}");
        }
    }
}

#[test]
fn of_equally_probable_tokens_the_first_are_left() {
    let distribution = distribution(&[0.0, 0.0, 0.0, 2f32.ln()]);
    let sampled = sampler(1.0, 3, 1.0, 0.0, 0).sampled(&distribution, &[0, 1, 2, 3]);
    assert_eq!(sampled.p.iter().map(|&p| p > 0.0).collect::<Vec<_>>(), [true, true, false, true]);
}

/// Logits ln 4, ln 2, ln 1, ln 1 are probabilities 1/2, 1/4, 1/8, 1/8, with entropy 7/4 · ln 2.
#[test]
fn a_distribution_by_hand() {
    let distribution = distribution(&[0.0, 4f32.ln(), 0.0, 2f32.ln()]);
    let (candidates, rest) = distribution.top(3);
    assert_eq!(candidates.iter().map(|c| c.id).collect::<Vec<_>>(), [1, 3, 0], "ties go to the lower id");
    for (candidate, p) in candidates.iter().zip([0.5, 0.25, 0.125]) {
        assert!((candidate.p - p).abs() < 1e-7 && (f64::from(candidate.logprob) - p.ln()).abs() < 1e-7);
    }
    assert!(rest.count == 1 && (rest.p - 0.125).abs() < 1e-7);
    assert!((distribution.entropy() - 1.75 * 2f64.ln()).abs() < 1e-6);
    assert_eq!(distribution.candidate(2).rank, 4);
}

#[test]
fn logits_without_numbers_are_an_error() {
    for odd in [f32::NAN, f32::INFINITY] {
        let error = Distribution::from_logits(vec![0.0, odd, 1.0]).expect_err("no distribution");
        assert_eq!(error.code(), "corrupt");
    }
    assert!(Distribution::from_logits(vec![f32::NEG_INFINITY; 3]).is_err());
    let one = distribution(&[f32::NEG_INFINITY, 0.0]);
    assert_eq!(one.entropy(), 0.0);
}

/// 20,000 draws: each share within four standard deviations of p^(1/T), normalised by hand.
#[test]
fn draws_follow_the_tempered_distribution() {
    const DRAWS: usize = 20_000;
    let distribution = distribution(&[0.0, 4f32.ln(), 0.0, 2f32.ln()]);
    for (temperature, expected) in
        [(1.0, [0.125, 0.5, 0.125, 0.25]), (0.5, [1.0 / 22.0, 16.0 / 22.0, 1.0 / 22.0, 4.0 / 22.0])]
    {
        let mut sampler = sampler(temperature, 0, 1.0, 0.0, 7);
        let sampled = sampler.sampled(&distribution, &[0, 1, 2, 3]);
        assert!(
            sampled.p.iter().zip(expected).all(|(p, expected)| (p - expected).abs() < 1e-6),
            "{sampled:?}"
        );
        let mut counts = [0usize; 4];
        (0..DRAWS).for_each(|_| counts[sampler.sample(&distribution) as usize] += 1);
        for (count, p) in counts.into_iter().zip(expected) {
            let deviation = (DRAWS as f64 * p * (1.0 - p)).sqrt();
            assert!((count as f64 - DRAWS as f64 * p).abs() < 4.0 * deviation, "{counts:?} at {temperature}");
        }
    }
}

#[test]
fn equal_seeds_draw_equally_and_others_do_not() {
    let distribution = distribution(&[0.0; 1000]);
    let draw = |seed| {
        let mut sampler = sampler(1.0, 0, 1.0, 0.0, seed);
        (0..20).map(|_| sampler.sample(&distribution)).collect::<Vec<_>>()
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

/// From the reference implementation's test vector for seed 1234567: the first two outputs are
/// 6457827717110365317 and 3203168211198807973.
#[test]
fn the_generator_is_split_mix_64() {
    let distribution = distribution(&vec![0.0; 1 << 16]);
    let mut sampler = sampler(1.0, 0, 1.0, 0.0, 1_234_567);
    for output in [6_457_827_717_110_365_317u64, 3_203_168_211_198_807_973] {
        let expected = (output >> 11) as f64 / (1u64 << 53) as f64 * 65_536.0;
        assert_eq!(sampler.sample(&distribution), expected as u32);
    }
}

#[test]
fn options_out_of_range_are_named() {
    for (temperature, top_p, min_p, name) in [
        (-0.1, 1.0, 0.0, "temperature"),
        (f64::NAN, 1.0, 0.0, "temperature"),
        (f64::INFINITY, 1.0, 0.0, "temperature"),
        (1.0, 0.0, 0.0, "topP"),
        (1.0, 1.1, 0.0, "topP"),
        (1.0, 1.0, -0.1, "minP"),
        (1.0, 1.0, f64::NAN, "minP"),
    ] {
        let error = Sampler::new(temperature, 0, top_p, min_p, 0).expect_err("out of range");
        assert_eq!(error.code(), "invalid-option");
        assert!(error.to_string().starts_with(name), "{error}");
    }
}
