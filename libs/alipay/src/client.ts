import { Pool } from 'undici';
import { answerBodies, answerHead, type OtherBody, type SuccessBody } from './answers.js';
import { operationPath, type Operation } from './paths.js';
import { post, type PostOutcome, type ResponseHeaders } from './post.js';
import type { CancelRequest, InquiryPaymentRequest, InquiryRefundRequest, PayRequest, RefundRequest } from './requests.js';
import { signedPrefix, Signer, Verifier, type KeysByVersion } from './signing.js';

export interface AlipayAccount {
  /** A client id that begins with `SANDBOX_` goes to the sandbox paths. */
  readonly clientId: string;
  /** Scheme and host, for example `https://open-sea-global.alipay.com`. */
  readonly baseUrl: string;
  readonly merchantPrivateKeys: KeysByVersion;
  readonly alipayPublicKeys: KeysByVersion;
  /** Only for a service provider that acts on a merchant's authorisation. */
  readonly agentToken?: string | undefined;
}

export interface ClientSettings {
  /** For one whole call. Alipay recommends 10 s. */
  readonly timeoutMs?: number;
  /** The most calls that run at once; more of them wait, within their time-out. */
  readonly connections?: number;
}

/** All that went over the wire in one call, to be kept as evidence. */
export interface Exchange {
  readonly operation: Operation;
  readonly path: string;
  readonly requestTime: string;
  readonly requestSignature: string;
  readonly requestBody: Buffer;
  readonly httpStatus: number | undefined;
  readonly responseTime: string | undefined;
  readonly responseSignature: string | undefined;
  /** Alipay's own number of the call, for its support. */
  readonly tracerId: string | undefined;
  readonly responseBody: Buffer | undefined;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** Why there is no answer to believe. Whatever the reason: Alipay may or may not have done what was asked. */
export type NoAnswerReason = 'timeout' | 'connection' | 'http-status' | 'unsigned' | 'bad-signature' | 'malformed';

interface AnswerHead {
  readonly kind: 'answered';
  readonly code: string;
  /** For people; never compare it. */
  readonly message: string;
  readonly exchange: Exchange;
}

/** Exactly what became of a call: an answer of Alipay that can be believed, or none. */
export type AlipayOutcome<O extends Operation> =
  | (AnswerHead & { readonly status: 'S'; readonly body: SuccessBody<O> })
  | (AnswerHead & { readonly status: 'F' | 'U'; readonly body: OtherBody<O> })
  | { readonly kind: 'no-answer'; readonly reason: NoAnswerReason; readonly detail: string; readonly exchange: Exchange };

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_CONNECTIONS = 64;

/** Alipay's API for one account. Never throws for what the network or Alipay does, and never asks twice by itself. */
export class AlipayClient {
  private readonly pool: Pool;
  private readonly signer: Signer;
  private readonly verifier: Verifier;
  private readonly timeoutMs: number;

  /** @throws if a key cannot be parsed */
  constructor(
    private readonly account: AlipayAccount,
    settings: ClientSettings = {},
  ) {
    this.timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.pool = new Pool(account.baseUrl, { connections: settings.connections ?? DEFAULT_CONNECTIONS, connectTimeout: this.timeoutMs });
    this.signer = new Signer(account.merchantPrivateKeys);
    this.verifier = new Verifier(account.alipayPublicKeys);
  }

  /** `S` means that a code exists, not that the customer has paid. Idempotent by `paymentRequestId`. */
  pay(request: PayRequest): Promise<AlipayOutcome<'pay'>> {
    return this.call('pay', request);
  }

  /** The answer's status is that of the inquiry; the payment's is in the body. */
  inquiryPayment(request: InquiryPaymentRequest): Promise<AlipayOutcome<'inquiryPayment'>> {
    return this.call('inquiryPayment', request);
  }

  cancel(request: CancelRequest): Promise<AlipayOutcome<'cancel'>> {
    return this.call('cancel', request);
  }

  /** Idempotent by `refundRequestId`. */
  refund(request: RefundRequest): Promise<AlipayOutcome<'refund'>> {
    return this.call('refund', request);
  }

