/** Settings as JSON: all of them, or what is not as the page opens. */
import { normalizations } from 'shotglass';
import {
  type ComparisonName,
  comparisons,
  defaultSettings,
  type Sampling,
  type Settings,
  views,
} from '../../app/settings.ts';
import { type Fields, field, fields, integer, number, oneOf, text, truth } from './check.ts';

export type PackedSettings = Partial<Omit<Settings, 'sampling'>> & { sampling?: Partial<Sampling> };

export const comparisonNames = Object.keys(comparisons) as ComparisonName[];
const strips = ['roles', 'surprisal'] as const;
const columns = ['probability', 'all'] as const;
const units = ['nats', 'bits'] as const;
const axes = ['linear', 'log'] as const;

export function packSettings(settings: Settings): PackedSettings {
  const { sampling, ...others } = settings;
  const { sampling: samplingBefore, ...othersBefore } = defaultSettings;
  const drawn = difference(sampling, samplingBefore);
  return {
    ...difference(others, othersBefore),
    ...(Object.keys(drawn).length > 0 && { sampling: drawn }),
  };
}

/** Settings from their packed form: what is not there is as the page opens. */
export function unpackSettings(value: unknown): Settings {
  const packed = fields(value, 'settings');
  const part = <Value>(name: keyof Settings, before: Value, read: (value: unknown) => Value) =>
    partOf(packed, name, before, read);
  return {
    ...defaultSettings,
    view: part('view', defaultSettings.view, (value) =>
      value === null ? null : oneOf(value, 'settings.view', views),
    ),
    topK: part('topK', defaultSettings.topK, (value) => integer(value, 'settings.topK', 1, 100)),
    rule: part('rule', defaultSettings.rule, (value) =>
      oneOf(value, 'settings.rule', normalizations),
    ),
    comparison: part('comparison', defaultSettings.comparison, (value) =>
      oneOf(value, 'settings.comparison', comparisonNames),
    ),
    sampling: part('sampling', defaultSettings.sampling, unpackSampling),
    strip: part('strip', defaultSettings.strip, (value) => oneOf(value, 'settings.strip', strips)),
    columns: part('columns', defaultSettings.columns, (value) =>
      oneOf(value, 'settings.columns', columns),
    ),
    unit: part('unit', defaultSettings.unit, (value) => oneOf(value, 'settings.unit', units)),
    axis: part('axis', defaultSettings.axis, (value) => oneOf(value, 'settings.axis', axes)),
    // A name that no experiment has opens the first.
    experiment: part('experiment', defaultSettings.experiment, (value) =>
      text(value, 'settings.experiment', 40),
    ),
  };
}

export function unpackSampling(value: unknown): Sampling {
  const packed = fields(value, 'sampling');
  const { temperature, topK, topP, minP, seed, maxTokens, stopAtNewline } =
    defaultSettings.sampling;
  const range = (name: keyof Sampling, before: number, min: number, max: number) =>
    partOf(packed, name, before, (value) => number(value, `sampling.${name}`, min, max));
  const count = (name: keyof Sampling, before: number, min: number, max: number) =>
    partOf(packed, name, before, (value) => integer(value, `sampling.${name}`, min, max));
  return {
    temperature: range('temperature', temperature, 0, 100),
    topK: count('topK', topK, 0, Number.MAX_SAFE_INTEGER),
    topP: range('topP', topP, 0, 1),
    minP: range('minP', minP, 0, 1),
    seed: count('seed', seed, 0, Number.MAX_SAFE_INTEGER),
    maxTokens: count('maxTokens', maxTokens, 1, Number.MAX_SAFE_INTEGER),
    stopAtNewline: partOf(packed, 'stopAtNewline', stopAtNewline, (value) =>
      truth(value, 'sampling.stopAtNewline'),
    ),
  };
}

function partOf<Value>(
  packed: Fields,
  name: string,
  before: Value,
  read: (value: unknown) => Value,
): Value {
  const value = field(packed, name);
  return value === undefined ? before : read(value);
}

function difference<Of extends object>(now: Of, before: Of): Partial<Of> {
  const changed = Object.entries(now).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Of]),
  );
  return Object.fromEntries(changed) as Partial<Of>;
}
