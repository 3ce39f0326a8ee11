/** Papa Parse, from a bundler, from Node, or as the file for CommonJS that an import map names. */

// Before the file that looks for them.
import './umd-globals.js';
import * as module from 'papaparse';
import { takeExports } from './umd-globals.js';

type Papa = typeof module.default;

export const papa: Papa = (takeExports() as Papa | undefined) ?? module.default;
