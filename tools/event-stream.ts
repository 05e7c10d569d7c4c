import { Problem } from './bootstrap/problem.mjs';

export interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Server-sent events, as the WHATWG standard frames them, over fetch: a browser's EventSource cannot send a key. */
export class EventStream {
  private readonly reader: ReadableStreamDefaultReader<string>;
  private readonly abort: AbortController;
  private rest = '';
  private readonly waiting: StreamEvent[] = [];

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.reader = body.pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>).getReader();
    this.abort = abort;
  }

  /** Resolves once the server has begun to answer: what happens later is in the stream. */
  static async open(url: string, key: string): Promise<EventStream> {
    const abort = new AbortController();
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' }, signal: abort.signal });
    if (!response.ok || response.body === null) throw new Problem(`GET ${url} answered ${response.status}: ${await response.text()}`);
    return new EventStream(response.body, abort);
  }

  /** The next event that is wanted; what comes before it is dropped. @throws a `Problem` when time is up or the stream ends */
  async next(wanted: (event: StreamEvent) => boolean, withinMs: number): Promise<StreamEvent> {
    const timer = setTimeout(() => this.abort.abort(new Problem(`the event stream said nothing about it for ${withinMs / 1000} s`)), withinMs);
    try {
      for (;;) {
        const event = this.takeWaiting(wanted);
        if (event !== undefined) return event;
        const { value, done } = await this.reader.read();
        if (done) throw new Problem('the event stream ended');
        this.take(value);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.abort.abort();
  }

  private takeWaiting(wanted: (event: StreamEvent) => boolean): StreamEvent | undefined {
    for (let event = this.waiting.shift(); event !== undefined; event = this.waiting.shift()) if (wanted(event)) return event;
    return undefined;
  }

  private take(text: string): void {
    const blocks = (this.rest + text).replaceAll('\r\n', '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    this.waiting.push(...blocks.map(parseBlock));
  }
}

function parseBlock(block: string): StreamEvent {
  const fields = block.split('\n').map((line) => /^([a-z]+): ?(.*)$/.exec(line));
  const all = (name: string): string[] => fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []));
  return { id: all('id').at(-1) ?? '', type: all('event').at(-1) ?? 'message', data: all('data').join('\n') };
}
