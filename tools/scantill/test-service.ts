import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly key: string | undefined;
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

/** Answers as the reconciliation service would; specifications say what. Each route answers with the next of its replies, the last one for ever. */
export class TestService {
  readonly asked: Asked[] = [];
  url = '';
  private readonly replies = new Map<string, Reply[]>();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(({ status = 200, body }) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(text);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** @param route such as `GET /v1/breaks` */
  on(route: string, ...replies: readonly Reply[]): void {
    this.replies.set(route, [...replies]);
  }

  of(route: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === route);
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', this.url);
    const method = request.method ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    this.asked.push({ method, path, query: Object.fromEntries(searchParams), key: request.headers.authorization, body: Buffer.concat(chunks).toString() });
    const replies = this.replies.get(`${method} ${path}`) ?? [];
    return (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 404, body: { title: 'There is no such address', code: 'request.not-found' } };
  }
}
