import type { Exchange } from '@scantill/alipay';
import { sha256Base64, type Database, type SecretBox, type Statement, type Tx } from '@scantill/platform';

/** One exchange with Alipay, whoever began it, as it is kept. */
export interface Evidence {
  /** Where no payment of ours is meant, the id by which Alipay was asked. */
  readonly paymentId: string;
  readonly operation: Exchange['operation'] | 'notifyPayment';
  readonly verdict: string;
  readonly at: Date;
  readonly durationMs: number;
  readonly httpStatus: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: Buffer;
  readonly response: Buffer | null;
}

export interface KeptExchange {
  readonly at: Date;
  readonly payment_id: string;
  readonly operation: string;
  readonly verdict: string;
  readonly duration_ms: number;
  readonly http_status: number | null;
  readonly request: string;
  readonly response: string | null;
}

/** For a statement that also writes something else. The parameter is made by `toRows`. */
export function keptCte(parameter: string): string {
  return `numbered as materialized (
      select nextval('exchanges_id_seq') as id, e.* from json_to_recordset(${parameter}::json) as e(at timestamptz, payment_id text, operation text, verdict text, duration_ms int, http_status int, headers jsonb,
        request text, request_sha256 text, sealed_request text, response text, response_sha256 text, sealed_response text)),
    kept as (
      insert into exchanges (id, at, payment_id, operation, verdict, duration_ms, http_status, headers, request, request_sha256, response, response_sha256)
      select id, at, payment_id, operation, verdict, duration_ms, http_status, headers, request, decode(request_sha256, 'base64'), response, decode(response_sha256, 'base64') from numbered),
    bodies_kept as (
      insert into exchange_bodies (exchange_id, at, request, response) select id, at, sealed_request, sealed_response from numbered)`;
}

const KEEP: Statement = { name: 'exchanges-keep', text: `with ${keptCte('$1')} select 1 where false` };
const VERDICT_MAX = 200;
const LIST_MAX = 500;
const LIST: Statement = {
  name: 'exchanges-list',
  text: 'select at, payment_id, operation, verdict, duration_ms, http_status, request, response from exchanges where payment_id = any($1::text[]) order by at, id limit $2',
};
/** What says who paid. The wallet's name stays, its owner's ids do not. */
const PERSONAL = new Set(['pspCustomerId', 'displayCustomerId', 'buyer', 'customerId']);

/** Every exchange with Alipay: a copy without what names a wallet's owner, the hash of the raw bytes, and the bytes themselves sealed. */
export class EvidenceRepository {
  constructor(private readonly database: Database, private readonly secrets: SecretBox) {}

  toRows(evidence: readonly Evidence[]): string {
    return JSON.stringify(evidence.map((each) => this.toRow(each)));
  }

  /** On its own, where no payment is written in the same step. */
  async keep(tx: Tx, evidence: readonly Evidence[]): Promise<void> {
    if (evidence.length > 0) await tx.query(KEEP, [this.toRows(evidence)]);
  }

  async list(paymentIds: readonly string[]): Promise<KeptExchange[]> {
    return this.database.query<KeptExchange>(LIST, [paymentIds, LIST_MAX]);
  }

  private toRow({ paymentId, operation, verdict, at, durationMs, httpStatus, headers, request, response }: Evidence) {
    return {
      at: at.toISOString(), payment_id: paymentId, operation, verdict: verdict.slice(0, VERDICT_MAX), duration_ms: durationMs, http_status: httpStatus, headers,
      request: masked(request), request_sha256: sha256Base64(request), sealed_request: this.secrets.sealBytes(request),
      response: response === null ? null : masked(response), response_sha256: response === null ? null : sha256Base64(response), sealed_response: response === null ? null : this.secrets.sealBytes(response),
    };
  }
}

export function toEvidence(paymentId: string, exchange: Exchange, verdict: string, at: Date): Evidence {
  const headers = { 'request-time': exchange.requestTime, signature: exchange.requestSignature, ...present({ 'response-time': exchange.responseTime, 'response-signature': exchange.responseSignature, 'tracer-id': exchange.tracerId }) };
  return {
    paymentId, operation: exchange.operation, verdict, at, durationMs: exchange.durationMs, httpStatus: exchange.httpStatus ?? null, headers,
    request: exchange.requestBody, response: exchange.responseBody ?? null,
  };
}

function present(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** What cannot be read is not shown at all; its bytes are kept sealed. PostgreSQL keeps no NUL in a text. */
function masked(body: Buffer): string {
  const text = body.toString('utf8');
  if (!text.includes('"pspCustomerInfo"') && !text.includes('"buyer"')) return isJson(text) ? text : '(unreadable)';
  try {
    return JSON.stringify(JSON.parse(text, (name, value: unknown) => (PERSONAL.has(name) ? '***' : value)));
  } catch {
    return '(unreadable)';
  }
}

function isJson(text: string): boolean {
  return text.startsWith('{') && text.trimEnd().endsWith('}') && !text.includes('\0');
}
