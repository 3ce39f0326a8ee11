import { Model } from 'shotglass';
import { modelFile, mustExist } from '../support/files.mjs';

/**
 * The default model at 16 bits, with the build and the number of threads that the command line names first, which are
 * `simd128` and 1 without it. `others` are the arguments after those.
 */
export async function askedModel() {
  mustExist(modelFile, 'cargo xtask model');
  const [build = 'simd128', threads = '1', ...others] = process.argv.slice(2);
  const options = { activationBits: 16, build, threads: Number(threads) };
  return { model: await Model.load(modelFile, options), build, others };
}
