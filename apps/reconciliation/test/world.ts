import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  paymentAttentionNeededV1, paymentCancelledV1, paymentLateSuccessV1, paymentRefundReversedV1, paymentRefundSucceededV1, paymentSucceededV1, topics, type BreaksView, type DayView, type ExpectationsView, type FilesView, type FileView, type ImportView, type Problem,
  type TimelinePart,
} from '@scantill/contracts';
import { createHttpApp, createPlatform, type Batch, type Platform } from '@scantill/platform';
import { eventMessage, TestChain, TestDatabase, type OutgoingMessage, type TestKey } from '@scantill/testing';
import type { FileBreaks } from '../src/flows/file-breaks.js';
import type { KeepBreaks } from '../src/flows/keep-breaks.js';
import { PaymentEventsConsumer } from '../src/inbound/payment-events.consumer.js';
import { acceptFiles } from '../src/inbound/upload.js';
import type { SftpSource, Source } from '../src/outbound/sources.js';
import { wire } from '../src/reconciliation.module.js';
import { dropPortions } from './portions.js';
import { alipayId, alipayRefundId, DATE, NAME, paidAt, paymentId, refundId, wireAmount, type GivenBack, type Sale } from './sales.js';
import type { Workings } from './workings.js';
import { WorldClock } from './world-clock.js';

export * from './sales.js';

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

/** A few days after what is sold here: older news would be refused. */
const START = '2026-11-27T18:00:00+08:00';

interface WorldSettings {
  readonly sources?: readonly Source[];
  /** From when on its clock goes. */
  readonly clockStart?: string;
  /** From which size on a settlement file's rows get a table of their own. */
  readonly ownPortionBytes?: number;
}

/** The service without its topics: events are handed to its consumer, requests to its routes; the database is real. */
export class World {
  readonly chain = new TestChain('demo');
  private offset = 0;
  private acceptor = '';

  private constructor(readonly database: TestDatabase, readonly platform: Platform & { readonly clock: WorldClock }, readonly app: NestFastifyApplication, readonly more: Workings) {}

  static async open(settings: WorldSettings = {}): Promise<World> {
    const database = await TestDatabase.open('reconciliation');
    const folder = await mkdtemp(join(tmpdir(), 'scantill-reconciliation-'));
    await writeFile(join(folder, 'directory.key'), `1:${randomBytes(32).toString('base64')}\n`);
    return World.start(database, folder, settings);
  }

  private static async start(database: TestDatabase, folder: string, { sources = [], clockStart = START, ownPortionBytes }: WorldSettings): Promise<World> {
    const base = createPlatform('reconciliation', database.url, {
      KAFKA_BROKERS: ['127.0.0.1:1'], DIRECTORY_KEY_FILE: join(folder, 'directory.key'), LOG_LEVEL: 'error', SCANTILL_ENV: 'development', DATABASE_POOL_MAX: 4, CLOCK_START: clockStart,
    });
    const platform = { ...base, clock: new WorldClock(base.clock) };
    const { module, reports: { announceReports }, ...made } = wire(platform, { RECONCILIATION_FILES_DIR: join(folder, 'files'), ...(ownPortionBytes === undefined ? {} : { ownPortionBytes }) }, sources);
    const app = await createHttpApp(module, { platform, configure: acceptFiles });
    await app.getHttpAdapter().getInstance().ready();
    return new World(database, platform, app, { folder, ...made, announceReports });
  }

  /** A further process on the same database and folder, which knows what the first one knows. */
  async another(settings: WorldSettings = {}): Promise<World> {
    const other = await World.start(this.database, this.more.folder, settings);
    await other.platform.directory.refresh();
    return other;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.platform.database.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.database.close();
    await rm(this.more.folder, { recursive: true });
  }

  get keepBreaks(): KeepBreaks {
    return this.more.keepBreaks;
  }

  get fileBreaks(): FileBreaks {
    return this.more.fileBreaks;
  }

  /** What processes on the same database share: files and keys. */
  get folder(): string {
    return this.more.folder;
  }

  get filesFolder(): string {
    return join(this.folder, 'files');
  }

