import { LabError } from '../app/problem.ts';
import { strings } from '../strings/index.ts';

/**
 * An SVG of ours as pixels, two for each of its units unless a `scale` is given.
 *
 * @throws {@link LabError} where the browser cannot: it forbids to read a canvas back, or the picture is too large for one.
 */
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
    if (blob) return blob;
  } catch {
    // What a browser says here is no help to a reader.
  } finally {
    URL.revokeObjectURL(url);
  }
  throw new LabError(() => strings.figure.noPng);
}
