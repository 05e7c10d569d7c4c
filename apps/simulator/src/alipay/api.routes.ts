import { PRODUCTION_BASE, SANDBOX_BASE } from '@scantill/alipay';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BrokenLine } from '../faults/broken-line.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { Outage, RunningOutage } from '../faults/outage.js';
import { instantText } from '../time.js';
import type { Account, Accounts } from './accounts.js';
import type { Alipay } from './alipay.js';
import type { Exchanges } from './exchanges.js';
import { answerFaultily, type Call } from './faulty-calls.js';
import { isOperation, perform } from './operations/perform.js';
import { refuse, type Answer } from './results.js';
import { sendHttpError, sendSigned, sendUnsigned } from './send.js';

const JSON_TYPE = /^application\/json\b/i;
const MAX_BODY_BYTES = 262_144;

export interface ApiAccess {
  readonly accounts: Accounts;
  readonly exchanges: Exchanges;
  readonly plan: FaultPlan;
  readonly outage: Outage;
  readonly line: BrokenLine;
}

/** Alipay's door for merchants: production and sandbox paths of the five calls. */
export function alipayApi(alipay: Alipay, access: ApiAccess) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    // The signature is over the bytes as they came, so nothing may parse them before it is checked.
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, body));
    app.all('/ams/*', async (request: FastifyRequest, reply) => {
      const outage = access.outage.current;
      if (outage) return meetOutage(access, outage, reply);
      const time = instantText(alipay.clock.now());
      const path = request.url;
      const clientId = headerText(request, 'client-id');
      const account = access.accounts.find(clientId);
      // Signed all the same: the client id is all that is wrong.
      if (!account) return sendSigned(reply, { path, clientId, time, account: access.accounts.first }, refuse('CLIENT_INVALID'));
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const refusal = refuseCaller(request, account, { path, clientId, time: headerText(request, 'request-time'), body });
      // Nothing to sign for a caller who could not be told apart from anybody else.
      if (refusal?.result.resultCode === 'SIGNATURE_INVALID') return sendUnsigned(reply, refusal);
      const envelope = { path, clientId, time, account };
      const call = refusal ?? readCall(account, path, body);
      if ('result' in call) return sendSigned(reply, envelope, call);
      access.exchanges.byOperation[call.operation].calls += 1;
      if (!access.plan.isQuiet) return answerFaultily(alipay, access, { call, envelope, reply });
      const answer = perform(alipay, call);
      access.exchanges.count(call.operation, answer);
      return sendSigned(reply, envelope, answer);
    });
  };
}

function meetOutage({ outage, line }: ApiAccess, { mode, status }: RunningOutage, reply: FastifyReply): FastifyReply {
  outage.counts[mode] += 1;
  switch (mode) {
    case 'refuse': return line.reset(reply);
    case 'black-hole': return line.hold(reply);
    case 'http-5xx': return sendHttpError(reply, status);
  }
}

function refuseCaller(request: FastifyRequest, account: Account, message: { path: string; clientId: string; time: string; body: Buffer }): Answer | undefined {
  const verdict = account.signatures.check(message, headerText(request, 'signature'));
  if (verdict === 'unknown-key') return refuse('KEY_NOT_FOUND');
  if (verdict === 'bad') return refuse('SIGNATURE_INVALID');
  if (account.agentToken !== undefined && headerText(request, 'agent-token') !== account.agentToken) return refuse('ACCESS_DENIED', 'The Agent-Token is not that of this service provider.');
  if (request.method !== 'POST') return refuse('METHOD_NOT_SUPPORTED');
  return JSON_TYPE.test(headerText(request, 'content-type')) ? undefined : refuse('MEDIA_TYPE_NOT_ACCEPTABLE');
}

function readCall(account: Account, path: string, body: Buffer): Call | Answer {
  const isSandbox = path.startsWith(SANDBOX_BASE);
  const operation = path.slice((isSandbox ? SANDBOX_BASE : PRODUCTION_BASE).length);
  if (!path.startsWith(isSandbox ? SANDBOX_BASE : PRODUCTION_BASE) || !isOperation(operation)) return refuse('NO_INTERFACE_DEF');
  try {
    return { operation, body: JSON.parse(body.toString()), caller: { account, isSandbox } };
  } catch {
    return refuse('PARAM_ILLEGAL', 'The body is not JSON.');
  }
}

function headerText(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
