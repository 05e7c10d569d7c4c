import type { Dispatcher } from 'undici';

export interface PostRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
  /** For everything together: waiting for a connection, sending, and the last byte of the answer. */
  readonly timeoutMs: number;
}

export type PostOutcome =
  | { readonly kind: 'response'; readonly status: number; readonly headers: ResponseHeaders; readonly body: Buffer }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'connection'; readonly detail: string };

/** Names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Alipay's answers have a few kilobytes. */
const MAX_RESPONSE_BYTES = 1_048_576;

/**
 * Posts and collects the answer; never throws for what the network does, never tries again.
 * `dispatch` instead of `request`: half the CPU, because no stream is built for a body that arrives in one piece.
 */
export function post(dispatcher: Dispatcher, request: PostRequest): Promise<PostOutcome> {
  return new Promise((resolve) => {
    const exchange = new Exchange(request.timeoutMs, resolve);
    dispatcher.dispatch(
      // The deadline is ours: undici's own time-outs are coarse and start over with every byte.
      { path: request.path, method: 'POST', headers: request.headers, body: request.body, headersTimeout: 0, bodyTimeout: 0 },
      exchange,
    );
  });
}

/** One answer while it arrives. */
class Exchange implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private ended = false;
  private status = 0;
  private headers: ResponseHeaders = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    timeoutMs: number,
    private readonly resolve: (outcome: PostOutcome) => void,
  ) {
    this.timer = setTimeout(() => this.stop({ kind: 'timeout' }), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Timed out while it still waited for a connection: it must not go out any more.
    if (this.ended) controller.abort(new Error('timed out'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_RESPONSE_BYTES) this.stop({ kind: 'connection', detail: `the answer is longer than ${MAX_RESPONSE_BYTES} bytes` });
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.chunks;
    const body = this.chunks.length === 1 && first ? first : Buffer.concat(this.chunks);
    this.finish({ kind: 'response', status: this.status, headers: this.headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.finish({ kind: 'connection', detail: ('code' in error ? `${String(error.code)}: ` : '') + error.message });
  }

  private stop(outcome: PostOutcome): void {
    this.finish(outcome);
    this.controller?.abort(new Error(outcome.kind));
  }

  private finish(outcome: PostOutcome): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    this.resolve(outcome);
  }
}
