#!/usr/bin/env node
/** `npx shotglass`: the lab on this machine, and the model's numbers in a terminal. */
import process from 'node:process';
import { main } from './main.js';

const code = await main(process.argv.slice(2));
// Where a request or a wait was interrupted, it would keep the process from ending by itself.
if (code === 130) process.exit(code);
process.exitCode = code;