  /** Empties everything; then there is one chain with one account, and a key for finance and one for its tills. */
  async reset() {
    await this.database.empty();
    await dropPortions(this.database);
    this.platform.clock.set(undefined);
    const keys = {
      ...this.people(), finance: this.chain.key(['reports']), till: this.chain.key(['orders']), store: this.chain.key(['reports'], 'S001'), otherStore: this.chain.key(['orders'], 'S002'),
    };
    const other = new TestChain('other');
    const stranger = other.key(['reports', 'orders', 'resolve']);
    const entries = [
      ['account', this.chain.accountId, this.chain.accountEntry],
      ['account', other.accountId, { ...other.accountEntry, customerId: '1022188000000000002' }],
      ...this.chain.storeEntries.map((store) => ['store', `${store.chainId}:${store.storeId}`, store] as const),
      ...[...Object.values(keys), stranger].map(({ entry }) => ['api-key', entry['keyId'], entry]),
    ];
    for (const [kind, id, data] of entries) {
      await this.database.query('insert into directory_entries (kind, id, sequence, data) values ($1, $2, 1, $3)', [kind, id, JSON.stringify(data)]);
    }
    // Positions start again with the emptied table, below those that the directory has seen.
    await this.database.query(`select setval('directory_positions', $1::bigint)`, [1_000_000 + (this.offset += 10_000)]);
    await this.database.query(`update directory_entries set position = nextval('directory_positions')`);
    await this.platform.directory.refresh();
    this.acceptor = keys.ann.text;
    const texts = Object.fromEntries(Object.entries(keys).map(([name, { text }]) => [name, text])) as Record<keyof typeof keys, string>;
    return { ...texts, stranger: stranger.text };
  }

  /** Two persons who resolve breaks, and a system that helps them. */
  private people() {
    const key = (kind: 'person' | 'system', name: string): TestKey => {
      const made = this.chain.key(['reports', 'resolve']);
      return { ...made, entry: { ...made.entry, owner: { kind, name } } };
    };
    return { ann: key('person', 'Ann Lee'), ben: key('person', 'Ben Ong'), robot: key('system', 'ERP') };
  }

  async receive(messages: readonly OutgoingMessage[]): Promise<void> {
    const batch: Batch = messages.map((message) => ({ ...message, topic: topics.payment, partition: 0, offset: String((this.offset += 1)), timestampMs: Date.now() }));
    const outcome = await this.app.get(PaymentEventsConsumer).receive(batch);
    if (outcome.kind !== 'done') throw new Error(`the batch was not handled: ${JSON.stringify(outcome)}`);
  }

  succeeded(sale: Sale): OutgoingMessage {
    return eventMessage(paymentSucceededV1, `demo:A-${sale.number}`, this.success(sale));
  }

  lateSuccess(sale: Sale): OutgoingMessage {
    return eventMessage(paymentLateSuccessV1, `demo:A-${sale.number}`, this.success(sale));
  }

  refunded(given: GivenBack): OutgoingMessage {
    return eventMessage(paymentRefundSucceededV1, `demo:A-${given.number}`, { ...this.refund(given), ...(given.isGiveBack === true ? { refundKey: null } : {}), refundedAt: paidAt(given) });
  }

  reversed(given: GivenBack): OutgoingMessage {
    return eventMessage(paymentRefundReversedV1, `demo:A-${given.number}`, { ...this.refund(given), reversedAt: paidAt(given) });
  }

  cancelled(number: number, paidBefore: boolean): OutgoingMessage {
    return eventMessage(paymentCancelledV1, `demo:A-${number}`, { ...this.payment(number), paidBefore }, { time: `${DATE}T12:00:00+08:00` });
  }

  reported(sale: Sale): OutgoingMessage {
    return eventMessage(paymentAttentionNeededV1, `demo:A-${sale.number}`, {
      ...this.payment(sale.number), reason: 'the reported amount differs from ours', reported: { currency: 'USD', minor: sale.minor.toString() },
    }, { time: `${DATE}T12:00:00+08:00` });
  }

  /** What the worker does on the day: `YYYY-MM-DD`. */
  openLate(lateOn: string): Promise<void> {
    return this.more.openLate.run([`demo:${this.chain.accountId}:${lateOn}`]);
  }

  /** What the worker does when the time has come. */
  rematch(keys: readonly string[]): Promise<void> {
    return this.more.rematchDays.run(keys);
  }

  /** What the worker does with a day that has been quiet: `demo:demo-usd:2026-11-24`. */
  announceReports(keys: readonly string[]): Promise<void> {
    return this.more.announceReports.run(keys);
  }

  /** An answer that is no text. */
  async download(url: string, key: string): Promise<{ readonly status: number; readonly type: string; readonly bytes: Buffer }> {
    const answer = await this.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
    return { status: answer.statusCode, type: String(answer.headers['content-type']), bytes: answer.rawPayload };
  }

