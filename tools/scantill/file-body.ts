import { createReadStream } from 'node:fs';

export interface FileBody {
  readonly contentType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

const READ_BYTES = 1024 ** 2;

/** A file as it is, while it is read from the disk: files may be larger than memory. Its name goes with the address. `sent` hears of its bytes. */
export function fileBody(path: string, sent: (bytes: number) => void): FileBody {
  return { contentType: 'application/octet-stream', content: chunks(path, sent) };
}

async function* chunks(path: string, sent: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    yield chunk;
    sent(chunk.length);
  }
}
