/** What is known of models without asking them: fetched when the first comparison of models is looked at. */
import { models } from 'shotglass/models';
import file from './models.json';
import type { RecordedModels } from './types.ts';

export const catalogue = models;
export const recorded = file as RecordedModels;
