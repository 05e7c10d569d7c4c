import { SaxesParser } from 'saxes';
import { notWorkbook } from './xlsx-zip.js';

/** A text or tag that goes on for longer would be in memory as a whole. */
const TOKEN_BYTES_MAX = 1024 * 1024;

export interface XmlEvents {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

/**
 * Reads a part by chunks. Names come without their prefix. After each chunk the caller may take what was found: `yield` says when.
 * @throws WorkbookFault for what is no XML, and for a document type, which could define entities
 */
export async function* readXml(part: AsyncIterable<Uint8Array>, events: XmlEvents): AsyncGenerator<void> {
  const parser = new SaxesParser();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let sinceToken = 0;
  parser.on('error', (error) => { throw notWorkbook(error.message); });
  parser.on('doctype', () => { throw notWorkbook('it has a document type'); });
  parser.on('opentag', ({ name, attributes }) => {
    sinceToken = 0;
    events.open?.(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    sinceToken = 0;
    events.close?.(local(name));
  });
  parser.on('text', (text) => events.text?.(text));
  parser.on('cdata', (text) => events.text?.(text));
  for await (const chunk of part) {
    sinceToken += chunk.length;
    parser.write(decode(decoder, chunk));
    if (sinceToken > TOKEN_BYTES_MAX + chunk.length) throw notWorkbook(`a text goes on for more than ${TOKEN_BYTES_MAX} bytes`);
    yield;
  }
  parser.write(decode(decoder));
  parser.close();
  yield;
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw notWorkbook('it is not UTF-8');
  }
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
