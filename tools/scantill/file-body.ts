import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

export interface FileBody {
  readonly contentType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/** A form with one file, as it is read from the disk: files may be larger than memory. `sent` hears of the file's bytes. */
export function fileBody(path: string, sent: (bytes: number) => void): FileBody {
  const boundary = randomUUID();
  return { contentType: `multipart/form-data; boundary=${boundary}`, content: parts(path, boundary, sent) };
}

async function* parts(path: string, boundary: string, sent: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${escaped(basename(path))}"\r\ncontent-type: application/octet-stream\r\n\r\n`);
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    yield chunk;
    sent(chunk.length);
  }
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}

/** As forms of web pages write them (HTML, multipart/form-data encoding). */
function escaped(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}
