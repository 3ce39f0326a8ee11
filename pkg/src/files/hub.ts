/** Files on Hugging Face, by their short addresses. */
import { ShotglassError } from '../errors.js';

/** Whether this is such an address. */
export function isOnHub(address: string): boolean {
  return /^hf:/i.test(address);
}

/**
 * The URL of `hf:owner/repo/file.gguf` or `hf:owner/repo@revision/file.gguf`, of which any page may ask.
 *
 * @throws `invalid-option`.
 */
export function hubUrl(address: string): string {
  const [, repo, revision = 'main', file] =
    /^hf:(\w[\w.-]*\/\w[\w.-]*)(?:@([\w.-]+))?\/([^?#]+)$/i.exec(address) ?? [];
  if (repo === undefined || file === undefined) {
    throw new ShotglassError(
      'invalid-option',
      `'${address}' is no file on Hugging Face. Write hf:owner/repo/file.gguf, or hf:owner/repo@revision/file.gguf.`,
    );
  }
  return `https://huggingface.co/${repo}/resolve/${revision}/${file}`;
}
