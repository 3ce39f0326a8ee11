//! The answers for JavaScript. Their types in TypeScript are made from these structs, so `tsc` compares them with
//! those of the package.

use js_sys::{Float32Array, Reflect, Uint8Array, Uint32Array};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::attention::Attention;
use crate::distribution::{Candidate, Rest, Sampled};
use crate::error::Error;
use crate::prediction::{Drawn, Prediction, Surprisal};
use crate::score::{Forms, Score, ScoredToken};
use crate::session::Info;
use crate::states::Reading;
use crate::tokenizer::{Token, Tokenizer};

/// The name of this build.
const BUILD: &str = match (cfg!(feature = "threads"), cfg!(feature = "relaxed")) {
    (true, true) => "threads",
    (true, false) => "simd128-threads",
    (false, true) => "relaxed",
    (false, false) => "simd128",
};

pub type JsResult<T> = Result<T, JsValue>;

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct InfoOut {
    architecture: String,
    name: String,
    parameters: f64,
    vocabulary_size: usize,
    context_length: usize,
    quantization: String,
    bytes: f64,
    sha256: String,
    memory_bytes: f64,
    end_tokens: Vec<u32>,
    bos_token: Option<u32>,
    adds_bos: bool,
    chat_template: Option<String>,
    layers: usize,
    hidden_size: usize,
    activation_bits: u32,
    build: &'static str,
}

