/** A model of the catalogue: a GGUF file that can be downloaded, and what is known about it. */
export interface CatalogueModel {
  /** The id that `Model.load({ model })`, the element and the command take. */
  readonly id: string;
  /** Name for display. */
  readonly name: string;
  /**
   * `'base'`: trained to continue texts, which is what few-shot prompts are about. `'instruct'`: trained further, to
   * answer in a conversation.
   */
  readonly kind: 'base' | 'instruct';
  /** Id of the base model of the same size, if the catalogue has it and this is an instruct model; else null. */
  readonly base: string | null;
  /** The languages that its card names, as BCP 47 tags, the main ones first. */
  readonly languages: readonly string[];
  /** Number of languages in all, where its card states a number; else null. */
  readonly languageCount: number | null;
  /** The license: its SPDX identifier, or its name if it has none. */
  readonly license: string;
  /** The year of its release. */
  readonly year: number;
  /** Number of weights. */
  readonly parameters: number;
  /**
   * Number of weights that each token of a prompt is multiplied with: those in the layers, without the tables of tokens
   * and positions and without the output layer.
   */
  readonly layerParameters: number;
  /** Number of tokens that it was trained on; null if that was not published. */
  readonly tokensTrained: number | null;
  /** Maximum number of tokens in a prompt and its continuation together. */
  readonly contextLength: number;
  /** Model family as named in the file (`general.architecture`). */
  readonly architecture: string;
  /** Kind of tokenizer as named in the file (`tokenizer.ggml.model`): `'gpt2'` is byte-level BPE, `'llama'` is SentencePiece. */
  readonly tokenizer: 'gpt2' | 'llama';
  /** Whether it was trained with a begin token before every text; null if that is not known. */
  readonly wantsBos: boolean | null;
  /** The quantization of the file, for example `'Q8_0'`. */
  readonly quantization: Quantization;
  /** Where the file is (the server sends CORS headers). */
  readonly url: string;
  /** Whether `url` names a fixed revision, so that it always leads to the same bytes. */
  readonly isFixed: boolean;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** SHA-256 of the file, 64 lowercase hex digits; null if it is not known before the download. */
  readonly sha256: string | null;
  /** Where the facts are from: the card of the model, and the paper or post about it. */
  readonly sources: readonly string[];
}

/** The quantizations of the files in the catalogue. */
export type Quantization = 'Q4_1' | 'Q4_K_M' | 'Q8_0';

/** What the files of one repository on Hugging Face have in common. */
interface FileFacts {
  /** `owner/name`. */
  repository: string;
  /** The commit, 40 hex digits; null if none is known: the file is then whatever the branch `main` has. */
  revision: string | null;
  file: string;
  bytes: number;
  sha256: string | null;
}

/** A file on Hugging Face as an entry has it. */
export function hosted({
  repository,
  revision,
  file,
  bytes,
  sha256,
}: FileFacts): Pick<CatalogueModel, 'url' | 'isFixed' | 'bytes' | 'sha256'> {
  const url = `https://huggingface.co/${repository}/resolve/${revision ?? 'main'}/${file}`;
  return { url, isFixed: revision !== null, bytes, sha256 };
}
