// What is measured has digits like what is recorded.
export { logprob, probability } from '../../pkg/dist/snapshot/digits.js';
