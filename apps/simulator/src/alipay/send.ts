import type { FastifyReply } from 'fastify';
import type { Account } from './accounts.js';
import type { Answer } from './results.js';

const JSON_UTF8 = 'application/json; charset=UTF-8';

/** What an answer's signature covers besides its body. */
export interface Envelope {
  readonly path: string;
  readonly clientId: string;
  /** `response-time` */
  readonly time: string;
  /** Whose answer it is, so which key signs it. */
  readonly account: Account;
}

export async function sendSigned(reply: FastifyReply, envelope: Envelope, answer: Answer): Promise<FastifyReply> {
  const body = JSON.stringify(answer);
  return send(reply, { envelope, body, signature: await envelope.account.signatures.sign({ ...envelope, body }) });
}

/** Signed, but not this. */
export async function sendForged(reply: FastifyReply, envelope: Envelope, answer: Answer): Promise<FastifyReply> {
  const body = JSON.stringify(answer);
  return send(reply, { envelope, body, signature: await envelope.account.signatures.forge({ ...envelope, body }) });
}

export function sendUnsigned(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.type(JSON_UTF8).send(JSON.stringify(answer));
}

/** What a proxy in front of Alipay says. */
export function sendHttpError(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).type('text/html').send('<html><body><h1>The service is not available.</h1></body></html>\n');
}

function send(reply: FastifyReply, { envelope: { clientId, time }, body, signature }: { envelope: Envelope; body: string; signature: string }): FastifyReply {
  // Lower case: Alipay's Python SDK looks for these names literally.
  return reply.headers({ 'content-type': JSON_UTF8, 'client-id': clientId, 'response-time': time, signature }).send(body);
}
