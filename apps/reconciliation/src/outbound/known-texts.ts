const PLACES = 256;

/** What was made of a text that comes in many rows, so that it is made once. What was not seen for long may be made again. */
export class KnownTexts<Value> {
  private readonly texts: (Uint8Array | undefined)[] = new Array<undefined>(PLACES);
  private readonly values: Value[] = [];
  private last = 0;

  constructor(private readonly make: (text: string) => Value) {}

  of(bytes: Uint8Array, start: number, end: number): Value {
    // Neighbours are alike.
    const latest = this.texts[this.last];
    if (latest !== undefined && isSame(latest, bytes, start, end)) return this.values[this.last]!;
    let hash = 0;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const place = (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (PLACES - 1);
    this.last = place;
    const known = this.texts[place];
    if (known !== undefined && isSame(known, bytes, start, end)) return this.values[place]!;
    const text = Buffer.from(bytes.subarray(start, end));
    const value = this.make(text.toString());
    this.texts[place] = text;
    this.values[place] = value;
    return value;
  }
}

function isSame(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at += 1) if (text[at] !== bytes[start + at]) return false;
  return true;
}
