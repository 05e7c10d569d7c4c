import { TIMELINE_ENTRIES_MAX, timelinePart, type TimelineEntry } from '@scantill/contracts';

/** A service that has a part of every order's time line, and where it listens; undefined where nobody said. */
export interface TimelinePeer {
  readonly service: Exclude<TimelineEntry['service'], 'order'>;
  readonly url: string | undefined;
}

export interface TimelineAnswer {
  readonly service: TimelinePeer['service'];
  readonly entries: readonly TimelineEntry[];
  /** Why the part is not there, or not whole; never with anything that the caller sent. */
  readonly missing: string | null;
}

interface About {
  readonly chainId: string;
  readonly orderId: string;
}

/** A person waits for the page: a service that is slower than this is named as missing. */
const TIMEOUT_MS = 800;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Why a part is missing, in words for the page. */
class Missing extends Error {
  override readonly name = 'Missing';
}

export class TimelineClient {
  constructor(private readonly peers: readonly TimelinePeer[]) {}

  /** Asks all at the same time, in the caller's own name: what the caller may not see there is not shown here. */
  readParts(about: About, authorization: string): Promise<TimelineAnswer[]> {
    return Promise.all(this.peers.map((peer) => ask(peer, about, authorization)));
  }
}

async function ask({ service, url }: TimelinePeer, about: About, authorization: string): Promise<TimelineAnswer> {
  if (url === undefined) return { service, entries: [], missing: 'not configured' };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    // Followed, a redirect would carry the caller's key to wherever it points.
    const response = await fetch(`${url.replace(/\/$/, '')}/v1/orders/${about.orderId}/timeline`, { headers: { authorization, accept: 'application/json' }, redirect: 'error', signal });
    const entries = await read(response, about);
    if (entries.some((entry) => entry.service !== service)) throw new Missing('its answer speaks for another service');
    const missing = entries.length > TIMELINE_ENTRIES_MAX ? `only its first ${TIMELINE_ENTRIES_MAX} entries are shown` : null;
    return { service, entries: entries.slice(0, TIMELINE_ENTRIES_MAX), missing };
  } catch (error) {
    return { service, entries: [], missing: error instanceof Missing ? error.message : signal.aborted ? 'did not answer in time' : 'could not be reached' };
  }
}

async function read(response: Response, about: About): Promise<readonly TimelineEntry[]> {
  const answer = await readJson(response);
  if (response.status === 404 && isUnknownOrder(answer)) return [];
  if (!response.ok) throw new Missing(`answered ${response.status}`);
  const part = timelinePart.safeParse(answer);
  if (!part.success || part.data.chainId !== about.chainId || part.data.orderId !== about.orderId) throw new Missing('its answer does not have the agreed form');
  return part.data.entries;
}

/** It has never heard of the order, which for most services is no fault: nothing happened there. */
function isUnknownOrder(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'code' in answer && answer.code === 'order.not-found';
}

async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) throw new Missing('its answer is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