  inquiryRefund(request: InquiryRefundRequest): Promise<AlipayOutcome<'inquiryRefund'>> {
    return this.call('inquiryRefund', request);
  }

  /** Waits for the calls that are under way. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async call<O extends Operation>(operation: O, request: object): Promise<AlipayOutcome<O>> {
    const startedAt = new Date();
    const { clientId } = this.account;
    const path = operationPath(operation, clientId);
    const requestTime = String(startedAt.getTime());
    const prefix = signedPrefix({ path, clientId, time: requestTime });
    // One encoding serves both: the signed bytes, and behind the (ASCII) prefix the body that is sent.
    const content = Buffer.from(prefix + JSON.stringify(request));
    const body = content.subarray(prefix.length);
    const signature = await this.signer.sign(content);
    const outcome = await post(this.pool, { path, headers: this.headers(requestTime, signature), body, timeoutMs: this.timeoutMs });
    const headers = outcome.kind === 'response' ? outcome.headers : {};
    const exchange: Exchange = {
      operation, path, requestTime, requestSignature: signature, requestBody: body,
      httpStatus: outcome.kind === 'response' ? outcome.status : undefined,
      responseTime: single(headers, 'response-time'),
      responseSignature: single(headers, 'signature'),
      tracerId: single(headers, 'tracerid'),
      responseBody: outcome.kind === 'response' ? outcome.body : undefined,
      startedAt, durationMs: Date.now() - startedAt.getTime(),
    };
    return this.judge(operation, outcome, exchange);
  }

  private headers(requestTime: string, signature: string): Record<string, string> {
    const headers: Record<string, string> = {
      'content-type': 'application/json; charset=UTF-8',
      'client-id': this.account.clientId,
      'request-time': requestTime,
      signature,
    };
    if (this.account.agentToken !== undefined) headers['agent-token'] = this.account.agentToken;
    return headers;
  }

  private judge<O extends Operation>(operation: O, outcome: PostOutcome, exchange: Exchange): AlipayOutcome<O> {
    const nothing = (reason: NoAnswerReason, detail: string) => ({ kind: 'no-answer', reason, detail, exchange }) as const;
    if (outcome.kind === 'timeout') return nothing('timeout', `no answer within ${this.timeoutMs} ms`);
    if (outcome.kind === 'connection') return nothing('connection', outcome.detail);
    if (outcome.status !== 200) return nothing('http-status', `HTTP ${outcome.status}`);

    const { responseTime: time, responseSignature: signature } = exchange;
    const isSigned = time !== undefined || signature !== undefined;
    const parts = { path: exchange.path, clientId: this.account.clientId, time: time ?? '' };
    if (isSigned && !this.verifier.verify(parts, outcome.body, signature)) return nothing('bad-signature', 'the signature does not fit the answer');

    const json = parseJson(outcome.body);
    const head = answerHead.safeParse(json);
    if (!head.success) return nothing('malformed', 'the answer has no readable result');
    const { resultStatus: status, resultCode: code, resultMessage: message = '' } = head.data.result;
    // Alipay cannot sign for a caller whom it does not know, so a refusal may come unsigned; nothing else may.
    if (!isSigned && status !== 'F') return nothing('unsigned', `an unsigned ${status} is not believed`);

    const answer = { kind: 'answered', code, message, exchange } as const;
    if (status !== 'S') return { ...answer, status, body: parseOther(operation, json) };
    const body = answerBodies[operation].success.safeParse(json);
    if (!body.success) return nothing('malformed', `the answer lacks ${body.error.issues.map((issue) => issue.path.join('.')).join(', ')}`);
    return { ...answer, status, body: body.data as SuccessBody<O> };
  }
}

/** The details of a refusal are worth having, but never make it less of a refusal. */
function parseOther<O extends Operation>(operation: O, json: unknown): OtherBody<O> {
  const body = answerBodies[operation].other.safeParse(json);
  return (body.success ? body.data : {}) as OtherBody<O>;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** A header that came more than once cannot be believed; the empty text fits no signature. */
function single(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? '' : value;
}