impl InfoOut {
    pub fn new(info: Info) -> InfoOut {
        InfoOut {
            architecture: info.architecture,
            name: info.name,
            parameters: info.parameters as f64,
            vocabulary_size: info.vocabulary_size,
            context_length: info.context_length,
            quantization: info.quantization,
            bytes: info.file.bytes as f64,
            sha256: info.file.sha256,
            memory_bytes: info.memory as f64,
            end_tokens: info.end_tokens,
            bos_token: info.bos_token,
            adds_bos: info.adds_bos,
            chat_template: info.chat_template,
            layers: info.layers,
            hidden_size: info.embedding,
            activation_bits: info.precision.bits(),
            build: BUILD,
        }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct TokenOut {
    id: u32,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint8Array")]
    bytes: Uint8Array,
    text: String,
}

impl From<Token> for TokenOut {
    fn from(token: Token) -> TokenOut {
        TokenOut { id: token.id, bytes: Uint8Array::from(token.bytes.as_slice()), text: token.text }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct VocabularyOut {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint8Array")]
    bytes: Uint8Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Uint32Array")]
    ends: Uint32Array,
}

impl From<(&[u8], &[u32])> for VocabularyOut {
    fn from((bytes, ends): (&[u8], &[u32])) -> VocabularyOut {
        VocabularyOut { bytes: Uint8Array::from(bytes), ends: Uint32Array::from(ends) }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct CandidateOut {
    #[serde(flatten)]
    token: TokenOut,
    p: f64,
    logprob: f32,
    rank: usize,
}

impl CandidateOut {
    pub fn new(tokenizer: &Tokenizer, candidate: Candidate) -> CandidateOut {
        let Candidate { id, p, logprob, rank } = candidate;
        CandidateOut { token: tokenizer.token(id).into(), p, logprob, rank }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct RestOut {
    count: usize,
    p: f64,
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct PredictionOut {
    candidates: Vec<CandidateOut>,
    rest: RestOut,
    entropy: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[tsify(optional, type = "SampledOut")]
    sampled: Option<SampledOut>,
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct SampledOut {
    count: usize,
    p: Vec<f64>,
}

impl PredictionOut {
    pub fn new(tokenizer: &Tokenizer, prediction: Prediction) -> PredictionOut {
        let candidates = prediction.candidates.into_iter();
        let Rest { count, p } = prediction.rest;
        PredictionOut {
            candidates: candidates.map(|candidate| CandidateOut::new(tokenizer, candidate)).collect(),
            rest: RestOut { count, p },
            entropy: prediction.entropy,
            sampled: prediction.sampled.map(|Sampled { count, p }| SampledOut { count, p }),
        }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct SurprisalOut {
    token: TokenOut,
    logprob: Option<f32>,
    rank: Option<usize>,
    entropy: Option<f64>,
    candidates: Vec<CandidateOut>,
}

impl SurprisalOut {
    pub fn new(tokenizer: &Tokenizer, surprisal: Surprisal) -> SurprisalOut {
        let token = tokenizer.token(surprisal.id).into();
        let Some(expected) = surprisal.expected else {
            return SurprisalOut { token, logprob: None, rank: None, entropy: None, candidates: Vec::new() };
        };
        let prediction = PredictionOut::new(tokenizer, expected.prediction);
        SurprisalOut {
            token,
            logprob: Some(expected.actual.logprob),
            rank: Some(expected.actual.rank),
            entropy: Some(prediction.entropy),
            candidates: prediction.candidates,
        }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct ScoredTokenOut {
    #[serde(flatten)]
    token: TokenOut,
    logprob: f32,
    rank: usize,
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct ScoreOut {
    tokens: Vec<ScoredTokenOut>,
    #[serde(flatten)]
    forms: FormsOut,
    reference: Option<FormsOut>,
    adjusted: Option<FormsOut>,
}

impl ScoreOut {
    pub fn new(tokenizer: &Tokenizer, score: Score) -> ScoreOut {
        let token = |ScoredToken { id, logprob, rank }| ScoredTokenOut {
            token: tokenizer.token(id).into(),
            logprob,
            rank,
        };
        ScoreOut {
            forms: score.forms.into(),
            adjusted: score.adjusted().map(FormsOut::from),
            tokens: score.tokens.into_iter().map(token).collect(),
            reference: score.reference.map(FormsOut::from),
        }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct FormsOut {
    logprob: f64,
    per_token: f64,
    per_character: f64,
    per_byte: f64,
}

impl From<Forms> for FormsOut {
    fn from(Forms { logprob, per_token, per_character, per_byte }: Forms) -> FormsOut {
        FormsOut { logprob, per_token, per_character, per_byte }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct AttentionOut {
    position: usize,
    layers: usize,
    heads: usize,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    #[tsify(type = "Float32Array")]
    weights: Float32Array,
}

impl From<&Attention> for AttentionOut {
    fn from(Attention { position, layers, heads, weights }: &Attention) -> AttentionOut {
        let (position, layers, heads) = (*position, *layers, *heads);
        AttentionOut { position, layers, heads, weights: Float32Array::from(weights.as_slice()) }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct ReadingOut {
    candidates: Vec<CandidateOut>,
    rest: RestOut,
    entropy: f64,
    asked: Vec<CandidateOut>,
    divergence: f64,
}

impl ReadingOut {
    pub fn new(tokenizer: &Tokenizer, reading: Reading) -> ReadingOut {
        let PredictionOut { candidates, rest, entropy, .. } =
            PredictionOut::new(tokenizer, reading.prediction);
        let asked = reading.asked.into_iter();
        ReadingOut {
            candidates,
            rest,
            entropy,
            asked: asked.map(|candidate| CandidateOut::new(tokenizer, candidate)).collect(),
            divergence: reading.divergence,
        }
    }
}

#[derive(Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct GeneratedOut {
    #[serde(flatten)]
    candidate: CandidateOut,
    entropy: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[tsify(optional)]
    candidates: Vec<CandidateOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[tsify(optional)]
    asked: Vec<CandidateOut>,
}

impl GeneratedOut {
    pub fn new(tokenizer: &Tokenizer, drawn: Drawn) -> GeneratedOut {
        let out = |candidate| CandidateOut::new(tokenizer, candidate);
        GeneratedOut {
            candidate: out(drawn.token),
            entropy: drawn.entropy,
            candidates: drawn.candidates.into_iter().map(out).collect(),
            asked: drawn.asked.into_iter().map(out).collect(),
        }
    }
}

/// An answer as a JavaScript value of its type in TypeScript.
pub fn to_ts<T: Serialize + Tsify>(answer: T) -> JsResult<Ts<T>> {
    answer.into_ts().map_err(|error| JsError::from(error).into())
}

/// Makes a JavaScript `Error` with a `code`.
pub fn throw(error: Error) -> JsValue {
    let object = js_sys::Error::new(&error.to_string());
    // Setting a property of a plain object that was just made does not fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}
