import { createHash } from 'node:crypto';
import { envelope, type Envelope } from '@scantill/contracts';
import { err, ok, type Result } from '@scantill/kernel';
import type { Message } from './message.js';

/** 64 KB: nothing we exchange comes near it. */
export const MESSAGE_BYTES_MAX = 65_536;

/** Who signed a message, on a topic that others write to: the secret that was verified, and what the sender calls itself. */
export interface Sender {
  readonly keyId: string;
  readonly source: string;
}

/** A message that may be claimed: who says it, and under which identity. */
export interface Opened {
  readonly source: string;
  readonly id: string;
  readonly time: string;
  readonly sha256: string;
  readonly sender?: Sender;
  readonly envelope: Pick<Envelope, 'id' | 'type' | 'version' | 'time' | 'data'> & { readonly correlationId?: string | undefined };
}

/** Why a message is set aside, with a stable code. */
export interface Refused {
  readonly problem: string;
  readonly detail: string;
}

/** What stands between a topic and the flows: checks the form, and who sent it. */
export interface Door {
  open(message: Message): Result<Opened, Refused>;
  /** Whether what is set aside holds back the later messages of its key. A stranger's key proves nothing. */
  readonly parks: boolean;
}

export function sha256Base64(value: Buffer): string {
  return createHash('sha256').update(value).digest('base64');
}

/** Parses JSON within the size limit; the reason never repeats the content. */
export function parseJson(value: Buffer): Result<unknown, Refused> {
  if (value.length > MESSAGE_BYTES_MAX) return err({ problem: 'message.too-large', detail: `${value.length} bytes, at most ${MESSAGE_BYTES_MAX}` });
  try {
    return ok(JSON.parse(value.toString('utf8')));
  } catch {
    return err({ problem: 'message.malformed', detail: 'the value is not JSON' });
  }
}

/** Within a header and a row: what is quoted of a message may be as long, and hold what PostgreSQL refuses. */
const DETAIL_CHARS_MAX = 500;

export function issuesText(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return storableDetail(issues.slice(0, 10).map((issue) => `${issue.path.map(String).join('.') || '(body)'}: ${issue.message}`).join('; '));
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

export function storableDetail(text: string): string {
  return text.slice(0, DETAIL_CHARS_MAX).toWellFormed().replaceAll('\0', '\ufffd');
}

/** Topics that only our own services write to. */
export const internalDoor: Door = {
  parks: true,
  open(message) {
    const json = parseJson(message.value);
    if (!json.ok) return json;
    const parsed = envelope.safeParse(json.value);
    if (!parsed.success) return err({ problem: 'message.malformed', detail: issuesText(parsed.error.issues) });
    const { id, source, time } = parsed.data;
    if (!isStorable(id + source)) return err({ problem: 'message.malformed', detail: 'the id or the source holds characters that cannot be kept' });
    return ok({ id, source, time, sha256: sha256Base64(message.value), envelope: parsed.data });
  },
};
