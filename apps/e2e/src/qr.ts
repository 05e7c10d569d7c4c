import jsqr from 'jsqr';
import { PNG } from 'pngjs';

/** What a camera reads from a picture of a code. */
export function readQr(png: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(png);
  return jsqr.default(new Uint8ClampedArray(data), width, height)?.data;
}
