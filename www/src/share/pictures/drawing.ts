/** What the pictures are drawn with: SVG with real text and no style sheet, and pixels of it. */
import type { Piece } from '../../ui/visible.ts';

export type Theme = 'light' | 'dark';

/** The page's own colours, for a picture has to stand alone. */
export const themes = {
  light: {
    paper: '#ffffff',
    sunken: '#f4f0ea',
    ink: '#221c17',
    quiet: '#5d544b',
    line: '#e6dfd6',
    mark: '#a8541c',
    bar: '#bf6a2e',
    track: '#f1ebe3',
  },
  dark: {
    paper: '#1e1a17',
    sunken: '#26211d',
    ink: '#f0ebe5',
    quiet: '#bdb3a8',
    line: '#352f29',
    mark: '#eda468',
    bar: '#e0914f',
    track: '#2a2520',
  },
} as const;

export const sans = "Inter, system-ui, 'Segoe UI', sans-serif";
export const mono = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace";

export type Colours = Readonly<Record<keyof (typeof themes)['light'], string>>;

/** Text as the model sees it: marks stand for what has no shape of its own. */
export function written(
  of: readonly Piece[],
  x: number,
  y: number,
  { ink, mark }: Colours,
  size = 14,
): string {
  const spans = of.map(({ kind, text }) =>
    kind === 'text' ? xml(text) : `<tspan fill="${mark}">${xml(text)}</tspan>`,
  );
  return `<text x="${x}" y="${y}" font-family="${mono}" font-size="${size}" fill="${ink}" xml:space="preserve">${spans.join('')}</text>`;
}

export function plain(text: string, x: number, y: number, size: number, fill: string): string {
  return `<text x="${x}" y="${y}" font-family="${sans}" font-size="${size}" fill="${fill}">${xml(text)}</text>`;
}

/** The first `most` characters, and an ellipsis where there are more. */
export function cut(of: readonly Piece[], most: number): Piece[] {
  let room = most;
  const kept: Piece[] = [];
  for (const { kind, text } of of) {
    const characters = [...text];
    if (characters.length > room) {
      if (kind === 'text') kept.push({ kind, text: characters.slice(0, room).join('') });
      kept.push({ kind: 'mark', text: '…' });
      return kept;
    }
    room -= characters.length;
    kept.push({ kind, text });
  }
  return kept;
}

/** Safe as text. What XML cannot hold has been drawn as a mark before; the rest of such is left out. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An SVG of ours as pixels, two for each of its units unless a `scale` is given. */
export async function png(svg: string, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = scale * image.naturalWidth;
    canvas.height = scale * image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the picture could not be drawn');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
