import { moduleOf } from '../../www/module.mjs';

/** A module of the lab, compiled as the build compiles it. */
export const labModule = (path) => moduleOf(`src/${path}`);