  /** Takes up the imports that are due. */
  async takeUp(): Promise<void> {
    const due = await this.database.query<{ key: string }>(`select key from due_work where kind = 'import-file' order by key`);
    await this.more.runImports.takeUp(due.map(({ key }) => key));
  }

  /** As when the process is asked to end. */
  stopImports(): Promise<void> {
    return this.more.runImports.stop();
  }

  poll(...sources: readonly string[]): Promise<void> {
    return this.more.pollSources.run(sources);
  }

  /** Whether the files of past days are there. */
  lookForMissing(source: SftpSource): Promise<void> {
    return this.more.lookForMissing.run(source, this.platform.directory.account(this.chain.accountId)!);
  }

  /** An edition that says otherwise than the one before it is accepted at once, by somebody who may. */
  async upload(key: string, content: string | Buffer, name = NAME, query = ''): Promise<Answer<ImportView & Problem>> {
    const answer = await this.send(key, content, name, query);
    const { status, fileId } = answer.body as unknown as { status?: string; fileId?: string };
    return status === 'pending' && fileId !== undefined ? this.accept(this.acceptor, fileId) : answer;
  }

  send(key: string, content: string | Buffer, name = NAME, query = ''): Promise<Answer<ImportView & Problem>> {
    return this.call('POST', `/v1/files?name=${name}${query}`, key, { payload: content, headers: { 'content-type': 'text/csv' } });
  }

  accept<Body = ImportView & Problem>(key: string, fileId: string): Promise<Answer<Body>> {
    return this.call('POST', `/v1/files/${fileId}/accept`, key);
  }

  uploadForm(key: string, content: string, name = NAME, field = 'file'): Promise<Answer<ImportView & Problem>> {
    const boundary = randomUUID();
    const payload = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n${content}\r\n--${boundary}--\r\n`;
    return this.call('POST', '/v1/files', key, { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } });
  }

  files(key: string, query = ''): Promise<Answer<FilesView & Problem>> {
    return this.call('GET', `/v1/files${query}`, key);
  }

  file(key: string, fileId: string): Promise<Answer<FileView & Pick<Problem, 'code'>>> {
    return this.call('GET', `/v1/files/${fileId}`, key);
  }

  cancel(key: string, fileId: string): Promise<Answer<FileView & Pick<Problem, 'code'>>> {
    return this.call('POST', `/v1/files/${fileId}/cancel`, key);
  }

  day(key: string, date = DATE): Promise<Answer<DayView & Problem>> {
    return this.call('GET', `/v1/days/${date}`, key);
  }

  breaks(key: string, query = '', date = DATE): Promise<Answer<BreaksView & Problem>> {
    return this.call('GET', `/v1/days/${date}/breaks${query}`, key);
  }

  expectations(key: string, number: number): Promise<Answer<ExpectationsView & Problem>> {
    return this.call('GET', `/v1/orders/A-${number}/expectations`, key);
  }

  timeline(key: string, number: number): Promise<Answer<TimelinePart & Problem>> {
    return this.call('GET', `/v1/orders/A-${number}/timeline`, key);
  }

  /** A request with a JSON body, or none. */
  ask<Body>(method: 'GET' | 'POST' | 'PUT', url: string, key: string, body?: object): Promise<Answer<Body & Pick<Problem, 'code'>>> {
    return this.call(method, url, key, body === undefined ? {} : { payload: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  }

  async call<Body>(method: 'GET' | 'POST' | 'PUT', url: string, key: string, more: { payload?: string | Buffer; headers?: Record<string, string> } = {}): Promise<Answer<Body>> {
    const { headers = {}, ...rest } = more;
    const answer = await this.app.inject({ method, url, headers: { authorization: `Bearer ${key}`, ...headers }, ...rest });
    const isJson = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, text: answer.payload, body: (isJson ? JSON.parse(answer.payload) : undefined) as Body };
  }

  private success(sale: Sale) {
    return { ...this.payment(sale.number), amount: wireAmount(sale), alipayPaymentId: alipayId(sale.number), wallet: 'GCash', paidAt: paidAt(sale), reportedAt: paidAt(sale) };
  }

  private refund(given: GivenBack) {
    const { number, refund } = given;
    return { ...this.payment(number), refundId: refundId(refund), refundKey: `return-${refund}`, amount: wireAmount(given), alipayPaymentId: alipayId(number), alipayRefundId: alipayRefundId(refund) };
  }

  private payment(number: number) {
    return { chainId: 'demo', orderId: `A-${number}`, storeId: 'S001', paymentId: paymentId(number), accountId: this.chain.accountId };
  }
}
