/** Words inside numbers and tokens. */
export const words = {
  oneIn: (count: string) => `1 in ${count}`,
  spokenPercent: (percent: number) => `${percent} percent`,
  lessThanOnePercent: 'less than 1 percent',
  moreThan99Percent: 'more than 99 percent',
  comma: ', ',
  semicolon: '; ',
  colon: ': ',
  stop: '.',
  /** What stands between two sentences. */
  between: ' ',
  under1Ms: 'under 1 ms',
  secondsLeft: (seconds: number) =>
    seconds === 0 ? 'a few seconds left' : `${seconds} seconds left`,
  minutesLeft: (minutes: number) => (minutes === 1 ? '1 minute left' : `${minutes} minutes left`),
  parameters: (count: number): string => {
    if (count >= 1e9) return `${(count / 1e9).toFixed(1)} billion`;
    return `${Math.round(count / 1e6)} million`;
  },
  characters: { space: 'space', newline: 'newline', tab: 'tab', carriageReturn: 'carriage return' },
  several: (count: number, character: string) => `${count} ${character}s`,
  bytes: (hex: string) => `bytes ${hex}`,
};
