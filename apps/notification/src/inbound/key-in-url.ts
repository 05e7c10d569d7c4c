import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problem } from '@scantill/contracts';

const KEY_NAMES = new Set(['key', 'apikey', 'api_key', 'api-key', 'token', 'access_token', 'authorization']);
const KEY_PREFIX = 'sk_';

/** Addresses end up in the logs of every proxy on the way, so a key in one is refused before anything else looks at it. */
export async function refuseKeysInUrls(app: NestFastifyApplication): Promise<void> {
  app.getHttpAdapter().getInstance().addHook('onRequest', (request, reply, next) => {
    if (!hasKey(request.query as Record<string, unknown>)) return next();
    const body = problem('auth.key-in-url');
    void reply.status(body.status).header('content-type', 'application/problem+json').send(body);
  });
}

export function hasKey(query: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(query).some(([name, value]) => KEY_NAMES.has(name.toLowerCase()) || [value].flat().some((each) => String(each).startsWith(KEY_PREFIX)));
}
