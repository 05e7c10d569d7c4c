import { toldFact, type ToldFact } from '@scantill/contracts';
import { demo } from './config.js';
import { WITHIN_MS } from './eventually.js';

/** What a store hears while it listens: server-sent events as the HTML standard frames them, read by code of our own. */
export class StoreStream {
  private readonly heard: ToldFact[] = [];
  private wake: () => void = () => undefined;

  private constructor(private readonly abort: AbortController) {}

  /** Resolves once the server has begun to answer: whatever happens later is heard. */
  static async open(storeId: string): Promise<StoreStream> {
    const abort = new AbortController();
    const response = await fetch(`${demo.notification.url}/v1/stores/${storeId}/events`, {
      headers: { authorization: `Bearer ${demo.apiKeys.system.key}`, accept: 'text/event-stream' }, signal: abort.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`no event stream of ${storeId}: ${response.status} ${await response.text()}`);
    const stream = new StoreStream(abort);
    void stream.read(response.body).catch(() => undefined);
    return stream;
  }

  /** The first fact of this type about this order, also one heard earlier. */
  async hears(type: ToldFact['type'], orderId: string): Promise<ToldFact> {
    for (const end = Date.now() + WITHIN_MS; Date.now() < end; ) {
      const fact = this.heard.find((each) => each.type === type && each.orderId === orderId);
      if (fact !== undefined) return fact;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, end - Date.now());
        this.wake = () => { clearTimeout(timer); resolve(); };
      });
    }
    throw new Error(`the store did not hear ${type} of ${orderId} within ${WITHIN_MS / 1000} s`);
  }

  /** Everything heard of an order so far, in order. */
  of(orderId: string): readonly ToldFact['type'][] {
    return this.heard.filter((fact) => fact.orderId === orderId).map(({ type }) => type);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) this.take(frame);
      this.wake();
    }
  }

  private take(frame: string): void {
    const data = frame.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice('data:'.length).trim());
    if (data.length > 0) this.heard.push(toldFact.parse(JSON.parse(data.join('\n'))));
  }
}
