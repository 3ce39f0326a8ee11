//! The answers for JavaScript: their types in TypeScript, and the structs that are serialized to them.

use js_sys::{Float32Array, Reflect, Uint8Array, Uint32Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::attention::Attention;
use crate::distribution::{Candidate, Rest, Sampled};
use crate::error::Error;
use crate::score::{Forms, Score, ScoredToken};
use crate::session::{Info, Prediction, Surprisal};
use crate::tokenizer::{Token, Tokenizer};

/// The name of this build.
const BUILD: &str = if cfg!(feature = "threads") {
    "threads"
} else if cfg!(feature = "relaxed") {
    "relaxed"
} else {
    "simd128"
};

pub type JsResult<T> = Result<T, JsValue>;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface EngineInfo {
  architecture: string; name: string; parameters: number; vocabularySize: number;
  contextLength: number; quantization: string; bytes: number; sha256: string;
  endTokens: number[]; chatTemplate: string | null; activationBits: number; build: string;
}
export interface EngineToken { id: number; bytes: Uint8Array; text: string }
export interface EngineVocabulary { bytes: Uint8Array; ends: Uint32Array }
export interface EngineCandidate extends EngineToken { p: number; logprob: number; rank: number }
export interface EnginePrediction {
  candidates: EngineCandidate[]; rest: { count: number; p: number }; entropy: number;
  sampled?: { count: number; p: number[] };
}
export interface EngineSurprisal {
  token: EngineToken; logprob: number | null; rank: number | null; entropy: number | null;
  candidates: EngineCandidate[];
}
export interface EngineScoredToken extends EngineToken { logprob: number }
export interface EngineForms {
  logprob: number; perToken: number; perCharacter: number; perByte: number;
}
export interface EngineScore extends EngineForms {
  tokens: EngineScoredToken[]; reference: EngineForms | null; adjusted: EngineForms | null;
}
export interface EngineAttention {
  position: number; layers: number; heads: number; weights: Float32Array;
}
export interface EngineGenerated extends EngineCandidate { entropy: number }
"#;

#[wasm_bindgen]
extern "C" {
    /// Facts about a model.
    #[wasm_bindgen(typescript_type = "EngineInfo")]
    pub type JsInfo;
    /// The tokens of a text.
    #[wasm_bindgen(typescript_type = "EngineToken[]")]
    pub type JsTokens;
    /// The bytes of all tokens.
    #[wasm_bindgen(typescript_type = "EngineVocabulary")]
    pub type JsVocabulary;
    /// A prediction.
    #[wasm_bindgen(typescript_type = "EnginePrediction")]
    pub type JsPrediction;
    /// How the model predicted some tokens.
    #[wasm_bindgen(typescript_type = "EngineSurprisal[]")]
    pub type JsSurprisals;
    /// The scores of some continuations.
    #[wasm_bindgen(typescript_type = "EngineScore[]")]
    pub type JsScores;
    /// The attention weights of a token.
    #[wasm_bindgen(typescript_type = "EngineAttention")]
    pub type JsAttention;
    /// A token that was drawn.
    #[wasm_bindgen(typescript_type = "EngineGenerated")]
    pub type JsGenerated;
}

#[derive(Serialize)]
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
    end_tokens: Vec<u32>,
    chat_template: Option<String>,
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
            end_tokens: info.end_tokens,
            chat_template: info.chat_template,
            activation_bits: info.precision.bits(),
            build: BUILD,
        }
    }
}

#[derive(Serialize)]
pub struct TokenOut {
    id: u32,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    bytes: Uint8Array,
    text: String,
}

impl From<Token> for TokenOut {
    fn from(token: Token) -> TokenOut {
        TokenOut { id: token.id, bytes: Uint8Array::from(token.bytes.as_slice()), text: token.text }
    }
}

#[derive(Serialize)]
pub struct VocabularyOut {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    bytes: Uint8Array,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    ends: Uint32Array,
}

impl From<(&[u8], &[u32])> for VocabularyOut {
    fn from((bytes, ends): (&[u8], &[u32])) -> VocabularyOut {
        VocabularyOut { bytes: Uint8Array::from(bytes), ends: Uint32Array::from(ends) }
    }
}

#[derive(Serialize)]
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

#[derive(Serialize)]
pub struct RestOut {
    count: usize,
    p: f64,
}

#[derive(Serialize)]
pub struct PredictionOut {
    candidates: Vec<CandidateOut>,
    rest: RestOut,
    entropy: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sampled: Option<SampledOut>,
}

#[derive(Serialize)]
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

#[derive(Serialize)]
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

#[derive(Serialize)]
pub struct ScoredTokenOut {
    #[serde(flatten)]
    token: TokenOut,
    logprob: f32,
}

#[derive(Serialize)]
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
        let token =
            |ScoredToken { id, logprob }| ScoredTokenOut { token: tokenizer.token(id).into(), logprob };
        ScoreOut {
            forms: score.forms.into(),
            adjusted: score.adjusted().map(FormsOut::from),
            tokens: score.tokens.into_iter().map(token).collect(),
            reference: score.reference.map(FormsOut::from),
        }
    }
}

#[derive(Serialize)]
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

#[derive(Serialize)]
pub struct AttentionOut {
    position: usize,
    layers: usize,
    heads: usize,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    weights: Float32Array,
}

impl From<&Attention> for AttentionOut {
    fn from(Attention { position, layers, heads, weights }: &Attention) -> AttentionOut {
        let (position, layers, heads) = (*position, *layers, *heads);
        AttentionOut { position, layers, heads, weights: Float32Array::from(weights.as_slice()) }
    }
}

#[derive(Serialize)]
pub struct GeneratedOut {
    #[serde(flatten)]
    candidate: CandidateOut,
    entropy: f64,
}

impl GeneratedOut {
    pub fn new(tokenizer: &Tokenizer, (candidate, entropy): (Candidate, f64)) -> GeneratedOut {
        GeneratedOut { candidate: CandidateOut::new(tokenizer, candidate), entropy }
    }
}

/// Serializes a value to JavaScript.
pub fn to_js<T: Serialize, J: JsCast>(value: &T) -> JsResult<J> {
    let serializer =
        serde_wasm_bindgen::Serializer::new().serialize_maps_as_objects(true).serialize_missing_as_null(true);
    Ok(value.serialize(&serializer).map_err(JsValue::from)?.unchecked_into())
}

/// Makes a JavaScript `Error` with a `code`.
pub fn throw(error: Error) -> JsValue {
    let object = js_sys::Error::new(&error.to_string());
    // Setting a property of a plain object that was just made does not fail.
    let _ = Reflect::set(&object, &"code".into(), &error.code().into());
    object.into()
}
